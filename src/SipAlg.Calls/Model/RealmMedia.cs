using System.Collections.Immutable;
using SipAlg.Media;
using SipAlg.Protocol.Addresses;

namespace SipAlg.Calls.Model;

/// <summary>Where a realm's media ports are taken and what its SDP shows.</summary>
public sealed record RealmMedia
{
    /// <summary>Bound for IPv4 streams; none: the local address towards the destination.</summary>
    public IpAddress BindV4 { get; init; }

    /// <summary>Bound for IPv6 streams; none: the local address towards the destination.</summary>
    public IpAddress BindV6 { get; init; }

    /// <summary>Shown in SDP; none: what the realm advertises, else the bound address.</summary>
    public IpAddress AdvertiseV4 { get; init; }

    /// <summary>Shown in SDP; none: what the realm advertises, else the bound address.</summary>
    public IpAddress AdvertiseV6 { get; init; }

    /// <summary>Addresses beside those, each set with ports of its own.</summary>
    public ImmutableArray<MediaSet> Further { get; init; } = [];

    /// <summary>How many accounts of ports there are.</summary>
    public int Sets => 1 + Further.Length;

    public required ushort FirstPort { get; init; }

    /// <summary>Included in the range.</summary>
    public required ushort LastPort { get; init; }

    /// <summary>Ports of each set that only emergency routes may take.</summary>
    public int Reserve { get; init; }

    /// <summary>Differentiated services code point of what is sent, 0 to 63.</summary>
    public byte Dscp { get; init; }

    /// <summary>As the relay wants it said.</summary>
    /// <param name="realm">The realm's index.</param>
    public MediaRange RangeOf(int realm) => new(realm, FirstPort, LastPort, Dscp, Reserve);
}
