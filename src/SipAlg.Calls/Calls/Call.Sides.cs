using SipAlg.Calls.Media;
using SipAlg.Media.Statistics;

namespace SipAlg.Calls.Calls;

/// <content>Whether each side of a stream sends what it is to send: read with the stream's figures, for the verdict.</content>
internal sealed partial class Call
{
    /// <summary>Of a service's stream: all that it answers flow alike.</summary>
    private FlowTime _serviceFlow;

    private void NoteFlows()
    {
        if (_phase != CallPhase.Answered || _isAttempt)
        {
            return;
        }

        _callee?.Media?.NoteFlows(_lane.Lane.Now);
        _serviceFlow.Note(fromCaller: _service?.Agreement == MediaAgreement.Active, fromCallee: false, _lane.Lane.Now);
    }

    private StreamSide SideOf(int side, int index, in StreamStatistics figures)
    {
        if (_record.Answered is null || FlowOf(index, out var stream) is not { } flow)
        {
            return default;
        }

        var face = side == CalleeIndex ? CalleeFace : _service?.Face ?? _callerFace;
        var due = DueOf(flow, side);
        return new StreamSide
        {
            Said = stream.Target(side).Rtp,
            Source = face?.SourceOf(index) ?? default,
            Due = due,
            IsHeard = figures.Packets > 0 && _lane.Room.Media.Relay.Since(figures.Last) <= TimeSpan.FromMilliseconds(_lane.Lane.Now - _answered),
            Silent = due is { } time && face?.LastHeard(index) is > 0 and var heard && TimeSpan.FromMilliseconds(_lane.Room.Media.Relay.MillisecondsSince(heard)) is var since && since < time ? since : due ?? default,
        };
    }

    /// <summary>Null for a stream that was not agreed on.</summary>
    private FlowTime? FlowOf(int index, out MediaStream stream)
    {
        stream = default;
        return _service is not null ? _serviceFlow
            : _callee?.Media is { } media && media.TryAgreed(index, out stream) ? stream.Flow
            : null;
    }

    /// <summary>What flows one way from the answer on was meant so; what does so later is on hold, and whether music is played to it is its own affair.</summary>
    private TimeSpan? DueOf(in FlowTime flow, int side) =>
        _transfer is null && flow.IsFrom(side) && (flow.IsMutual || flow.Since <= _answered)
            ? TimeSpan.FromMilliseconds(_lane.Lane.Now - Math.Max(_answered, flow.Since)) : null;
}
