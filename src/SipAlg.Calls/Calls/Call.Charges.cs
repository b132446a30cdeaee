using SipAlg.Calls.Admission;
using SipAlg.Calls.Dialplan;
using SipAlg.Calls.Fraud;
using SipAlg.Calls.Lanes;

namespace SipAlg.Calls.Calls;

/// <content>On whose account the call goes: its caller's, and that of whoever redirects or transfers it.</content>
internal sealed partial class Call
{
    private List<(CallCharge Charge, TargetList? List)>? _charges;
    private Signaling.Lanes.TimerId _account;

    /// <summary>What a limit has to say to a call that somebody triggers: a redirection, a transfer.</summary>
    /// <param name="rights">Who.</param>
    /// <param name="called">Whom, UTF-8.</param>
    /// <param name="decision">What the dialplan says of it.</param>
    /// <param name="charge">What is to be charged; null: nothing is limited.</param>
    /// <returns>False: it may not begin.</returns>
    private bool TryCharge(in RouteRights rights, ReadOnlySpan<byte> called, RouteDecision decision, out CallCharge? charge)
    {
        charge = null;
        if (decision.Rejection is null && !decision.Route!.IsEmergency && _lane.Room.Ledger.TryBegin(rights.User, rights.Peer is { } peer ? _lane.Room.Model.Peers[peer.Index] : null, called, decision.Called, out charge) is { } breach)
        {
            _record.Breach = breach;
            return false;
        }

        return true;
    }

    /// <summary>From now on it goes on this account too.</summary>
    /// <param name="list">The targets that it is about; null: whoever answers.</param>
    private void Charge(CallCharge? charge, TargetList? list = null)
    {
        if (charge is not null)
        {
            (_charges ??= []).Add((charge, list));
        }
    }

    /// <summary>Somebody has answered: whoever led to others pays nothing more for that.</summary>
    private void BeginToPay(TargetList? answered)
    {
        if (_charges is null)
        {
            return;
        }

        for (var index = _charges.Count - 1; index >= 0; index--)
        {
            if (_charges[index].List is not { } list || list.LedTo(answered))
            {
                _charges[index].Charge.Answered();
            }
            else
            {
                _charges[index].Charge.End();
                _charges.RemoveAt(index);
            }
        }

        LookAtAccounts();
    }

    /// <summary>A part of another call goes on in this one: on the same accounts.</summary>
    private void TakeCharges(Call from)
    {
        if (from._charges is not { } charges)
        {
            return;
        }

        from._charges = null;
        from.StopTimer(ref from._account);
        (_charges ??= []).AddRange(charges.Select(entry => (entry.Charge, (TargetList?)null)));
        if (_phase == CallPhase.Answered)
        {
            BeginToPay(null);
        }
    }

    /// <summary>What was talked is put down now and then; when somebody's minutes are used up the call ends.</summary>
    private void OnAccountTimer()
    {
        foreach (var (charge, _) in _charges ?? [])
        {
            if (charge.Settle() is { } breach)
            {
                charge.TellBlock(breach);
                _record.Breach = breach;
                HangUp(CallCause.AccountLimit);
                return;
            }
        }

        LookAtAccounts();
    }

    private void LookAtAccounts()
    {
        if (_charges is { Count: > 0 } charges && _phase == CallPhase.Answered)
        {
            StartTimer(ref _account, CallTimer.Account, (long)Math.Ceiling(charges.Min(entry => entry.Charge.NextLook).TotalMilliseconds));
        }
    }

    private void EndCharges()
    {
        StopTimer(ref _account);
        _charges?.ForEach(entry => entry.Charge.End());
        _charges = null;
    }
}
