using SipAlg.Calls.Media;
using SipAlg.Calls.Peers;
using SipAlg.Media.Statistics;

namespace SipAlg.Calls.Calls;

/// <content>What came of the call's media: read while it is alive, kept in its record when it ends, observed leg by leg.</content>
internal sealed partial class Call
{
    /// <summary>Of those who have left their place to somebody else, by side.</summary>
    private readonly StreamFigures[] _departedFigures = [new(), new()];

    private MediaFace? CalleeFace => _branches?.Face ?? _calleeFace;

    /// <summary>The call's streams as they are now; of a call that is over as they were.</summary>
    public IReadOnlyList<CallStream> Streams() => _phase == CallPhase.Ending ? _record.Streams : ReadStreams();

    private List<CallStream> ReadStreams()
    {
        List<CallStream> streams = [];
        for (var index = 0; index < StreamCount; index++)
        {
            var (fromCaller, fromCallee) = (FiguresOf(CallerIndex, index), FiguresOf(CalleeIndex, index));
            var stream = new CallStream(index, KindOf(index), fromCaller, fromCallee)
            {
                Caller = SideOf(CallerIndex, index, fromCaller),
                Callee = SideOf(CalleeIndex, index, fromCallee),
                SeriesFromCaller = _series?.Of(index, CallerIndex),
                SeriesFromCallee = _series?.Of(index, CalleeIndex),
                CallerSuite = _service is { } service ? service.SuiteOf(index) : _callerFace.SuiteOf(index),
                CalleeSuite = CalleeFace?.SuiteOf(index),
            };
            if (_record.Answered is not null || stream.FromCaller.Packets > 0 || stream.FromCallee.Packets > 0)
            {
                streams.Add(stream);
            }
        }

        return streams;
    }

    private int StreamCount => _service?.Streams ?? Math.Max(_callerFace.Streams, CalleeFace?.Streams ?? 0);

    private StreamKind KindOf(int index) => _service?.KindOf(index) ?? _callerFace.KindOf(index);

    private StreamStatistics FiguresOf(int side, int index)
    {
        var now = side == CallerIndex ? _service?.FiguresOf(index) ?? _callerFace.FiguresOf(index) : CalleeFace?.FiguresOf(index) ?? default;
        return _departedFigures[side].Of(_lane.Room.Media.Relay, default, index).With(now);
    }

    /// <summary>Before the ports of a side go to nobody: its figures stay with the call.</summary>
    private void KeepFigures(int side, MediaFace face)
    {
        for (var index = 0; index < face.Streams; index++)
        {
            _departedFigures[side].Keep(index, face.FiguresOf(index));
        }
    }

    /// <summary>Before its media goes: what the call's record says of it.</summary>
    private void RecordStreams()
    {
        if (_isAttempt)
        {
            return;
        }

        LookAtStreams();
        _record.Streams = ReadStreams();
        Observe(_caller.Realm, _caller.Peer, _service?.Audio() ?? _callerFace.Audio());
    }

    /// <summary>The callee's leg is over, or what would have been one.</summary>
    private void ObserveCallee()
    {
        if (_branches is { } branch)
        {
            Observe(branch.Target.Realm, branch.Peer, branch.Face.Audio());
        }
        else if (_calleeFace is { } face && _callee is { } callee)
        {
            Observe(callee.Realm, callee.Peer, face.Audio());
        }
    }

    private void Observe(int realm, PeerState? peer, in StreamStatistics audio) => _lane.Counters.Quality.Observe(realm, peer?.Peer.Index, audio);
}
