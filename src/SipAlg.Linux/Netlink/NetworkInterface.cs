using System.Runtime.InteropServices;

namespace SipAlg.Linux.Netlink;

/// <summary>An interface of this network namespace.</summary>
/// <param name="Index">What system calls name it by; another one when it is made anew.</param>
/// <param name="Name">As people call it.</param>
/// <param name="Kind">Of its frames.</param>
/// <param name="IsUp">It takes packets.</param>
/// <param name="Mtu">Octets of the largest packet.</param>
public readonly record struct NetworkInterface(int Index, string Name, LinkKind Kind, bool IsUp, int Mtu)
{
    /// <summary>The index of loopback in every namespace.</summary>
    public const int Loopback = 1;

    private const ushort NameAttribute = 3;
    private const ushort MtuAttribute = 4;
    private const uint FlagUp = 1;

    /// <summary>All of this thread's network namespace.</summary>
    /// <exception cref="SystemCallException">The system refuses to tell.</exception>
    public static NetworkInterface[] List()
    {
        using var socket = new NetlinkSocket();
        var request = socket.Request(NetlinkType.GetLink, NetlinkFlags.Dump);
        request.Body(default(LinkMessage));
        if (socket.Send(request) is not 0 and var errno)
        {
            throw new SystemCallException("RTM_GETLINK", errno);
        }

        var interfaces = new List<NetworkInterface>();
        for (var answers = socket.Receive(); !answers.IsEmpty; answers = socket.Receive())
        {
            while (answers.Next())
            {
                if (answers.Type == NetlinkType.NewLink && answers.Body.Length >= LinkMessage.Octets)
                {
                    interfaces.Add(Read(answers.Body));
                }
            }
        }

        return [.. interfaces];
    }

    private static NetworkInterface Read(ReadOnlySpan<byte> body)
    {
        var message = MemoryMarshal.Read<LinkMessage>(body);
        var read = new NetworkInterface(message.Index, "", (LinkKind)message.Type, (message.Flags & FlagUp) != 0, 0);
        for (var attributes = new AttributeReader(body[LinkMessage.Octets..]); attributes.Next();)
        {
            read = attributes.Type switch
            {
                NameAttribute => read with { Name = attributes.Text },
                MtuAttribute => read with { Mtu = (int)attributes.Number },
                _ => read,
            };
        }

        return read;
    }

    /// <summary>struct ifinfomsg.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private struct LinkMessage
    {
        public const int Octets = 16;
        public ushort Family;
        public ushort Type;
        public int Index;
        public uint Flags;
        public uint Change;
    }
}

/// <summary>ARPHRD_ numbers; others have no Ethernet header.</summary>
public enum LinkKind : ushort
{
    Ethernet = 1,
    Loopback = 772,
}
