using System.Globalization;
using SipAlg.Calls.Quality;
using SipAlg.Media.Statistics;

namespace SipAlg.Calls.Verdicts;

/// <summary>Streams whose packets are not what SDP says of them.</summary>
internal static class FormatVerdicts
{
    /// <summary>Fewer, or a smaller part of all, may be a slip: what was under way while both sides agreed anew.</summary>
    private const long ManyPackets = 50;
    private const int SmallPart = 50;

    /// <param name="figures">What came.</param>
    /// <param name="series">The same in the course of time; null without.</param>
    /// <param name="isCaller">From whom.</param>
    /// <returns>Null where nothing is wrong.</returns>
    public static Verdict? Of(in StreamStatistics figures, QualitySeries? series, bool isCaller)
    {
        var side = Parties.Side(isCaller);
        if (IsForeign(figures))
        {
            return new VerdictText(VerdictCode.PayloadMismatch).With("side", side).With("payload_type", Text(figures.ForeignType)).With("packets", Text(figures.ForeignPackets)).With("of_packets", Text(figures.Packets))
                .Of($"The {side} sends RTP with payload type {figures.ForeignType}, which was not agreed on: the SDP of the other side does not name it, so that side cannot play it.");
        }

        return series is not { OddClockRate: var odd } || odd == 0 ? null
            : new VerdictText(VerdictCode.ClockRateMismatch).With("side", side).With("payload_type", Text(figures.PayloadType)).With("clock_rate_in_sdp", Text(figures.ClockRate)).With("clock_rate_measured", Text(odd))
                .Of($"The timestamps in the RTP of the {side} advance by about {odd} a second, and SDP says {figures.ClockRate} for payload type {figures.PayloadType}: it plays too fast, too slow or in pieces.");
    }

    /// <summary>Whether there is one, without words.</summary>
    public static bool IsWrong(in StreamStatistics figures, QualitySeries? series) => IsForeign(figures) || series is { OddClockRate: not 0 };

    private static bool IsForeign(in StreamStatistics figures) => figures.ForeignPackets >= Math.Max(ManyPackets, figures.Packets / SmallPart);

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);
}
