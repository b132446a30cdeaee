using System.Runtime.InteropServices;

namespace SipAlg.Linux.Netlink;

/// <summary>
/// Attaches programs to interfaces by the clsact qdisc, for kernels without tcx (before 6.6). What is attached so outlives its
/// process: it has a name, by which it is found again. For one thread.
/// </summary>
public sealed class TrafficControl : IDisposable
{
    private const ushort Kind = 1;
    private const ushort Options = 2;
    private const ushort ProgramDescriptor = 6;
    private const ushort ProgramName = 7;
    private const ushort ProgramFlags = 8;
    private const uint DirectAction = 1;
    private const uint ClsactHandle = 0xFFFF0000;
    private const uint ClsactParent = 0xFFFFFFF1;
    private const uint Ingress = 0xFFFFFFF2;

    /// <summary>ETH_P_ALL in network order, with no priority: the kernel chooses.</summary>
    private const uint AllProtocols = 0x0300;

    private readonly NetlinkSocket _socket = new();

    /// <summary>A program at an interface.</summary>
    /// <param name="Interface">Its index.</param>
    /// <param name="Name">As <see cref="Attach"/> was told.</param>
    /// <param name="Info">Priority and protocol, which tell it from others.</param>
    /// <param name="Handle">Likewise.</param>
    public readonly record struct Attached(int Interface, string Name, uint Info, uint Handle);

    /// <summary>Puts a program before the packets that come in; 0, or the error number.</summary>
    public int Attach(int interfaceIndex, int program, string name)
    {
        var qdisc = _socket.Request(NetlinkType.NewQdisc, NetlinkFlags.Acknowledge | NetlinkFlags.Create | NetlinkFlags.Exclusive);
        qdisc.Body(new TrafficMessage { Interface = interfaceIndex, Handle = ClsactHandle, Parent = ClsactParent });
        qdisc.Attribute(Kind, "clsact");
        var errno = _socket.Do(qdisc);
        return errno is 0 or Errors.Exists ? AttachFilter(interfaceIndex, program, name) : errno;
    }

    /// <summary>Takes a program away; 0, or the error number.</summary>
    public int Detach(in Attached attached)
    {
        var request = _socket.Request(NetlinkType.DeleteFilter, NetlinkFlags.Acknowledge);
        request.Body(new TrafficMessage { Interface = attached.Interface, Parent = Ingress, Info = attached.Info, Handle = attached.Handle });
        request.Attribute(Kind, "bpf");
        return _socket.Do(request);
    }

    /// <summary>Programs at an interface whose names begin so.</summary>
    public IReadOnlyList<Attached> List(int interfaceIndex, string prefix)
    {
        var found = new List<Attached>();
        var request = _socket.Request(NetlinkType.GetFilter, NetlinkFlags.Dump);
        request.Body(new TrafficMessage { Interface = interfaceIndex, Parent = Ingress });
        if (_socket.Send(request) != 0)
        {
            return found;
        }

        for (var answers = _socket.Receive(); !answers.IsEmpty; answers = _socket.Receive())
        {
            while (answers.Next())
            {
                if (answers.Type == NetlinkType.NewFilter && Read(answers.Body) is { } attached && attached.Name.StartsWith(prefix, StringComparison.Ordinal))
                {
                    found.Add(attached);
                }
            }
        }

        return found;
    }

    public void Dispose() => _socket.Dispose();

    private int AttachFilter(int interfaceIndex, int program, string name)
    {
        var request = _socket.Request(NetlinkType.NewFilter, NetlinkFlags.Acknowledge | NetlinkFlags.Create | NetlinkFlags.Exclusive);
        request.Body(new TrafficMessage { Interface = interfaceIndex, Parent = Ingress, Info = AllProtocols });
        request.Attribute(Kind, "bpf");
        var options = request.Open(Options);
        request.Attribute(ProgramDescriptor, (uint)program);
        request.Attribute(ProgramName, name);
        request.Attribute(ProgramFlags, DirectAction);
        request.Close(options);
        return _socket.Do(request);
    }

    private static Attached? Read(ReadOnlySpan<byte> body)
    {
        if (body.Length < TrafficMessage.Octets)
        {
            return null;
        }

        var message = MemoryMarshal.Read<TrafficMessage>(body);
        for (var attributes = new AttributeReader(body[TrafficMessage.Octets..]); attributes.Next();)
        {
            if (attributes.Type == Options && NameIn(attributes.Value) is { } name)
            {
                return new Attached(message.Interface, name, message.Info, message.Handle);
            }
        }

        return null;
    }

    private static string? NameIn(ReadOnlySpan<byte> options)
    {
        for (var option = new AttributeReader(options); option.Next();)
        {
            if (option.Type == ProgramName)
            {
                return option.Text;
            }
        }

        return null;
    }

    /// <summary>struct tcmsg.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private struct TrafficMessage
    {
        public const int Octets = 20;
        public uint Family;
        public int Interface;
        public uint Handle;
        public uint Parent;
        public uint Info;
    }
}
