using SipAlg.Linux;
using SipAlg.Linux.Bpf;
using SipAlg.Linux.Memory;
using SipAlg.Linux.Netlink;
using SipAlg.Protocol.Addresses;

namespace SipAlg.Media.Sharing;

/// <summary>
/// Many media ports on one socket: a program that the gateway assembles and loads itself is asked by the kernel which socket gets a datagram, and names
/// a shared one for those ports that calls have. Which ones these are stands in memory that both see, so that taking and giving back a port is
/// a store. To all other ports the kernel does what it does without the program. Ends with the process.
/// </summary>
internal sealed unsafe class PortSteering : IDisposable
{
    private const int Ports = 65536;

    /// <summary>Local addresses with ports of their own: 128 KiB of the kernel's memory each, taken at once. Ports of further ones are sockets.</summary>
    private const int MostAddresses = 16;

    private const int MostSockets = 1024;

    private readonly Lock _adding = new();
    private readonly Dictionary<IpAddress, int> _known = [];
    private readonly BpfMap _addresses;
    private readonly BpfMap _ports;
    private readonly BpfMap _sockets;
    private readonly SharedMemory _memory;
    private readonly BpfProgram _program;
    private BpfLink? _link;
    private int _added;

    private PortSteering(BpfMap addresses, BpfMap ports, BpfMap sockets, SharedMemory memory, BpfProgram program) =>
        (_addresses, _ports, _sockets, _memory, _program) = (addresses, ports, sockets, memory, program);

    internal BpfProgram Program => _program;

    /// <summary>Sets all up in the network that the calling thread is in, unless the system does not allow it or cannot.</summary>
    /// <param name="refusal">Why not, in words for who runs the gateway; empty on success.</param>
    public static PortSteering? TryOpen(out string refusal)
    {
        Capabilities.Raise(Capabilities.Bpf, Capabilities.NetworkAdministration, Capabilities.RawSockets);
        PortSteering? steering = null;
        try
        {
            TryOthers();
            steering = Load();
            steering.Attach();
            refusal = "";
            return steering;
        }
        catch (Exception fault) when (fault is SystemCallException or BpfRefusedException)
        {
            steering?.Dispose();
            refusal = Explain(fault);
            return null;
        }
    }

    /// <summary>All but the place where the program is called.</summary>
    /// <exception cref="SystemCallException">The system refuses it.</exception>
    /// <exception cref="BpfRefusedException">Likewise.</exception>
    internal static PortSteering Load()
    {
        var opened = new Stack<IDisposable>();
        try
        {
            var addresses = Note(BpfMap.NewHash("sipalg_address"u8, sizeof(SteeredAddress), sizeof(uint), MostAddresses));
            var ports = Note(BpfMap.NewSharedArray("sipalg_ports"u8, Ports * sizeof(ushort), MostAddresses));
            var sockets = Note(BpfMap.NewSockets("sipalg_sockets"u8, MostSockets));
            var memory = Note(ports.Share(MostAddresses));
            var code = SteeringProgram.Write(addresses.Descriptor, ports.Descriptor, sockets.Descriptor);
            return new PortSteering(addresses, ports, sockets, memory, BpfProgram.Load("sipalg_steer"u8, code, BpfHook.SocketLookup));
        }
        catch
        {
            while (opened.TryPop(out var half))
            {
                half.Dispose();
            }

            throw;
        }

        T Note<T>(T resource)
            where T : IDisposable
        {
            opened.Push(resource);
            return resource;
        }
    }

    /// <summary>The ports of a local address, as the numbers of their sockets (<see cref="TryAdd"/>), 0 for those that no call has; null: too many addresses.</summary>
    public ushort* TryPortsOf(IpAddress address)
    {
        lock (_adding)
        {
            if (!_known.TryGetValue(address, out var place))
            {
                place = _known.Count;
                var key = SteeredAddress.Of(address);
                if (place == MostAddresses || _addresses.Update(&key, &place) != 0)
                {
                    return null;
                }

                _known.Add(address, place);
            }

            return (ushort*)_memory.Start + (place * Ports);
        }
    }

    /// <summary>Lets packets be led to a socket, as long as that is open.</summary>
    /// <returns>Its number, from 1; 0: the kernel does not take it, or has too many.</returns>
    public ushort TryAdd(int descriptor)
    {
        lock (_adding)
        {
            var place = _added;
            ulong value = (uint)descriptor;
            return place < MostSockets && _sockets.Update(&place, &value) == 0 ? (ushort)++_added : (ushort)0;
        }
    }

    /// <summary>After the relay threads have ended.</summary>
    public void Dispose()
    {
        _link?.Dispose();
        _memory.Dispose();
        _program.Dispose();
        _sockets.Dispose();
        _ports.Dispose();
        _addresses.Dispose();
    }

    private void Attach()
    {
        using var network = new NetworkNamespace();
        _link = _program.TryAttach(network.Descriptor, out var errno) ?? throw new SystemCallException("bpf(BPF_LINK_CREATE, BPF_SK_LOOKUP)", errno);
    }

    /// <summary>What sharing needs beside the program: raw sockets, and the kernel's word on who has a port.</summary>
    private static void TryOthers()
    {
        var raw = SystemCallException.Check(LibC.Socket(SocketConstants.AfInet, SocketConstants.SockRaw | SocketConstants.SockCloExec, SocketConstants.IpProtoIcmp), "socket(SOCK_RAW)");
        _ = LibC.Close(raw);
        using var lookup = new UdpLookup();
        var known = SystemCallException.Check(LibC.Socket(SocketConstants.AfInet, SocketConstants.SockDgram | SocketConstants.SockCloExec, 0), "socket");
        var address = SockAddr.From(new IpEndpoint(IpAddress.LoopbackV4, 0));
        var length = address.Length;
        var errno = LibC.Bind(known, &address, length) < 0 || LibC.GetSockName(known, &address, &length) < 0 ? LibC.Errno : lookup.Find(address.ToEndpoint());
        _ = LibC.Close(known);
        if (errno != 0)
        {
            throw new SystemCallException("sock_diag(IPPROTO_UDP)", errno);
        }
    }

    private static string Explain(Exception fault) => fault switch
    {
        SystemCallException { Errno: Errors.NotPermitted or Errors.PermissionDenied } or BpfRefusedException { Errno: Errors.NotPermitted } =>
            $"the process lacks the capabilities CAP_BPF, CAP_NET_ADMIN and CAP_NET_RAW ({fault.Message})",
        SystemCallException { Errno: Errors.InvalidArgument } or BpfRefusedException { Errno: Errors.InvalidArgument } => $"the kernel is older than Linux 5.9 ({fault.Message})",
        _ => fault.Message,
    };
}
