using SipAlg.Calls.Calls;
using SipAlg.Media.Statistics;

namespace SipAlg.Calls.Quality;

/// <summary>
/// The series of one call: of its first streams, each in both directions, begun when the first packet has come. This room keeps how the
/// media of a call came in the course of time. It is looked at every few seconds, by the call's lane: the way of a packet knows nothing of it.
/// </summary>
/// <param name="from">When the first tick begins; UTC.</param>
/// <param name="tick">Between two looks.</param>
internal sealed class CallSeries(DateTimeOffset from, TimeSpan tick)
{
    /// <summary>Streams of a call that have them: audio and video, and another pair.</summary>
    private const int MostStreams = 4;

    private QualitySeries?[] _series = [];
    private DateTimeOffset _before;
    private DateTimeOffset _now = from;

    public TimeSpan Tick => tick;

    /// <param name="index">The stream's.</param>
    /// <param name="side">Whose packets: 0 is the caller's, 1 the callee's.</param>
    /// <returns>A copy; null where nothing came.</returns>
    public QualitySeries? Of(int index, int side) => (2 * index) + side is var place && place < _series.Length ? _series[place]?.Copy() : null;

    /// <summary>Begins a look.</summary>
    /// <param name="now">UTC.</param>
    /// <returns>False: no time has passed since the last.</returns>
    public bool TryLook(DateTimeOffset now)
    {
        if (now <= _now)
        {
            return false;
        }

        (_before, _now) = (_now, now);
        return true;
    }

    /// <summary>What has come of a stream up to this look.</summary>
    public void Add(int index, int side, StreamKind kind, in StreamStatistics figures)
    {
        if (index >= MostStreams || !figures.IsRtp)
        {
            return;
        }

        var place = (2 * index) + side;
        if (place >= _series.Length)
        {
            Array.Resize(ref _series, 2 * (index + 1));
        }

        (_series[place] ??= new QualitySeries(_before, tick, kind == StreamKind.Audio)).Add(_now, figures);
    }
}
