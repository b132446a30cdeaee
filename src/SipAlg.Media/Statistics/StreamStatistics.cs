using SipAlg.Protocol.Rtp;

namespace SipAlg.Media.Statistics;

/// <summary>
/// What came of a stream in one direction: of the packets of an accepted source, before anything is done with them. Times are UTC.
/// </summary>
public readonly record struct StreamStatistics
{
    /// <summary>Datagrams; without any all else says nothing, but for what the end reports.</summary>
    public long Packets { get; init; }

    /// <summary>UDP payload of them.</summary>
    public long Octets { get; init; }
    public DateTimeOffset First { get; init; }
    public DateTimeOffset Last { get; init; }

    /// <summary>The longest time between two packets in a row, but for time in which the end was not to send.</summary>
    public TimeSpan LongestGap { get; init; }

    /// <summary>False for T.38, BFCP and the like: the rest says nothing of them.</summary>
    public bool IsRtp { get; init; }

    /// <summary>Of the last packet.</summary>
    public uint Ssrc { get; init; }
    public byte PayloadType { get; init; }

    /// <summary>The last packet was comfort noise (RFC 3389): silence after it is meant.</summary>
    public bool IsComfort { get; init; }

    /// <summary>Of its payload type by SDP.</summary>
    public AudioCodec Codec { get; init; }

    /// <summary>Packets whose payload type SDP does not name, and the last such type.</summary>
    public long ForeignPackets { get; init; }
    public byte ForeignType { get; init; }

    /// <summary>Packets there should have been by their sequence numbers (RFC 3550 A.3), of all sequences.</summary>
    public long Expected { get; init; }

    /// <summary>Of those: that came, each counted once.</summary>
    public long Received { get; init; }

    /// <summary>Packets that came once more.</summary>
    public long Duplicates { get; init; }

    /// <summary>Packets that came after one with a higher number.</summary>
    public long Reordered { get; init; }

    /// <summary>Times that another source (SSRC) began to send.</summary>
    public long SourceChanges { get; init; }

    /// <summary>Times that the same source went on elsewhere in its numbers.</summary>
    public long Restarts { get; init; }

    /// <summary>RTP timestamp units a second of the jitter; 0: unknown.</summary>
    public int ClockRate { get; init; }

    /// <summary>Packets that jitter was measured with; without any it is not known.</summary>
    public long JitterSamples { get; init; }

    /// <summary>Interarrival jitter (RFC 3550 A.8) after the last packet, in timestamp units.</summary>
    public uint Jitter { get; init; }

    /// <summary>The same in seconds; with the mean over all packets, and the most.</summary>
    public double JitterSeconds { get; init; }
    public double MeanJitterSeconds { get; init; }
    public double MostJitterSeconds { get; init; }

    /// <summary>Arrival less timestamp of the last packet (RFC 3550 A.8), in units of <see cref="ClockRate"/>, modulo 2^32; says something only with <see cref="HasJitter"/>.</summary>
    public uint Transit { get; init; }

    /// <summary>RTCP reports of the end on the stream that it is sent (RFC 3550 §6.4.1).</summary>
    public long Reports { get; init; }

    /// <summary>The loss in them, 0 to 1, mean of all.</summary>
    public double ReportedLoss { get; init; }

    /// <summary>Times that the way from the gateway to the end and back was measured, by reports that answer the other end's; and its mean.</summary>
    public long RoundTrips { get; init; }
    public double RoundTripSeconds { get; init; }

    /// <summary>Packets of SRTP and SRTCP that were refused: of other keys than those that were agreed on, or of somebody else.</summary>
    public long Unauthentic { get; init; }

    /// <summary>Not below 0: the extended numbers have 32 bits, and who steps on by thousands gets around them.</summary>
    public long Lost => Math.Max(0, Expected - Received);

    /// <summary>0 to 1; 0 where nothing was expected.</summary>
    public double LossRatio => Expected == 0 ? 0 : (double)Lost / Expected;

    public bool HasJitter => JitterSamples > 0;

    /// <summary>
    /// Adds what was kept elsewhere of the same direction: before or after this (another port, another end in its place) or beside it
    /// (another path of the relay). Counts add up, times span both, and what is of the last packet is of the later one.
    /// </summary>
    public StreamStatistics With(in StreamStatistics other)
    {
        var sum = other.Packets == 0 ? this : Packets == 0 ? other : Added(other);
        var (reports, roundTrips) = (Reports + other.Reports, RoundTrips + other.RoundTrips);
        return sum with
        {
            Unauthentic = Unauthentic + other.Unauthentic,
            Reports = reports,
            ReportedLoss = Mean(ReportedLoss, Reports, other.ReportedLoss, other.Reports),
            RoundTrips = roundTrips,
            RoundTripSeconds = Mean(RoundTripSeconds, RoundTrips, other.RoundTripSeconds, other.RoundTrips),
        };
    }

    private StreamStatistics Added(in StreamStatistics other)
    {
        var later = other.Last > Last ? other : this;
        var measured = later.HasJitter ? later : HasJitter ? this : other;
        return later with
        {
            Packets = Packets + other.Packets,
            Octets = Octets + other.Octets,
            First = First < other.First ? First : other.First,
            LongestGap = LongestGap > other.LongestGap ? LongestGap : other.LongestGap,
            IsRtp = IsRtp || other.IsRtp,
            Expected = Expected + other.Expected,
            Received = Received + other.Received,
            Duplicates = Duplicates + other.Duplicates,
            Reordered = Reordered + other.Reordered,
            SourceChanges = SourceChanges + other.SourceChanges,
            Restarts = Restarts + other.Restarts,
            Codec = later.Codec != AudioCodec.Unknown ? later.Codec : Codec != AudioCodec.Unknown ? Codec : other.Codec,
            ForeignPackets = ForeignPackets + other.ForeignPackets,
            ForeignType = (ForeignPackets > 0 && other.ForeignPackets == 0 ? this : other.ForeignPackets > 0 && ForeignPackets == 0 ? other : later).ForeignType,
            ClockRate = measured.ClockRate,
            JitterSamples = JitterSamples + other.JitterSamples,
            Transit = measured.Transit,
            Jitter = measured.Jitter,
            JitterSeconds = measured.JitterSeconds,
            MeanJitterSeconds = Mean(MeanJitterSeconds, JitterSamples, other.MeanJitterSeconds, other.JitterSamples),
            MostJitterSeconds = Math.Max(MostJitterSeconds, other.MostJitterSeconds),
        };
    }

    /// <summary>Makes figures of a copy of the counters.</summary>
    internal static StreamStatistics Of(in StreamCounters counters, in ReportCounters reports, RelayClock clock) => Of(counters, clock) with
    {
        Reports = reports.Reports,
        ReportedLoss = reports.Reports == 0 ? 0 : reports.LossSum / 256.0 / reports.Reports,
        RoundTrips = reports.RoundTrips,
        RoundTripSeconds = reports.RoundTrips == 0 ? 0 : clock.Span(reports.RoundTripSum).TotalSeconds / reports.RoundTrips,
    };

    private static StreamStatistics Of(in StreamCounters counters, RelayClock clock)
    {
        if (counters.Packets == 0)
        {
            return default;
        }

        var isRtp = (counters.Marks & StreamMarks.HasSequence) != 0;
        var hasJitter = counters.JitterSamples > 0;
        return new StreamStatistics
        {
            Packets = counters.Packets,
            Octets = counters.Octets,
            First = clock.At(counters.FirstAt),
            Last = clock.At(counters.LastAt),
            LongestGap = clock.Span(counters.LongestGap),
            IsRtp = isRtp,
            Ssrc = counters.Ssrc,
            PayloadType = counters.PayloadType,
            Expected = isRtp ? counters.ExpectedBefore + (long)(counters.Highest - counters.Base) + 1 : 0,
            Received = counters.Received,
            Duplicates = counters.Duplicates,
            Reordered = counters.Reordered,
            SourceChanges = counters.SourceChanges,
            Restarts = counters.Restarts,
            ClockRate = counters.ClockRate,
            JitterSamples = counters.JitterSamples,
            Transit = counters.Transit,
            Jitter = counters.Jitter >> 4,
            JitterSeconds = hasJitter ? Seconds(counters.Jitter, counters.ClockRate) : 0,
            MeanJitterSeconds = hasJitter ? Seconds((double)counters.JitterSum / counters.JitterSamples, counters.ClockRate) : 0,
            MostJitterSeconds = hasJitter ? Seconds(counters.MostJitter, counters.ClockRate) : 0,
        };
    }

    private static double Mean(double one, long times, double other, long otherTimes) => times + otherTimes == 0 ? 0 : ((one * times) + (other * otherTimes)) / (times + otherTimes);

    private static double Seconds(double sixteenths, int clockRate) => sixteenths / 16 / clockRate;
}
