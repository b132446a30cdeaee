using System.Diagnostics.CodeAnalysis;
using System.Runtime.InteropServices;
using SipAlg.Linux;
using SipAlg.Media.Relaying;
using SipAlg.Media.Statistics;
using SipAlg.Protocol.Addresses;

namespace SipAlg.Media.Kernel;

/// <summary>
/// The relay in the kernel: a program that the gateway assembles and loads itself, which sees packets before the system's own
/// network code and sends on those of flows it was told of. A flow is one direction of a stream, by the addresses and ports of both
/// ends: what it names is the latch. All else passes up to the relay thread, which makes and removes flows.
/// </summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct FlowKey
{
    public const int Octets = 40;

    public fixed byte Source[16];
    public fixed byte Destination[16];

    /// <summary>Network order, as all that comes from packets.</summary>
    public ushort SourcePort;
    public ushort DestinationPort;

    /// <summary>AF_INET or AF_INET6.</summary>
    public uint Family;

    private const int AddressOctets = 32;
    private const int PortOctets = 4;

    /// <summary>Both, the source first.</summary>
    [UnscopedRef]
    public readonly ReadOnlySpan<byte> Addresses => MemoryMarshal.AsBytes(new ReadOnlySpan<FlowKey>(in this))[..AddressOctets];

    [UnscopedRef]
    public readonly ReadOnlySpan<byte> Ports => MemoryMarshal.AsBytes(new ReadOnlySpan<FlowKey>(in this)).Slice(AddressOctets, PortOctets);

    public static FlowKey Of(in SockAddr source, in SockAddr destination)
    {
        FlowKey key = default;
        key.Family = source.Family;
        (key.SourcePort, key.DestinationPort) = (source.PortRaw, destination.PortRaw);
        source.WriteAddress(new Span<byte>(key.Source, 16));
        destination.WriteAddress(new Span<byte>(key.Destination, 16));
        return key;
    }
}

/// <summary>What becomes of a flow's packets. Never changed: a flow that goes elsewhere is another entry of the map.</summary>
/// <remarks>
/// Where memory is slow, the time that a packet takes is that of what has to be waited for in turn. An entry of the map is four cache lines: a header of the
/// kernel, the key, and then this, so that the first fields come with the key, and with them the numbers of the cells, which are far away.
/// </remarks>
[StructLayout(LayoutKind.Sequential, Size = Octets)]
internal struct Flow
{
    public const int Octets = (4 * CacheLine.Octets) - EntryHeader - FlowKey.Octets;
    private const int EntryHeader = 48;

    /// <summary>The cell of the port that packets come to, and what its gate has to be.</summary>
    public uint Entry;
    public uint EntryGate;

    /// <summary>The same for the port that they leave from.</summary>
    public uint Exit;
    public uint ExitGate;

    /// <summary>Index of the interface that packets leave by; 0: the next end is on this host, as the last one is.</summary>
    public uint Interface;

    /// <summary>The largest IP packet that crosses.</summary>
    public uint MostOctets;

    /// <summary>Number of the ring that takes the packets to a relay thread, which has more to do with them; 0: the program relays them.</summary>
    public uint Ring;

    /// <summary>What the change of addresses and of ports adds to a checksum (one's complement, RFC 1624).</summary>
    public uint AddressDelta;
    public uint PortDelta;

    /// <summary>The first octets of the IP header: version, traffic class, and of IPv6 the flow label 0.</summary>
    public uint FirstWord;

    /// <summary>From here the third line: what takes the place of the key's addresses and ports.</summary>
    public FlowKey Next;

    /// <summary>Of the interface's link, whom packets are handed to.</summary>
    public Neighbour NextHop;
    private readonly uint _pad;

    /// <summary>What the ring's reader is told of each packet.</summary>
    public RingOrigin Origin;

    public static Flow Between(in FlowKey key, in SockAddr source, in SockAddr destination, byte dscp)
    {
        var next = FlowKey.Of(source, destination);
        // The two lowest bits of the traffic class are ECN's (RFC 3168), which ends here as in a socket of ours.
        var trafficClass = (uint)dscp << 2;
        return new Flow
        {
            Next = next,
            AddressDelta = Checksum.Delta(key.Addresses, next.Addresses),
            PortDelta = Checksum.Delta(key.Ports, next.Ports),
            FirstWord = source.Family == SocketConstants.AfInet ? 0x45 | (trafficClass << 8) : 0x60 | (trafficClass >> 4) | ((trafficClass & 0xF) << 12),
        };
    }
}

/// <summary>struct bpf_redir_neigh: saves the kernel the look for a route with each packet.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct Neighbour
{
    /// <summary>AF_INET or AF_INET6.</summary>
    public uint Family;
    public fixed byte Address[16];

    public static Neighbour Of(IpAddress address)
    {
        Neighbour neighbour = default;
        neighbour.Family = (uint)(address.IsV4 ? SocketConstants.AfInet : SocketConstants.AfInet6);
        address.WriteOctets(new Span<byte>(neighbour.Address, 16));
        return neighbour;
    }
}

/// <summary>
/// What the program and the gateway share of a pair of ports, as memory of both: three cache lines. Of one flow's packets two may be on
/// two processors at once (a sender whose packets were spread, which receive queues avoid): packets and octets are added atomically and so
/// exact; the rest of <see cref="Stream"/> is not guarded, since a lost update of it is one packet that counts as late or lost, and a lock
/// would be taken for every packet.
/// </summary>
[StructLayout(LayoutKind.Sequential, Size = Octets)]
internal struct FlowCell
{
    public const int Octets = 192;

    /// <summary>Of what arrives, also in user space: whoever sees a packet counts it here.</summary>
    public StreamCounters Stream;

    /// <summary>Flows from and to the port are open while this is what they were made with. Raising it closes them at once.</summary>
    public uint Gate;

    /// <summary>Packets that found no room in a ring, and went up to their socket.</summary>
    public uint WithoutRoom;

    /// <summary>What the program has relayed.</summary>
    public long PacketsIn;
    public long OctetsIn;
    public long PacketsOut;
    public long OctetsOut;
}
