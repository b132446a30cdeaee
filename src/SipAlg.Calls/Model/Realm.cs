using System.Collections.Immutable;
using SipAlg.Protocol.Addresses;
using SipAlg.Signaling.Transports;

namespace SipAlg.Calls.Model;

/// <summary>A network that the gateway stands in: where it listens, which addresses it shows there, where its media lives.</summary>
public sealed record Realm
{
    /// <summary>Place in <see cref="GatewayModel.Realms"/>.</summary>
    public required int Index { get; init; }

    public required string Name { get; init; }

    /// <summary>At least one.</summary>
    public required ImmutableArray<ListenAddress> Listen { get; init; }

    public required AdvertiseRule Advertise { get; init; }
    public required RealmMedia Media { get; init; }
    public required Latching Latching { get; init; }
}

/// <param name="Endpoint">An unspecified address listens on every interface; port 0 takes any free port.</param>
public readonly record struct ListenAddress(Transport Transport, IpEndpoint Endpoint)
{
    public override string ToString() => $"{TransportNames.Text(Transport)}://{Endpoint}";
}

/// <summary>Where a stream's packets may come from (RTP's source is not in SDP, only its destination is).</summary>
public enum Latching : byte
{
    /// <summary>SDP's address wins when it sends; otherwise the true source is learned once and then kept.</summary>
    Symmetric,

    /// <summary>Only SDP's address and the peer's <c>media_from</c>.</summary>
    Strict,

    /// <summary>Any source; sent to what SDP says.</summary>
    Off,
}
