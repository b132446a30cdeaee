using System.Text;
using SipAlg.Calls.Dialplan;
using SipAlg.Calls.Model;
using SipAlg.Signaling.Identifiers;
using SipAlg.Signaling.Lanes;

namespace SipAlg.Calls.Admission;

/// <summary>What the dialplan is not asked: where a contact leads that a registrar was given, and where its phones may go.</summary>
internal static class RelayRoutes
{
    private static readonly Rejection Elsewhere = new(403, "Forbidden: only your registrar");

    private static readonly Route ToPhone = RouteOf("registered contact");

    private static readonly Route ToRegistrar = RouteOf("registrations");

    /// <summary>The phone behind a contact that its registrar asks for; null for anything else.</summary>
    /// <param name="model">Says who is a registrar.</param>
    /// <param name="sender">Who asks; null for somebody who is no peer.</param>
    /// <param name="user">Of the URI asked for.</param>
    public static RouteDecision? OfContact(GatewayModel model, Peer? sender, ReadOnlySpan<byte> user)
    {
        if (sender is null || !MintedId.TryParse(user, out var id) || id.Lane != LaneNames.Registrations || !IsRegistrar(model, sender))
        {
            return null;
        }

        var target = new RouteTarget { Kind = TargetKind.Registered, User = Encoding.ASCII.GetString(user), Registrar = sender, Realm = -1 };
        return new RouteDecision { Route = ToPhone, Targets = [target] };
    }

    /// <summary>
    /// What the dialplan says to a phone of this registrar: it may refuse, and change what is told; but whatever it says, the registrar is
    /// the only target. Where it says nothing, that is where the request goes.
    /// </summary>
    public static RouteDecision Towards(RouteDecision decision, Peer registrar)
    {
        if (decision.Route is null)
        {
            var target = new RouteTarget { Kind = TargetKind.Peer, Peer = registrar, Realm = registrar.Realm };
            return new RouteDecision { Route = ToRegistrar, Targets = [target], KeepsUri = true };
        }

        if (decision.Rejection is not null)
        {
            return decision;
        }

        decision = decision with { Targets = decision.Targets.RemoveAll(target => target.Peer?.Index != registrar.Index), KeepsUri = decision is { Called: null, Domain: null } };
        return decision.Targets.IsEmpty ? decision with { Rejection = Elsewhere } : decision;
    }

    private static bool IsRegistrar(GatewayModel model, Peer peer)
    {
        foreach (var realm in model.Realms)
        {
            if (realm.Relay?.Registrar.Index == peer.Index)
            {
                return true;
            }
        }

        return false;
    }

    private static Route RouteOf(string name) => Route.Deliver(new RouteHead(name, IsEmergency: false, [], new StatusSet([]), "registrations"), RouteEdits.None, [], []);
}
