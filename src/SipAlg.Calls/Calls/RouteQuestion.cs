using System.Text;
using SipAlg.Calls.Dialplan;
using SipAlg.Calls.Messages;
using SipAlg.Protocol.Sip;

namespace SipAlg.Calls.Calls;

/// <summary>Asks the dialplan again what it was asked for a call, for whoever wants to know why: nothing of that is done while the call is set up.</summary>
public static class RouteQuestion
{
    /// <param name="record">Of any call.</param>
    /// <param name="invite">Its INVITE; empty where that is not kept: then conditions on domain and headers do not hold.</param>
    /// <returns>Null for a call for which the dialplan was not asked.</returns>
    public static RouteExplanation? Explain(CallRecord record, ReadOnlyMemory<byte> invite)
    {
        // A reload may let go of both meanwhile, of the model first.
        var sender = record.Sender;
        if (record.Model is not { } model || record.Refusal is not null)
        {
            return null;
        }

        var message = new SipMessage();
        var octets = invite.ToArray();
        var isParsed = octets.Length > 0 && SipParser.Parse(message, octets, 0, octets.Length, isStream: false) == MessageFault.None;
        _ = SipUri.TryParse(isParsed ? message[message.RequestUri] : default, out var uri);
        return model.Dialplan.DecideWithReasons(new RouteRequest
        {
            Realm = model.Realms.First(realm => realm.Name == record.FromRealm).Index,
            Peer = model.Peers.FirstOrDefault(peer => !peer.IsRemoved && peer.Name == record.FromPeer),
            User = sender,
            Source = record.CallerAt.Address,
            Called = record.Called,
            Caller = record.Caller,
            Domain = Encoding.UTF8.GetString(uri.Host),
            Headers = isParsed ? new RequestHeaders().Of(message) : null,
            At = record.Started,
        });
    }
}
