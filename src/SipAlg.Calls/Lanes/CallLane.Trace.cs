using System.Text;
using SipAlg.Calls.Admission;
using SipAlg.Calls.Authentication;
using SipAlg.Calls.Calls;
using SipAlg.Calls.Registrations;
using SipAlg.Protocol.Digest;
using SipAlg.Protocol.Sip;
using SipAlg.Signaling.Traces;
using SipAlg.Signaling.Transactions;
using SipAlg.Signaling.Transports;

namespace SipAlg.Calls.Lanes;

/// <content>What is kept of calls for whoever asks later: whose messages they are, and INVITEs that became no call.</content>
public sealed partial class CallLane
{
    /// <summary>Of INVITEs that became no call, in one second: what a scanner may fill.</summary>
    private const int MostRefusalsTold = 20;

    private long _refusalSecond;
    private int _refusalsTold;

    /// <inheritdoc/>
    public ulong TraceOf(TransactionOwner owner) =>
        !KeepAlives.IsOwner(owner) && _slots.Holds(owner.Slot, owner.Generation) ? _slots[owner.Slot].Owner?.Trace ?? 0 : 0;

    /// <summary>Begins to keep the messages of a call.</summary>
    /// <param name="transaction">The INVITE's.</param>
    /// <param name="invite">As it came.</param>
    /// <param name="flow">The way that it came.</param>
    /// <param name="call">Its id.</param>
    /// <returns>What they are kept under; 0: nothing is kept.</returns>
    internal ulong BeginTrace(TransactionId transaction, SipMessage invite, in Flow flow, ulong call)
    {
        if (Lane.Trace is not { } kept)
        {
            return 0;
        }

        var trace = TraceOf(invite);
        kept.Begin(trace, call);
        Transactions.Follow(transaction, trace, invite, flow);
        return trace;
    }

    /// <summary>A call is over: what went wrong is kept longer.</summary>
    internal void EndTrace(CallRecord record)
    {
        if (record.Trace != 0)
        {
            Lane.Trace?.End(record.Trace, record.IsTroubled);
        }
    }

    /// <summary>An INVITE is challenged, as any that begins a user's call: it belongs to the call that will come of it.</summary>
    internal void Challenged(TransactionId transaction, SipMessage request, in Flow flow)
    {
        if (BeginsCall(request) && Lane.Trace is not null)
        {
            Transactions.Follow(transaction, MessageTrace.OfStranger(TraceOf(request)), request, flow);
        }
    }

    /// <summary>A request is refused before it became anything; an INVITE gets a record, which is told to nobody but who looks for it.</summary>
    /// <param name="transaction">The request's, before its answer is sent.</param>
    /// <param name="request">Any.</param>
    /// <param name="flow">The way that it came.</param>
    /// <param name="status">Of the answer.</param>
    /// <param name="reason">Why.</param>
    internal void Refused(TransactionId transaction, SipMessage request, in Flow flow, int status, RefusalReason reason)
    {
        Counters.Refuse(Lane.Group(flow.Listener), reason);
        if (BeginsCall(request))
        {
            Tell(transaction, request, flow, status, new Refusal(reason, AuthenticationOutcome.Accepted));
        }
    }

    /// <summary>The credentials of an INVITE prove nothing.</summary>
    internal void Unproven(TransactionId transaction, SipMessage request, in Flow flow, in AuthenticationResult result)
    {
        if (BeginsCall(request))
        {
            Tell(transaction, request, flow, result.Status, new Refusal(RefusalReason.Count, result.Outcome) { User = UserIn(request) });
        }
    }

    private static bool BeginsCall(SipMessage request) => request.Method == SipMethod.Invite && request.ToTag.IsEmpty;

    private void Tell(TransactionId transaction, SipMessage invite, in Flow flow, int status, Refusal refusal)
    {
        if (Lane.Now / 1000 != _refusalSecond)
        {
            (_refusalSecond, _refusalsTold) = (Lane.Now / 1000, 0);
        }

        if (_refusalsTold++ >= MostRefusalsTold)
        {
            return;
        }

        var trace = Lane.Trace is null ? 0 : MessageTrace.OfStranger(TraceOf(invite));
        Transactions.Follow(transaction, trace, invite, flow);
        _ = SipUri.TryParse(invite[invite.RequestUri], out var uri);
        var realm = Lane.Group(flow.Listener);
        var peer = Room.PeerTable.Find(realm, flow.Remote.Address, uri.Host);
        var sender = new Sender(realm, peer is null ? null : Room.Peers[peer.Index], null);
        Span<byte> caller = stackalloc byte[SipLimits.Identifier];
        Span<byte> called = stackalloc byte[SipLimits.Identifier];
        var now = Room.Time.GetUtcNow();
        Room.Journal.Refused(new CallRecord(Lane.Secrets.Next(), caller[..CallNumbers.Caller(invite, sender, caller)], called[..CallNumbers.Called(invite, sender.Peer, called)])
        {
            FromRealm = Room.Model.Realms[realm].Name,
            FromPeer = peer?.Name,
            Trace = trace,
            Lane = Lane.Number,
            Model = Room.Model,
            CallerAt = flow.Remote,
            CallerShown = Shown(flow),
            Refusal = refusal,
            Status = status,
            Cause = CallCause.NotAdmitted,
            Started = now,
            Ended = now,
        });
    }

    /// <summary>Who the credentials say that the sender is.</summary>
    private static string? UserIn(SipMessage request)
    {
        foreach (var scheme in new AuthSchemes(request.First(HeaderId.Authorization)))
        {
            if (DigestCredentials.TryParse(scheme.Parameters, out var credentials))
            {
                return Encoding.UTF8.GetString(credentials.Username);
            }
        }

        return null;
    }

    /// <summary>By what the caller names a call: an INVITE that it sends again with credentials, or since it was refused, has the same.</summary>
    private ulong TraceOf(SipMessage invite)
    {
        Span<byte> text = stackalloc byte[2 * SipLimits.Identifier + 1];
        var writer = new MessageWriter(text);
        writer.Write(invite[invite.CallId]);
        writer.Write((byte)'\n');
        writer.Write(invite[invite.FromTag]);
        return MessageTrace.OfCall(_hash.Of(writer.Written));
    }
}
