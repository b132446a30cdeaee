using SipAlg.Calls.Dialplan;

namespace SipAlg.Calls.Model;

/// <summary>A realm whose phones register with a peer: it stays the registrar, and checks their passwords.</summary>
/// <param name="Registrar">In another realm; it has an address.</param>
/// <param name="Upstream">How long it is asked to register a phone for.</param>
/// <param name="Phone">How long a phone is told at most that it is registered for.</param>
public sealed record RelaySettings(Peer Registrar, TimeSpan Upstream, TimeSpan Phone)
{
    internal static readonly Rejection Elsewhere = new(403, "Forbidden: only your registrar");

    private static readonly Route ToRegistrar = Route.Deliver(new RouteHead("registrations", IsEmergency: false, [], new StatusSet([]), "registrations"), RouteEdits.None, [], []);

    /// <summary>Stands for all of them: one is told from another by the registrar alone.</summary>
    internal User Phones { get; } = new() { Index = -1, Name = "", Registrar = Registrar };

    public static TimeSpan UsualUpstream { get; } = TimeSpan.FromMinutes(10);
    public static TimeSpan UsualPhone { get; } = TimeSpan.FromSeconds(60);

    /// <summary>
    /// What the dialplan says to one of its phones: it may refuse, and change what is told; but whatever it says, the registrar is the only
    /// target. Where it says nothing, that is where the request goes.
    /// </summary>
    public RouteDecision Towards(RouteDecision decision)
    {
        if (decision.Route is null)
        {
            var target = new RouteTarget { Kind = TargetKind.Peer, Peer = Registrar, Realm = Registrar.Realm };
            return new RouteDecision { Route = ToRegistrar, Targets = [target], KeepsUri = true };
        }

        if (decision.Rejection is not null)
        {
            return decision;
        }

        decision = decision with { Targets = decision.Targets.RemoveAll(target => target.Peer?.Index != Registrar.Index), KeepsUri = decision is { Called: null, Domain: null } };
        return decision.Targets.IsEmpty ? decision with { Rejection = Elsewhere } : decision;
    }
}
