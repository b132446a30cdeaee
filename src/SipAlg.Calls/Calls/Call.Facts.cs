using SipAlg.Protocol.Sip;
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

    private void NoteAnswer(SipMessage response, in Flow flow)
    {
        _record.HasTargetSpoken = true;
        _record.HasRung |= response.Status is > 100 and < 200;
        if (response.Status >= 300)
        {
            _record.TargetStatus = response.Status;
        }
        else if (response.Status >= 200)
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

        (_record.CallerMedia, _record.CallerDirection) = (stream.Target(CallerIndex).Rtp, stream.Direction(CallerIndex));
        (_record.CalleeMedia, _record.CalleeDirection) = (stream.Target(CalleeIndex).Rtp, stream.Direction(CalleeIndex));
    }
}
