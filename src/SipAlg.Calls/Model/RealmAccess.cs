using SipAlg.Protocol.Addresses;
using SipAlg.Protocol.Sip;
using SipAlg.Signaling.Gate;

namespace SipAlg.Calls.Model;

/// <summary>What of a realm's network is listened to at all, and how much of it before it has said who it is.</summary>
public sealed record RealmAccess
{
    public static RealmAccess Open { get; } = new();

    /// <summary>Nobody else is heard; null: everybody is.</summary>
    public AddressSet? Allow { get; init; }

    /// <summary>These are not heard, be they allowed, or a peer's.</summary>
    public AddressSet Deny { get; init; } = AddressSet.Empty;

    /// <summary>What sources may use that are no peer's and have not proven who they are.</summary>
    public StrangerLimits Strangers { get; init; } = StrangerLimits.Default;

    /// <summary>The methods that are served; null: all that the gateway knows, and others that a route names.</summary>
    public MethodSet? Methods { get; init; }

    /// <summary>Whether a request of this method is served: ACK, BYE, CANCEL and PRACK belong to INVITE and are never refused alone.</summary>
    public bool Serves(SipMethod method) => Methods is not { } served || method is SipMethod.Ack or SipMethod.Bye or SipMethod.Cancel or SipMethod.Prack || served.Has(method);
}
