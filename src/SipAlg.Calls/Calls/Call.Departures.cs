using SipAlg.Calls.Lanes;
using SipAlg.Calls.Legs;
using SipAlg.Signaling.Lanes;
using SipAlg.Signaling.Transactions;

namespace SipAlg.Calls.Calls;

/// <content>Legs that have left the call while it goes on: somebody else is in their place, and only their dialogs are still to be ended.</content>
internal sealed partial class Call
{
    private List<Leg>? _departed;
    private TimerId _departure;

    /// <summary>Takes a leg out of the conversation.</summary>
    /// <param name="leg">Of this call or of another one that ends in it.</param>
    /// <param name="isDismissed">It gets its BYE at once; else it is left the time to send its own, having asked for what happened.</param>
    private void Depart(Leg leg, bool isDismissed)
    {
        leg.Partner = null;
        leg.Media = null;
        leg.Peer?.End();
        if (leg.State == LegState.Ended)
        {
            leg.Drop(_lane.Lane.Octets, _lane.Lane.Timers);
            return;
        }

        EndAsked(leg, 487);
        GiveUpAsking(leg);
        StopTimer(ref leg.Clock.Timer);
        leg.State = LegState.Leaving;
        (_departed ??= []).Add(leg);
        if (leg.Success.IsEmpty && isDismissed)
        {
            SendBye(leg, null);
            return;
        }

        // RFC 3261 §15: no BYE of ours before the ACK of our 2xx came, or its time is up.
        _lane.Lane.Timers.Cancel(leg.SuccessTimer);
        leg.SuccessTimer = default;
        leg.ByeWaits = isDismissed;
        StartTimer(ref _departure, CallTimer.Departure, _lane.Transactions.Times.Timeout);
    }

    /// <summary>Who was left the time to hang up has not.</summary>
    private void DismissDeparted()
    {
        StopTimer(ref _departure);
        foreach (var leg in _departed ?? [])
        {
            if (leg is { State: LegState.Leaving, Bye.IsNone: true })
            {
                leg.DropSuccess(_lane.Lane.Octets, _lane.Lane.Timers);
                SendBye(leg, null);
            }
        }
    }

    /// <summary>The call ends for those who are still in it: the others get their BYE too, unless our 2xx has no ACK yet.</summary>
    private void HurryDeparted()
    {
        var mustWait = false;
        foreach (var leg in _departed ?? [])
        {
            if (leg is { State: LegState.Leaving, Bye.IsNone: true })
            {
                leg.ByeWaits = !leg.Success.IsEmpty;
                mustWait |= leg.ByeWaits;
                if (!leg.ByeWaits)
                {
                    SendBye(leg, null);
                }
            }
        }

        if (!mustWait)
        {
            StopTimer(ref _departure);
        }
    }

    /// <summary>Those of a call that goes on in this one.</summary>
    private void TakeDeparted(Call other)
    {
        StopTimer(ref other._departure);
        foreach (var leg in other._departed ?? [])
        {
            (_departed ??= []).Add(leg);
            if (leg is { State: LegState.Leaving, Bye.IsNone: true })
            {
                StartTimer(ref _departure, CallTimer.Departure, _lane.Transactions.Times.Timeout);
            }
        }
    }

    private bool HasDeparted(Leg leg) => _departed?.Contains(leg) == true;

    private Leg? DepartedWith(ulong secret) => _departed?.Find(leg => leg.Secret == secret);

    private Leg? DepartedBy(TransactionId bye) => _departed?.Find(leg => leg.Bye == bye);

    private bool HaveAllDeparted => _departed?.TrueForAll(leg => leg.State == LegState.Ended) != false;

    /// <summary>Which transaction a BYE of ours on this leg is.</summary>
    private LegPart ByePartOf(Leg leg) => leg == _caller ? LegPart.CallerBye : leg == _callee ? LegPart.CalleeBye : LegPart.DepartedBye;
}
