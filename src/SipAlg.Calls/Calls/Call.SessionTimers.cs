using SipAlg.Calls.Headers;
using SipAlg.Calls.Lanes;
using SipAlg.Calls.Legs;
using SipAlg.Calls.Messages;
using SipAlg.Protocol.Sessions;
using SipAlg.Protocol.Sip;
using SipAlg.Signaling.Identifiers;
using SipAlg.Signaling.Messages;
using SipAlg.Signaling.Transactions;
using SipAlg.Signaling.Transports;

namespace SipAlg.Calls.Calls;

/// <content>
/// Session timers (RFC 4028), each leg on its own: what is asked of a leg and answered to it, the refreshes that are our part, and
/// the end of a session that nobody has refreshed. Where the far side knows nothing of them, we refresh for ourselves.
/// </content>
internal sealed partial class Call
{
    /// <summary>The interval that we should like, in seconds; 0 for none.</summary>
    private uint WantedInterval => _lane.Room.Model.Calls.SessionExpires is { } wanted ? (uint)wanted.TotalSeconds : 0;

    /// <summary>What a request of ours asks a leg for, in seconds (RFC 4028 §7.4: what holds, so that it does not change); 0 for nothing.</summary>
    private uint AskedInterval(Leg leg)
    {
        var seconds = leg.Clock.Interval != 0 ? leg.Clock.Interval : WantedInterval;
        return seconds == 0 ? 0 : Math.Max(seconds, leg.Clock.Least);
    }

    /// <summary>What an INVITE or UPDATE of ours says of the session's time. At first the far side chooses who refreshes; then the parts stay.</summary>
    private void WriteSession(ref MessageWriter writer, Leg leg)
    {
        var seconds = AskedInterval(leg);
        if (seconds == 0)
        {
            return;
        }

        var refresher = leg.Clock.State == SessionTimerState.Off ? SessionRefresher.None : SessionTimer.IsOurs(leg.Clock.State) ? SessionRefresher.Uac : SessionRefresher.Uas;
        new SessionExpires(seconds, refresher).Write(ref writer);
        if (leg.Clock.Least != 0)
        {
            writer.Field("Min-SE"u8, leg.Clock.Least);
        }
    }

    /// <summary>A 2xx of theirs to an INVITE or UPDATE of ours.</summary>
    private void HearSession(Leg leg, SipMessage answer)
    {
        var agreed = SessionAgreement.Of(answer, AskedInterval(leg));
        Agree(leg, agreed, agreed.Expires.Refresher == SessionRefresher.Uac);
    }

    /// <summary>Writes what our 2xx to an INVITE or UPDATE says of the session's time, from when on it holds.</summary>
    private void AnswerSession(ref MessageWriter writer, Leg leg, in SessionRequest asked)
    {
        leg.Clock.Least = Math.Max(leg.Clock.Least, asked.Least);
        var current = leg.Clock.State == SessionTimerState.Off ? SessionRefresher.None : SessionTimer.IsOurs(leg.Clock.State) ? SessionRefresher.Uas : SessionRefresher.Uac;
        var agreed = asked.Answer(WantedInterval, current);
        if (agreed.IsShown)
        {
            agreed.Expires.Write(ref writer);
            writer.Write(agreed.IsRequired ? "Require: timer\r\n"u8 : default);
        }

        Agree(leg, agreed, agreed.Expires.Refresher == SessionRefresher.Uas);
    }

    private void Agree(Leg leg, in SessionAgreement agreed, bool isOurs)
    {
        leg.Clock.Interval = agreed.Expires.Seconds;
        leg.Clock.IsAlone = !agreed.IsShown;
        leg.Clock.Began = _lane.Lane.Now;
        leg.Clock.Tries = 0;
        Overtake(leg, OwnInvitePurpose.Refresh);
        StepClock(leg, agreed.IsNone ? SessionTimerEvent.NoneAgreed : isOurs ? SessionTimerEvent.OursAgreed : SessionTimerEvent.TheirsAgreed);
    }

    /// <summary>
    /// A far side without a session timer has refused the refresh. If what it cannot is what it was asked, it is there, which is all
    /// that we wanted to know: nobody but us would count the session as over.
    /// </summary>
    private bool TryCountAsRefreshed(Leg leg, OwnInvite own, int status)
    {
        if (own.Purpose != OwnInvitePurpose.Refresh || leg.Clock is not { IsAlone: true, State: SessionTimerState.Refreshing } || status is not (405 or 406 or 415 or 420 or 488 or 501 or 606))
        {
            return false;
        }

        leg.Clock.Began = _lane.Lane.Now;
        StepClock(leg, SessionTimerEvent.OursAgreed);
        return true;
    }

    private void OnSessionTimer(Leg leg)
    {
        leg.Clock.Timer = default;
        StepClock(leg, SessionTimerEvent.Due);
    }

    private void StepClock(Leg leg, SessionTimerEvent happened)
    {
        var isOurs = SessionTimer.IsOurs(leg.Clock.State);
        var step = SessionTimer.Next(leg.Clock.State, happened);
        leg.Clock.State = step.State;
        if ((step.Actions & SessionTimerActions.Stop) != 0)
        {
            StopTimer(ref leg.Clock.Timer);
        }

        if ((step.Actions & SessionTimerActions.AwaitRefresh) != 0)
        {
            StartClock(leg, SessionTimer.RefreshAfter(leg.Clock.Interval));
        }

        if ((step.Actions & SessionTimerActions.AwaitExpiry) != 0)
        {
            StartClock(leg, SessionTimer.ExpireAfter(leg.Clock.Interval));
        }

        if ((step.Actions & SessionTimerActions.Refresh) != 0)
        {
            AskOwn(leg, OwnInvitePurpose.Refresh, default);
        }

        if ((step.Actions & SessionTimerActions.Expire) != 0)
        {
            HangUp(CallCause.SessionExpired, leg, isRefreshOurs: isOurs);
        }
    }

    private void StartClock(Leg leg, long milliseconds) =>
        StartTimer(ref leg.Clock.Timer, leg.Index == CallerIndex ? CallTimer.CallerSession : CallTimer.CalleeSession, leg.Clock.Began + milliseconds - _lane.Lane.Now);

    /// <summary>A leg has come from another call, whose timers it does not have any more: its session goes on as it was agreed on.</summary>
    private void ResumeClock(Leg leg)
    {
        StopTimer(ref leg.Clock.Timer);
        switch (leg.Clock.State)
        {
            case SessionTimerState.Ours:
                StartClock(leg, SessionTimer.RefreshAfter(leg.Clock.Interval));
                break;
            case SessionTimerState.Refreshing:
                StartClock(leg, SessionTimer.ExpireAfter(leg.Clock.Interval));
                AskOwn(leg, OwnInvitePurpose.Refresh, default);
                break;
            case SessionTimerState.Refused or SessionTimerState.Theirs:
                StartClock(leg, SessionTimer.ExpireAfter(leg.Clock.Interval));
                break;
            default:
                break;
        }
    }

    /// <summary>RFC 3326: why our BYE comes, where nobody else has ended the call.</summary>
    private void WriteExpiry(ref MessageWriter writer) => writer.Write(_record.Cause switch
    {
        CallCause.SessionExpired => "Reason: SIP;cause=408;text=\"Session expired\"\r\n"u8,
        CallCause.MediaTimeout => "Reason: SIP;cause=408;text=\"Media timeout\"\r\n"u8,
        CallCause.HoldTimeout => "Reason: SIP;cause=408;text=\"Hold timeout\"\r\n"u8,
        CallCause.DrainDeadline => "Reason: SIP;cause=503;text=\"Gateway drained\"\r\n"u8,
        _ => default,
    });

    // ---- refreshes by UPDATE

    /// <summary>A refresh by UPDATE, without an offer (RFC 4028 §7.4): it changes nothing and stays on its leg.</summary>
    private void SendRefresh(Leg leg, OwnInvite own)
    {
        var writer = new MessageWriter(_lane.Output);
        var transaction = BeginRefresh(ref writer, leg, SipMethod.Update, leg.Index == CallerIndex ? LegPart.CallerOwn : LegPart.CalleeOwn);
        writer.Finish(default);
        if (writer.Overflowed)
        {
            _lane.Transactions.Abandon(transaction);
            FailOwn(leg, own);
            return;
        }

        own.IsUpdate = true;
        own.Asking = transaction;
        _lane.ClientRequests.Send(transaction, leg, _lane.Output.AsSpan(0, writer.Length), FixesTransport(leg));
    }

    private void OnRefreshResponse(Leg? leg, TransactionId transaction, SipMessage response)
    {
        if (response.Status < 200 || leg?.Own is not { } own || own.Asking != transaction)
        {
            return;
        }

        own.Asking = default;
        Learn(leg, response);
        if (response.Status >= 300)
        {
            OnOwnRefused(leg, own, response);
            return;
        }

        leg.Dialog = _lane.Dialogs.WithTarget(leg.Dialog, response);
        leg.Flow = NextHops.Of(_lane, leg, leg.Flow);
        HearSession(leg, response);
        EndOwn(leg, own);
    }

    private void OnRefreshLost(Leg? leg, TransactionId transaction, NoResponse reason)
    {
        if (leg?.Own is { } own && own.Asking == transaction)
        {
            OnOwnLost(leg, own, reason);
        }
    }

    /// <summary>
    /// An UPDATE that says nothing but that its sender is there, and where (RFC 4028 §7.4, RFC 3311 §5.1): each leg has a session timer
    /// of its own, so that it ends here; also what would lead the other side to refuse the refresh, since it knows no UPDATE.
    /// </summary>
    private static bool IsOfLegAlone(Leg leg, SipMessage update) => leg.State == LegState.Confirmed && update.Body.IsEmpty &&
        (leg.Partner is not { } other || (!other.Allows.IsEmpty && !other.Allows.Has(SipMethod.Update)) || !HasNews(update));

    /// <summary>Something in it would cross that is of interest to the other side, such as an identity.</summary>
    private static bool HasNews(SipMessage update)
    {
        foreach (ref readonly var field in update.Fields)
        {
            var fate = HeaderPolicy.Of(field.Id);
            if (fate is HeaderFate.Hide or HeaderFate.Translate || (fate == HeaderFate.Cross && field.Id is not (HeaderId.UserAgent or HeaderId.MaxBreadth)))
            {
                return true;
            }
        }

        return false;
    }

    private void AnswerUpdate(Leg leg, TransactionId transaction, SipMessage update, in Flow flow, scoped ReadOnlySpan<byte> body = default)
    {
        leg.Flow = NextHops.Of(_lane, leg, flow);
        var writer = new MessageWriter(_lane.Output);
        ResponseHead.Write(ref writer, update, flow, 200, default, default);
        LegMessages.WriteContact(ref writer, new MintedId(_lane.Lane.Number, Slot, leg.Secret), leg.Flow, _lane.Shown(leg.Flow), leg.Dialog.IsSips);
        LegMessages.WriteAllow(ref writer, AllowedTowards(leg), AccessOf(leg.Realm));
        LegMessages.WriteSupported(ref writer, isReliable: false);
        AnswerSession(ref writer, leg, SessionRequest.Of(update));
        LegMessages.Finish(ref writer, "application/sdp"u8, body);
        _lane.Transactions.Respond(transaction, 200, writer.Written);
    }
}
