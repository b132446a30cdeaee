using System.Collections.Immutable;
using SipAlg.Calls.Registrations;
using SipAlg.Media;
using SipAlg.Protocol.Addresses;
using SipAlg.Signaling.Resolution;
using SipAlg.Signaling.Transports;

namespace SipAlg.Calls.Model;

/// <summary>A network that the gateway stands in: where it listens, which addresses it shows there, where its media lives.</summary>
public sealed record Realm
{
    /// <summary>Place in <see cref="GatewayModel.Realms"/>.</summary>
    public required int Index { get; init; }

    public required string Name { get; init; }

    /// <summary>It was in the configuration before.</summary>
    public bool IsRemoved { get; init; }

    /// <summary>At least one.</summary>
    public required ImmutableArray<ListenAddress> Listen { get; init; }

    /// <summary>What its listeners reach.</summary>
    public HopReach Reach => HopReach.Of(Listen.Select(listen => (listen.Transport, listen.Endpoint.Address.IsV4)));

    public required AdvertiseRule Advertise { get; init; }
    public required RealmMedia Media { get; init; }
    /// <summary>Whether requests of those who are no peers are looked at for signs of NAT.</summary>
    public bool IsNatAware { get; init; } = true;

    /// <summary>How the way to its phones behind NAT is kept open; null: not at all.</summary>
    public KeepAliveRule? KeepAlive { get; init; } = KeepAliveRule.Default;

    public required Latching Latching { get; init; }

    public SrtpMode Srtp { get; init; }

    /// <summary>How its users authenticate; null for a realm that has none.</summary>
    public AuthenticationDomain? Authentication { get; init; }

    /// <summary>How long its users are registered for.</summary>
    public RegistrarSettings Registrar { get; init; } = RegistrarSettings.Default;

    /// <summary>Who is heard in it, and how much of strangers.</summary>
    public RealmAccess Access { get; init; } = RealmAccess.Open;

    /// <summary>Where its phones register; null in a realm that passes no registrations on.</summary>
    public RelaySettings? Relay { get; init; }
}

/// <param name="Endpoint">An unspecified address listens on every interface; port 0 takes any free port.</param>
public readonly record struct ListenAddress(Transport Transport, IpEndpoint Endpoint)
{
    public override string ToString() => $"{TransportNames.Text(Transport)}://{Endpoint}";
}
