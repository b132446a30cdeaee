using System.Text;
using SipAlg.Calls.Dialplan;
using SipAlg.Calls.Model;
using SipAlg.Signaling.Identifiers;
using SipAlg.Signaling.Lanes;

namespace SipAlg.Calls.Admission;

/// <summary>What the dialplan is not asked: where a contact leads that a registrar was given.</summary>
internal static class RelayRoutes
{
    private static readonly Route ToPhone = Route.Deliver(new RouteHead("registered contact", IsEmergency: false, [], new StatusSet([]), "registrations"), RouteEdits.None, [], []);

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
}
