using SipAlg.Calls.Calls;
using SipAlg.Media.Statistics;

namespace SipAlg.Calls.Media;

/// <content>What came from the far side; read before the ports go.</content>
internal sealed partial class MediaFace
{
    private StreamFigures _figures = new();

    /// <summary>Streams there have been, those without a port now among them.</summary>
    public int Streams => Math.Max(_ports.Length, _figures.Count);

    public StreamKind KindOf(int index) => _figures.KindOf(index);

    /// <summary>What came of a stream, by whatever port.</summary>
    public StreamStatistics FiguresOf(int index) => _figures.Of(lane.Relay, Port(index), index);

    /// <summary>What came of all its audio.</summary>
    public StreamStatistics Audio()
    {
        StreamStatistics audio = default;
        for (var index = 0; index < Streams; index++)
        {
            audio = KindOf(index) == StreamKind.Audio ? audio.With(FiguresOf(index)) : audio;
        }

        return audio;
    }

    /// <summary>When anything came last on any stream, RTCP too, in timestamps of the relay; 0 for never.</summary>
    public long LastHeard()
    {
        long last = 0;
        foreach (var port in _ports)
        {
            last = Math.Max(last, lane.Relay.LastHeard(port));
        }

        return last;
    }

    /// <summary>RTP packets that came from the far side.</summary>
    public long Packets()
    {
        var packets = _figures.PacketsBefore;
        foreach (var port in _ports)
        {
            packets += lane.Relay.TryRead(port, out var counters) ? counters.Rtp.Totals.PacketsIn : 0;
        }

        return packets;
    }
}
