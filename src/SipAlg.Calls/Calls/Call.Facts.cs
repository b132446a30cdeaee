using SipAlg.Protocol.Sip;
using SipAlg.Signaling.Transactions;
using SipAlg.Signaling.Transports;

namespace SipAlg.Calls.Calls;

/// <content>What its record notes of how it went, for the verdict.</content>
internal sealed partial class Call
{
    private void NoteAsked(in Flow flow, int octets)
    {
        (_record.TargetAt, _record.TargetBy, _record.TargetOctets) = (flow.Remote, flow.Transport, octets);
        _record.HasTargetSpoken = false;
    }

    /// <summary>The target whose failure the caller hears of, perhaps not the last that was asked.</summary>
    private void NoteDecisive(Dialplan.RouteTarget target)
    {
        var last = (_record.ToRealm, _record.ToPeer, _record.ToUser);
        NameTarget(target);
        if (last != (_record.ToRealm, _record.ToPeer, _record.ToUser))
        {
            _record.TargetAt = default;
        }
    }

    /// <summary>A large request may have gone another way than it was meant to (RFC 3261 §18.1.1).</summary>
    private void NoteSilence(TransactionId transaction) => _record.TargetBy = _lane.Transactions.TransportOf(transaction) ?? _record.TargetBy;

    private void NoteAnswer(SipMessage response, in Flow flow)
    {
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
