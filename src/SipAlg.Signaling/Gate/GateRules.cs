using System.Collections.Immutable;
using SipAlg.Protocol.Addresses;

namespace SipAlg.Signaling.Gate;

/// <summary>How much is taken of something: so much a second, and so much at once.</summary>
/// <param name="PerSecond">Above 0.</param>
public readonly record struct GateRate(double PerSecond, double AtOnce);

/// <summary>What strangers may use; null: as much as they like.</summary>
public sealed record StrangerLimits
{
    public static StrangerLimits Default { get; } = new();

    /// <summary>Datagrams, or messages over connections, of one source.</summary>
    public GateRate? Packets { get; init; } = new(50, 250);

    /// <summary>Requests of one source.</summary>
    public GateRate? Requests { get; init; } = new(20, 100);

    /// <summary>Connections that one source opens.</summary>
    public GateRate? Connections { get; init; } = new(10, 100);

    /// <summary>Requests of all strangers of a realm, in each lane.</summary>
    public GateRate? AllRequests { get; init; } = new(2000, 2000);
}

/// <summary>Who may send anything at all to one realm.</summary>
public sealed record RealmGate
{
    /// <summary>No others are listened to; null: all are.</summary>
    public AddressSet? Allow { get; init; }

    /// <summary>These are not listened to, whoever allows them.</summary>
    public AddressSet Deny { get; init; } = AddressSet.Empty;

    /// <summary>Where its peers send from: what they send is not counted, and no ban strikes them.</summary>
    public AddressSet Peers { get; init; } = AddressSet.Empty;

    /// <summary>The same as they are written.</summary>
    public ImmutableArray<IpNetwork> PeerBlocks { get; init; } = [];

    public StrangerLimits Strangers { get; init; } = StrangerLimits.Default;

    /// <summary>Whether the realm's lists let a source in.</summary>
    public bool Admits(in IpAddress source) => !Deny.Contains(source) && (Allow is null || Allow.Contains(source));
}

/// <summary>The gates of all realms. Immutable; what changes takes its place as a whole.</summary>
/// <param name="Realms">By group; a realm without one is open.</param>
public sealed record GateRules(ImmutableArray<RealmGate?> Realms)
{
    public static GateRules Open { get; } = new([]);

    public RealmGate? Of(int realm) => (uint)realm < (uint)Realms.Length ? Realms[realm] : null;
}
