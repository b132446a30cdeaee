using SipAlg.Calls.Calls;
using SipAlg.Media;
using SipAlg.Media.Statistics;
using SipAlg.Protocol.Addresses;

namespace SipAlg.Calls.Media;

/// <content>What came from the far side; read before the ports go.</content>
internal sealed partial class MediaFace
{
    private StreamFigures _figures = new();

    /// <summary>Streams there have been, those without a port now among them.</summary>
    public int Streams => Math.Max(_lines.Length, _figures.Count);

    public StreamKind KindOf(int index) => _figures.KindOf(index);

    /// <summary>What came of a stream, by whatever port.</summary>
    public StreamStatistics FiguresOf(int index)
    {
        var figures = _figures.Of(lane.Relay, Port(index), index);
        return Exit(index) == Port(index) || !lane.Relay.TryRead(Exit(index), out var away) ? figures : figures.With(away.Stream);
    }

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
        foreach (ref readonly var line in _lines.AsSpan())
        {
            last = Math.Max(last, Math.Max(lane.Relay.LastHeard(line.Port), lane.Relay.LastHeard(line.Away)));
        }

        return last;
    }

    /// <summary>The same of one stream.</summary>
    public long LastHeard(int index) => Math.Max(lane.Relay.LastHeard(Port(index)), lane.Relay.LastHeard(Exit(index)));

    /// <summary>Where the packets of a stream come from; none: none came.</summary>
    public IpEndpoint SourceOf(int index) =>
        lane.Relay.TryRead(Port(index), out var counters) && !counters.Rtp.Source.IsNone ? counters.Rtp.Source
        : lane.Relay.TryRead(Exit(index), out var away) ? away.Rtp.Source : default;

    /// <summary>RTP packets that came from the far side.</summary>
    public long Packets()
    {
        var packets = _figures.PacketsBefore;
        foreach (ref readonly var line in _lines.AsSpan())
        {
            packets += PacketsAt(line.Port) + PacketsAt(line.Away);
        }

        return packets;
    }

    private long PacketsAt(in MediaPort port) => lane.Relay.TryRead(port, out var counters) ? counters.Rtp.Totals.PacketsIn : 0;
}
