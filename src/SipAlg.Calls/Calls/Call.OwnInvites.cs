using SipAlg.Calls.Lanes;
using SipAlg.Calls.Legs;
using SipAlg.Calls.Media;
using SipAlg.Calls.Messages;
using SipAlg.Protocol.Sdp;
using SipAlg.Protocol.Sessions;
using SipAlg.Protocol.Sip;
using SipAlg.Signaling.Transactions;

namespace SipAlg.Calls.Calls;

/// <content>
/// INVITEs of the gateway's own in a dialog that stands (RFC 3261 §14.1): one at a time in each, whenever its dialog is free for
/// it. Its offer is what the leg knows of the other side, or another; the answer concerns this leg alone.
/// </content>
internal sealed partial class Call
{
    /// <summary>491 comes of chance; who says nothing else does not mean to answer.</summary>
    private const int MostGlares = 10;

    /// <summary>Asks a leg, at once or as soon as may be.</summary>
    /// <param name="leg">Confirmed.</param>
    /// <param name="purpose">What is done with the answer.</param>
    /// <param name="offer">
    /// A description that the gateway wrote for this leg; its version is set when it is sent. Empty: the last one that was agreed on.
    /// </param>
    /// <param name="done">See <see cref="OwnInvite.Done"/>.</param>
    public void AskOwn(Leg leg, OwnInvitePurpose purpose, ReadOnlySpan<byte> offer, Action<int, SdpDescription?>? done = null)
    {
        var own = new OwnInvite(purpose, _lane.Lane.Octets.Keep(offer), done);
        if (leg.Own is { } last)
        {
            while (last.Next is { } next)
            {
                last = next;
            }

            last.Next = own;
            return;
        }

        leg.Own = own;
        TryOwn(leg, own);
    }

    private void TryOwn(Leg leg, OwnInvite own)
    {
        if (own.IsOvertaken)
        {
            EndOwn(leg, own);
            return;
        }

        if (leg.IsBusy || OfferAnswer.Next(leg.Session, OfferAnswerEvent.OfferSent).Fault != OfferAnswerFault.None)
        {
            WaitForOwn(leg, own);
            return;
        }

        if (own.Purpose == OwnInvitePurpose.Refresh && leg.Allows.Has(SipMethod.Update))
        {
            SendRefresh(leg, own);
            return;
        }

        var offer = own.Offer.IsEmpty ? leg.Sent.Span : own.Offer;
        var length = WithVersion(leg.Origin, offer);
        if (length < 0 || !TryWriteOwn(leg, _lane.Body.AsSpan(0, length), out var transaction, out var message))
        {
            FailOwn(leg, own);
            return;
        }

        own.IsUpdate = false;
        leg.Asking = own.Asking = transaction;
        leg.AskingSequence = leg.Dialog.LocalSequence;
        leg.HasOffered = true;
        Step(leg, OfferAnswerEvent.OfferSent);
        KeepOffered(leg, _lane.Body.AsSpan(0, length));
        StartOwnTimer(leg, own, _lane.Transactions.Times.Timeout);
        _lane.ClientRequests.Send(transaction, leg, _lane.Output.AsSpan(0, message), FixesTransport(leg));
    }

    /// <summary>The description as it goes out now: another one than the last has a higher version (RFC 3264 §8).</summary>
    private int WithVersion(SessionOrigin origin, ReadOnlySpan<byte> description)
    {
        if (description.IsEmpty)
        {
            return -1;
        }

        origin.Changes(SdpHash.WithoutVersion(description));
        return SdpVersion.Replace(description, origin.Version, _lane.Body);
    }

    private bool TryWriteOwn(Leg leg, ReadOnlySpan<byte> offer, out TransactionId transaction, out int length)
    {
        var writer = new MessageWriter(_lane.Output);
        transaction = BeginRefresh(ref writer, leg, SipMethod.Invite, leg.Index == CallerIndex ? LegPart.CallerReinvite : LegPart.CalleeReinvite);
        Crossing(leg).WriteId(ref writer, _record.Id);
        LegMessages.Finish(ref writer, "application/sdp"u8, offer);
        length = writer.Length;
        if (writer.Overflowed)
        {
            _lane.Transactions.Abandon(transaction);
            return false;
        }

        _lane.Transactions.TryClaim(transaction, leg.Dialog.RemoteTag);
        return true;
    }

    /// <summary>
    /// RFC 3261 §14.1: who made the Call-ID waits 2.1 to 4 seconds, the other side up to 2, so that one of the two comes first; in
    /// units of 10 ms.
    /// </summary>
    private void WaitForOwn(Leg leg, OwnInvite own)
    {
        var isOurCallId = leg.Branch is not null;
        var random = _lane.Lane.Secrets.Next();
        StartOwnTimer(leg, own, isOurCallId ? 2100 + ((long)(random % 191) * 10) : (long)(random % 201) * 10);
    }

    private void StartOwnTimer(Leg leg, OwnInvite own, long milliseconds)
    {
        var timer = own.Timer;
        StartTimer(ref timer, leg.Index == CallerIndex ? CallTimer.CallerOwn : CallTimer.CalleeOwn, milliseconds);
        own.Timer = timer;
    }

    private void OnOwnTimer(Leg leg)
    {
        if (leg.Own is not { } own)
        {
            return;
        }

        own.Timer = default;
        if (own.IsOpen)
        {
            // Provisional answers alone keep an INVITE open for ever; nobody else would cancel this one (RFC 3261 §9.1).
            _lane.Transactions.TryCancel(leg.Asking);
        }
        else
        {
            TryOwn(leg, own);
        }
    }

    private void OnOwnResponse(Leg leg, OwnInvite own, SipMessage response)
    {
        if (response.Status < 200)
        {
            if (own.IsUnwanted)
            {
                _lane.Transactions.TryCancel(leg.Asking);
            }

            return;
        }

        leg.Asking = own.Asking = default;
        Learn(leg, response);
        if (response.Status < 300)
        {
            OnOwnAnswered(leg, own, response);
        }
        else
        {
            RejectOwnOffer(leg);
            OnOwnRefused(leg, own, response);
        }
    }

    private void OnOwnAnswered(Leg leg, OwnInvite own, SipMessage response)
    {
        leg.Dialog = _lane.Dialogs.WithTarget(leg.Dialog, response);
        leg.Flow = NextHops.Of(_lane, leg, leg.Flow);
        SendAck(leg);
        HearSession(leg, response);
        var answer = _lane.Room.Media.Description;
        if (!BodyCrossing.TryRead(answer, response))
        {
            // It should have answered the offer (RFC 3261 §13.2.1), but it is there, and the session is what it was.
            RejectOwnOffer(leg);
            EndOwn(leg, own, 488);
            return;
        }

        Step(leg, OfferAnswerEvent.AnswerReceived);
        AgreeOffered(leg);
        if (own.Done is null)
        {
            Renew(leg, answer, own.Purpose);
        }

        EndOwn(leg, own, 200, answer);
    }

    private void Renew(Leg leg, SdpDescription answer, OwnInvitePurpose purpose)
    {
        if (leg is not { Media: { } media, Partner: { } other })
        {
            _service?.Renew(answer);
            AwaitMedia();
            return;
        }

        media.IsConcealed = IdentityTowards(other).ConcealsSession(null);
        var isChanged = media.Renew(leg.Index, answer, other.Sent.Span, leg.Sent.Span);
        AwaitMedia();
        if (purpose == OwnInvitePurpose.Change)
        {
            // Whoever changed something has said what it wants; to tell it once more might go on for ever.
            media.Reject();
        }
        else if (isChanged && IsThere(other) && media.Tell(leg.Index, answer, _lane.Room.Media.Scratch, out var length) == BridgeResult.Done)
        {
            AskOwn(other, OwnInvitePurpose.Change, _lane.Room.Media.Scratch.AsSpan(0, length));
        }
    }

    /// <summary>Not who has hung up while a transfer that it asked for is under way: it is told nothing any more (RFC 3261 §15).</summary>
    private static bool IsThere(Leg leg) => leg.State == LegState.Confirmed;

    /// <summary>491 comes of a request that crossed ours: later again. 408 and 481 say that the dialog is gone (RFC 3261 §12.2.1.2); else the session is what it was.</summary>
    private void OnOwnRefused(Leg leg, OwnInvite own, SipMessage response)
    {
        switch (response.Status)
        {
            case 408 or 481:
                HangUp(CallCause.DialogLost, leg, response.Status);
                break;
            case 491 when ++own.Glares < MostGlares:
                WaitForOwn(leg, own);
                break;
            case 422 when TryLonger(leg, response):
                TryOwn(leg, own);
                break;
            case 405 or 501 when own.IsUpdate:
                leg.Allows = leg.Allows.Without(SipMethod.Update);
                TryOwn(leg, own);
                break;
            case var status when TryCountAsRefreshed(leg, own, status):
                EndOwn(leg, own);
                break;
            default:
                FailOwn(leg, own, FailureStatus(response.Status));
                break;
        }
    }

    /// <summary>
    /// Nobody answers: the dialog is lost (RFC 3261 §12.2.1.2). What could not be delivered counts as refused with 503 (§8.1.3.1), and
    /// is tried over a new connection where the old one is gone.
    /// </summary>
    private void OnOwnLost(Leg leg, OwnInvite own, NoResponse reason)
    {
        if (reason == NoResponse.TimedOut)
        {
            HangUp(CallCause.DialogLost, leg);
            return;
        }

        own.Asking = default;
        if (!own.IsUpdate)
        {
            RejectOwnOffer(leg);
        }

        if (leg.Flow.Connection != 0 && NextHops.TryAnew(_lane, leg.Dialog, leg.Flow, out var flow))
        {
            leg.Flow = flow;
            TryOwn(leg, own);
        }
        else
        {
            FailOwn(leg, own);
        }
    }

    /// <summary>It has come to nothing: the session is what it was, but not refreshed.</summary>
    private void FailOwn(Leg leg, OwnInvite own, int status = 503)
    {
        if (own.Purpose == OwnInvitePurpose.Refresh)
        {
            StepClock(leg, SessionTimerEvent.RefreshRefused);
        }

        EndOwn(leg, own, status);
    }

    /// <summary>It is over: the next one's turn.</summary>
    private void EndOwn(Leg leg, OwnInvite own, int status = 503, SdpDescription? answer = null)
    {
        var next = own.Next;
        own.Drop(_lane.Lane.Octets, _lane.Lane.Timers);
        leg.Own = next;
        own.Done?.Invoke(status, answer);
        if (next is not null && leg.Own == next)
        {
            TryOwn(leg, next);
        }
    }

    /// <summary>
    /// A description of the other side has been agreed on with the leg, so that what was still to be told of it is known by now; or
    /// its session has been refreshed by something else.
    /// </summary>
    private static void Overtake(Leg leg, OwnInvitePurpose purpose)
    {
        for (var own = leg.Own; own is not null; own = own.Next)
        {
            own.IsOvertaken |= !own.IsOpen && own.Purpose == purpose;
        }
    }
}
