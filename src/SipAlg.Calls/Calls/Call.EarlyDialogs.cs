using SipAlg.Calls.Legs;
using SipAlg.Calls.Messages;
using SipAlg.Calls.Peers;
using SipAlg.Protocol.Sdp;
using SipAlg.Protocol.Sip;
using SipAlg.Signaling.Identifiers;
using SipAlg.Signaling.Transports;

namespace SipAlg.Calls.Calls;

/// <content>
/// Early dialogs (RFC 3261 §12.1): each tag that comes back from a target is a dialog of its own, and the caller sees it as one, with
/// a tag of ours for it.
/// </content>
internal sealed partial class Call
{
    /// <summary>More early dialogs than this of one INVITE are not told apart any more: only the one that answers counts.</summary>
    private const int MostEarlyDialogs = 16;

    /// <summary>
    /// The callee's dialog that a response belongs to, paired with one of the caller's; null for one too many, and for one that the
    /// caller has ended.
    /// </summary>
    private Leg? LegOf(Branch branch, SipMessage response, in Flow flow)
    {
        var tag = response[response.ToTag];
        var leg = branch.First;
        if (!tag.IsEmpty && !leg.Dialog.RemoteTag.IsEmpty)
        {
            leg = branch.With(tag) ?? Fork(branch, response);
        }

        if (leg is null or { State: LegState.Ended })
        {
            return null;
        }

        if (!tag.IsEmpty)
        {
            leg.Dialog = _lane.Dialogs.FromResponse(leg.Dialog, response);
            leg.Flow = NextHops.Of(_lane, leg, flow);
        }

        if (!tag.IsEmpty || response.Status >= 200)
        {
            leg.Establish(_lane.Counters);
        }

        Learn(leg, response);
        if (leg.Partner is null)
        {
            Pair(leg);
        }

        return leg;
    }

    private static void Learn(Leg leg, SipMessage message)
    {
        if (message.Has(HeaderId.Allow))
        {
            leg.Allows = MethodSet.AllowedBy(message);
        }

        if (message.Has(HeaderId.Privacy))
        {
            leg.Privacy = Privacy.Of(message);
        }

        if (message.Has(HeaderId.Supported) || message.Has(HeaderId.Require))
        {
            leg.Supports = OptionTags.In(message, HeaderId.Supported) | OptionTags.In(message, HeaderId.Require);
        }
    }

    /// <summary>The next hop forked: another dialog of the same INVITE, on the same ports.</summary>
    private Leg? Fork(Branch branch, SipMessage response)
    {
        var count = 1;
        var last = branch.First;
        for (; last.Next is not null; last = last.Next)
        {
            count++;
        }

        if (count >= MostEarlyDialogs && response.Status < 200)
        {
            return null;
        }

        var first = branch.First;
        var (media, origin) = branch.Offered ?? (first.Media!, first.Origin);
        last.Next = new Leg(CalleeIndex)
        {
            Branch = branch,
            Dialog = first.Dialog.Anew(first.AskingSequence),
            Flow = first.Flow,
            IsBehindNat = first.IsBehindNat,
            Secret = first.Secret,
            Realm = first.Realm,
            Peer = first.Peer,
            User = first.User,
            TakesProof = first.TakesProof,
            Source = first.Source,
            Told = first.Told,
            Media = media,
            Origin = origin.Fork(),
            AskingSequence = first.AskingSequence,
            HasOffered = first.HasOffered,
            Session = first.HasOffered ? OfferAnswerState.FirstLocalOffer : OfferAnswerState.NoSession,
        };
        last.Next.Credentials = _lane.Lane.Octets.Keep(first.Credentials.Span);
        if (first.HasOffered)
        {
            KeepOffered(last.Next, first.Offered.IsEmpty ? first.Sent.Span : first.Offered.Span);
        }

        return last.Next;
    }

    /// <summary>
    /// Gives a callee's dialog one of the caller's: one that stands alone and has seen no SDP, since it takes one answer only
    /// (RFC 3261 §13.2.1), else a new one.
    /// </summary>
    private void Pair(Leg callee)
    {
        var caller = _caller;
        if (!_isAttempt && _caller.Peer is not { Peer.MergesForks: true })
        {
            var initial = Initial(callee.HasOffered);
            while (caller is not null && (caller.Partner is not null || caller.HasAnswer || caller.Session != initial))
            {
                caller = caller.Next;
            }
        }

        caller ??= NewCaller(callee.HasOffered);
        caller.Partner = callee;
        callee.Partner = caller;
        callee.Media = caller.Media = callee.Media!.For(caller.Origin, callee.Origin);
    }

    /// <summary>One more early dialog of the caller's INVITE: the same but for our tag.</summary>
    private Leg NewCaller(bool hasOffer)
    {
        Span<byte> tag = stackalloc byte[MintedId.TextLength];
        Span<byte> old = stackalloc byte[MintedId.TextLength];
        var id = _lane.Lane.MintId(Slot);
        id.Format(tag);
        new MintedId(_lane.Lane.Number, Slot, _caller.Secret).Format(old);
        var leg = new Leg(CallerIndex)
        {
            Dialog = _caller.Dialog.WithLocalTag(tag, _caller.AskedSequence),
            Flow = _caller.Flow,
            Secret = id.Secret,
            Realm = _caller.Realm,
            Peer = _caller.Peer,
            User = _caller.User,
            Source = _caller.Source,
            IsBehindNat = _caller.IsBehindNat,
            Number = _caller.Number,
            Privacy = _caller.Privacy,
            Origin = NewOrigin(),
            Asked = _caller.Asked,
            AskedSequence = _caller.AskedSequence,
            Allows = _caller.Allows,
            Supports = _caller.Supports,
            Requires = _caller.Requires,
            Session = Initial(hasOffer),
            Next = _caller.Next,
        };
        leg.Clock.Asked = _caller.Clock.Asked;
        leg.ResponseFields = LegMessages.Retag(_lane.Lane.Octets, _lane.Output, _caller.ResponseFields, old, tag);
        _caller.Next = leg;
        return leg;
    }

    /// <summary>Where the exchange of a caller's early dialog stands before anything came of it.</summary>
    private static OfferAnswerState Initial(bool hasOffer) => hasOffer ? OfferAnswerState.FirstRemoteOffer : OfferAnswerState.NoSession;

    /// <summary>An early dialog of a callee is over; the caller's is free for the next one.</summary>
    private void EndEarly(Leg callee)
    {
        callee.State = LegState.Ended;
        if (callee.Partner is { } caller && caller.Partner == callee)
        {
            caller.Partner = null;
        }

        DropCrossings(callee);
        callee.Drop(_lane.Lane.Octets, _lane.Lane.Timers);
    }

    /// <summary>This dialog has answered: of all the early ones only it and its partner are left (RFC 3261 §13.2.2.4).</summary>
    private void Choose(Branch branch, Leg callee)
    {
        _lane.Transactions.TryClaim(branch.Asking, callee.Dialog.RemoteTag);
        _lane.Transactions.KeepSequence(branch.Asking, branch.LastSequence);
        for (var other = _branches; other is not null;)
        {
            var next = other.Next;
            if (other != branch)
            {
                GiveUp(other, AttemptOutcome.Cancelled, StrayAnswers.AnsweredElsewhere);
            }

            other = next;
        }

        for (var leg = branch.First; leg is not null; leg = leg.Next)
        {
            if (leg != callee)
            {
                EndEarly(leg);
            }
        }

        branch.First = callee;
        branch.Asking = default;
        callee.Next = null;
        _callee = callee;
        KeepCaller(callee.Partner!);
        _caller.Partner = callee;
        _caller.Media = callee.Media;
        StopTimer(ref _noAnswer);
        StopTimer(ref _provisional);
    }

    /// <summary>Of the caller's early dialogs only this one is left.</summary>
    private void KeepCaller(Leg chosen)
    {
        for (var leg = _caller; leg is not null; leg = leg.Next)
        {
            if (leg != chosen)
            {
                leg.State = LegState.Ended;
                leg.Drop(_lane.Lane.Octets, _lane.Lane.Timers);
            }
        }

        _caller = chosen;
        chosen.Next = null;
    }

    /// <summary>The caller's further early dialogs go with its INVITE.</summary>
    private void DropEarly(Leg caller)
    {
        for (var leg = caller.Next; leg is not null; leg = leg.Next)
        {
            leg.Drop(_lane.Lane.Octets, _lane.Lane.Timers);
        }

        caller.Next = null;
    }
}
