using SipAlg.Calls.Legs;
using SipAlg.Protocol.Sip;
using SipAlg.Signaling.Transactions;
using SipAlg.Signaling.Transports;

namespace SipAlg.Calls.Calls;

/// <content>What its record notes of how it went, for the verdict.</content>
internal sealed partial class Call
{
    private void NoteTarget(in AskedTarget asked)
    {
        (_record.TargetAt, _record.TargetBy, _record.TargetOctets, _record.HasTargetSpoken) = (asked.At, asked.By, asked.Octets, asked.HasSpoken);
        (_record.NotConnected, _record.TargetNames) = (asked.NotConnected, asked.Names.IsDefault ? [] : asked.Names);
    }

    /// <summary>The target whose failure the caller hears of, perhaps not the last that was asked, and perhaps one that never was.</summary>
    private void NoteDecisive(in Failure failure)
    {
        NameTarget(failure.Target);
        NoteTarget(failure.Asked);
    }

    /// <summary>A large request may have gone another way than it was meant to (RFC 3261 §18.1.1).</summary>
    private void NoteWay(Branch branch, TransactionId transaction)
    {
        branch.Facts = branch.Facts with { By = _lane.Transactions.TransportOf(transaction) ?? branch.Facts.By };
        _record.TargetBy = branch.Facts.By;
    }

    /// <summary>A side is the reason why the call ends.</summary>
    private void HangUp(CallCause cause, Leg leg, int status = 0, bool isRefreshOurs = false)
    {
        _record.Broken = new BrokenSide(leg.Index == CallerIndex, leg.Flow.Remote, _lane.Shown(leg.Flow), _lane.Room.Model.Realms[leg.Realm].Name)
        {
            Status = status,
            IsReinvite = leg.HasAcknowledged || leg.Branch is not null,
            IsRefreshOurs = isRefreshOurs,
        };
        HangUp(cause);
    }

    private void NoteAnswer(Branch branch, SipMessage response, in Flow flow)
    {
        branch.Facts = branch.Facts with { HasSpoken = true };
        _record.HasTargetSpoken = true;
        _record.HasRung |= response.Status is > 100 and < 200;
        if (response.Status is >= 200 and < 300)
        {
            _record.CalleeSigns = Rewriting.In(response, flow.Remote.Address);
        }
    }

    /// <summary>Before its media goes: where the sides wanted it.</summary>
    private void NoteMedia()
    {
        if (_callee?.Media is not { } media || !media.TryFirst(out var stream))
        {
            return;
        }

        _record.CallerMedia = stream.Target(CallerIndex).Rtp;
        _record.CalleeMedia = stream.Target(CalleeIndex).Rtp;
    }
}
