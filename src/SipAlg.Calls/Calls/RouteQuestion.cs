using System.Text;
using SipAlg.Calls.Dialplan;
using SipAlg.Calls.Messages;
using SipAlg.Protocol.Sip;

namespace SipAlg.Calls.Calls;

/// <summary>Asks a call's dialplan which routes it passed over before it decided, for whoever wants to know why: nothing of that is done while the call is set up.</summary>
public static class RouteQuestion
{
    /// <param name="record">Of any call.</param>
    /// <param name="invite">Its INVITE; empty where that is not kept: then it is not known what a condition on domain or headers found.</param>
    /// <param name="most">Of so many routes at most.</param>
    /// <returns>The decision that was made; null for a call of which the dialplan was not asked, or whose configuration has been let go.</returns>
    public static RouteExplanation? Explain(CallRecord record, ReadOnlyMemory<byte> invite, int most = int.MaxValue)
    {
        // They may be let go of meanwhile, the model first.
        var (sender, decision) = (record.Sender, record.Decision);
        if (record.Model is not { } model || decision is null)
        {
            return null;
        }

        var message = new SipMessage();
        var octets = invite.ToArray();
        var hasMessage = octets.Length > 0 && SipParser.Parse(message, octets, 0, octets.Length, isStream: false) == MessageFault.None && message[message.ToTag].IsEmpty;
        _ = SipUri.TryParse(hasMessage ? message[message.RequestUri] : default, out var uri);
        var request = new RouteRequest
        {
            Realm = model.Realms.First(realm => realm.Name == record.FromRealm).Index,
            Peer = model.Peers.FirstOrDefault(peer => !peer.IsRemoved && peer.Name == record.FromPeer),
            User = sender,
            Source = record.CallerAt.Address,
            Called = CalledOf(record, decision),
            Caller = record.Caller,
            Domain = Encoding.UTF8.GetString(uri.Host),
            Headers = hasMessage ? new RequestHeaders().Of(message) : null,
            At = record.Started,
        };
        return RoutesPassedOver.Explain(model.Dialplan, decision, request, hasMessage, most);
    }

    /// <summary>Whom a temporary GRUU (RFC 5627) names, the dialplan was asked for by his name.</summary>
    private static string CalledOf(CallRecord record, RouteDecision decision)
    {
        foreach (var target in decision.Targets)
        {
            if (target.Device is { IsTemporary: true } device)
            {
                return device.User.Name;
            }
        }

        return record.Called;
    }
}
