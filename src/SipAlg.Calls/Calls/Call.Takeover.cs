using SipAlg.Calls.Legs;
using SipAlg.Protocol.Sdp;

namespace SipAlg.Calls.Calls;

/// <content>Losing a leg to another call (attended transfer, Replaces): this side of it.</content>
internal sealed partial class Call
{
    private Takeover? _takeover;
    private Action<int, SdpDescription?>? _takeoverDone;

    /// <summary>Slots of calls whose legs have come over into this one, since their tags lead there.</summary>
    private List<int>? _inherited;

    /// <summary>One of its legs is going over, or somebody is being put in one's place: it cannot be asked for anything else now.</summary>
    private bool IsChanging => _takeover is not null || _madeFor is not null || _transfer is { IsJoining: true };

    /// <summary>Offers the leg the media of somebody in another call.</summary>
    /// <param name="takeover">Of a leg of this call.</param>
    /// <param name="offer">What the gateway wrote of that one, for this leg.</param>
    /// <param name="done">Told the final status, and the answer with a 200. Not told once <see cref="GiveBack"/> was called.</param>
    /// <returns>False if the leg cannot be had now.</returns>
    public bool TryGive(Takeover takeover, ReadOnlySpan<byte> offer, Action<int, SdpDescription?> done)
    {
        if (_phase != CallPhase.Answered || IsChanging || _transfer is not null || takeover.Leg.State != LegState.Confirmed)
        {
            return false;
        }

        _takeover = takeover;
        _takeoverDone = done;
        KeepBefore(takeover.Leg);
        AskOwn(takeover.Leg, OwnInvitePurpose.Transfer, offer, (status, answer) => OnGivenAnswer(takeover, status, answer));
        return true;
    }

    private void OnGivenAnswer(Takeover takeover, int status, SdpDescription? answer)
    {
        takeover.IsAgreed = status == 200;
        if (takeover.IsOver)
        {
            Return(takeover);
        }
        else if (status == 200)
        {
            _takeoverDone!(status, answer);
        }
        else
        {
            EndTakeover(takeover, status);
        }
    }

    /// <summary>The leg stays: it is refused, or the call ends under it.</summary>
    private void EndTakeover(Takeover takeover, int status)
    {
        var done = _takeoverDone!;
        (_takeover, _takeoverDone) = (null, null);
        takeover.IsOver = true;
        _lane.Lane.Octets.Drop(ref takeover.Leg.Before);
        done(status, null);
    }

    /// <summary>Nobody wants the leg any more: what it had before is restored.</summary>
    public void GiveBack(Takeover takeover)
    {
        (_takeover, _takeoverDone) = (null, null);
        takeover.IsOver = true;
        Withdraw(takeover.Leg);
        if (takeover.IsAgreed || takeover.Leg.Own is null)
        {
            Return(takeover);
        }
    }

    private void Return(Takeover takeover)
    {
        if (takeover.IsAgreed)
        {
            AskBefore(takeover.Leg);
        }

        _lane.Lane.Octets.Drop(ref takeover.Leg.Before);
    }

    /// <summary>An offer of somebody else's media that has not been sent yet is not sent, and one that has been is cancelled.</summary>
    private void Withdraw(Leg leg)
    {
        for (var own = leg.Own; own is not null; own = own.Next)
        {
            own.IsOvertaken |= own is { IsOpen: false, Purpose: OwnInvitePurpose.Transfer };
            own.IsUnwanted |= own is { IsOpen: true, Purpose: OwnInvitePurpose.Transfer };
            if (own.IsUnwanted)
            {
                _lane.Transactions.TryCancel(leg.Asking);
            }
        }
    }

    private void KeepBefore(Leg leg)
    {
        _lane.Lane.Octets.Drop(ref leg.Before);
        leg.Before = _lane.Lane.Octets.Keep(leg.Sent.Span);
    }

    /// <summary>Offers a leg again what it had before it was offered somebody else's media.</summary>
    private void AskBefore(Leg leg)
    {
        if (_phase == CallPhase.Answered && leg.State == LegState.Confirmed && !leg.Before.IsEmpty)
        {
            AskOwn(leg, OwnInvitePurpose.Change, leg.Before.Span);
        }
    }

    /// <summary>The leg goes over: the other side of this call is dismissed, and what is left of it lives on in the other call.</summary>
    /// <param name="takeover">Agreed on.</param>
    /// <param name="into">The call that has it now.</param>
    /// <param name="cause">Of this call's end.</param>
    public void GoOver(Takeover takeover, Call into, CallCause cause)
    {
        var leg = takeover.Leg;
        var other = leg == _caller ? _callee : _caller;
        (_takeover, _takeoverDone) = (null, null);
        takeover.IsOver = true;
        _lane.Lane.Octets.Drop(ref leg.Before);
        leg.DropOwn(_lane.Lane.Octets, _lane.Lane.Timers);
        AbandonCrossings();
        into.TakeCharges(this);
        if (_isAttempt)
        {
            EndAttempt();
        }
        else
        {
            _record.ContinuedIn = into._record.Id;
            Close(cause);
            _lane.ForgetInvite(_inviteKey);
            _lane.EndTrace(_record);
            _lane.Room.Journal.Ended(_record);
            into.Depart(other!, isDismissed: true);
        }

        into.Inherit(this);
    }

    private void Inherit(Call other)
    {
        _inherited ??= [];
        _inherited.Add(other.Slot);
        _inherited.AddRange(other._inherited ?? []);
        TakeDeparted(other);
        foreach (var slot in _inherited)
        {
            _lane.Forward(slot, this);
        }

        other._phase = CallPhase.Ending;
    }

    private void ReleaseInherited()
    {
        foreach (var slot in _inherited ?? [])
        {
            _lane.Remove(slot);
        }
    }
}
