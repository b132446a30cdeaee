using SipAlg.Linux;

namespace SipAlg.Media.Kernel;

/// <summary>Where fields of a UDP packet stand in an Ethernet frame, by IP version, with headers of the shortest form.</summary>
internal sealed record IpLayout
{
    public const int Udp = 17;
    private const int Ethernet = 14;

    public required int Family { get; init; }

    /// <summary>Ethernet's type in network order, as the kernel tells it.</summary>
    public required int Protocol { get; init; }

    /// <summary>Length of the IP header.</summary>
    public required int Octets { get; init; }
    public required int NextHeader { get; init; }
    public required int HopLimit { get; init; }

    /// <summary>Where a length stands, which is by so much more than that of UDP.</summary>
    public required int Length { get; init; }
    public required int LengthBeforeUdp { get; init; }
    public required int Addresses { get; init; }
    public required int AddressOctets { get; init; }

    public bool IsV4 => Family == SocketConstants.AfInet;
    public int Ports => Ethernet + Octets;
    public int UdpLength => Ethernet + Octets + 4;
    public int UdpChecksum => Ethernet + Octets + 6;
    public int Rtp => Ethernet + Octets + 8;

    public static IpLayout Of(bool isV4) => isV4 ? V4 : V6;

    /// <summary>RFC 791 §3.1.</summary>
    public static IpLayout V4 { get; } = new()
    {
        Family = SocketConstants.AfInet, Protocol = 0x0008, Octets = 20, HopLimit = Ethernet + 8, NextHeader = Ethernet + 9,
        Length = Ethernet + 2, LengthBeforeUdp = 20, Addresses = Ethernet + 12, AddressOctets = 4,
    };

    /// <summary>RFC 8200 §3.</summary>
    public static IpLayout V6 { get; } = new()
    {
        Family = SocketConstants.AfInet6, Protocol = 0xDD86, Octets = 40, HopLimit = Ethernet + 7, NextHeader = Ethernet + 6,
        Length = Ethernet + 4, LengthBeforeUdp = 0, Addresses = Ethernet + 8, AddressOctets = 16,
    };
}
