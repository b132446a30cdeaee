using System.Globalization;
using System.Text.Json;
using SipAlg.Calls.Calls;
using SipAlg.Media;
using SipAlg.Media.Statistics;

namespace SipAlg.Calls.Verdicts;

/// <summary>Calls whose media, or whose messages on the way, were not right, however they ended.</summary>
internal static class MediaVerdicts
{
    /// <summary>Fewer tell nothing of how it sounded.</summary>
    private const long ManyPackets = 50;

    /// <summary>Nearly all are dissatisfied (G.107 Annex B).</summary>
    private const double PoorMos = 3.1;

    /// <returns>Null where nothing was wrong with it.</returns>
    public static Verdict? Of(CallRecord record)
    {
        if (record.Answered is null)
        {
            return null;
        }

        if (OfLoop(record) is { } loop)
        {
            return loop;
        }

        var silence = SilenceOf(record);
        var isUnheard = record.Cause is CallCause.AckMissing or CallCause.DialogLost or CallCause.SessionExpired;
        return record.Cause == CallCause.MediaTimeout ? OfCause(record) ?? SilenceVerdicts.OfTimeout(record)
            : silence is { Code: VerdictCode.MediaStopped } stopped ? SilenceVerdicts.Of(record, stopped)
            : silence is { } missing ? OfCause(record) ?? SilenceVerdicts.Of(record, missing)
            : isUnheard && OfRewriting(record) is { } rewriting ? rewriting
            : CallCauses.IsUsual(record.Cause) ? OfAudio(record) : null;
    }

    /// <summary>Whether a call that ended as calls should has a verdict of this room: what is heard of that may be asked on a lane.</summary>
    public static bool IsWrong(CallRecord record)
    {
        if (record.Answered is null)
        {
            return false;
        }

        var isWrong = LoopOf(record) is not null || SilenceOf(record) is not null;
        for (var index = 0; !isWrong && index < record.Streams.Count; index++)
        {
            var stream = record.Streams[index];
            isWrong = stream.Kind == StreamKind.Audio &&
                (FormatVerdicts.IsWrong(stream.FromCaller, stream.SeriesFromCaller) || FormatVerdicts.IsWrong(stream.FromCallee, stream.SeriesFromCallee) || PoorMosOf(stream.FromCaller) is not null || PoorMosOf(stream.FromCallee) is not null);
        }

        return isWrong;
    }

    /// <summary>One side that was never heard explains any end; a call that something else ended need not have had media for long.</summary>
    private static Silence? SilenceOf(CallRecord record) =>
        Silence.Of(record.Streams) is { } silence && (silence.Code == VerdictCode.OneWayMedia || CallCauses.IsUsual(record.Cause)) ? silence : null;

    /// <summary>Why nothing was taken of a side.</summary>
    private static Verdict? OfCause(CallRecord record) => KeyVerdicts.OfMissing(record) ?? OfRefusedSource(record) ?? OfRewriting(record);

    /// <summary>Realms with addresses of their own may have the same ports. What reports on media (RTCP) is none itself.</summary>
    private static Verdict? OfRefusedSource(CallRecord record)
    {
        var settled = new HashSet<(string Realm, ushort Port)>();
        foreach (ref readonly var source in record.Sources.Span)
        {
            if (source.Told.Change is SourceChange.Settled or SourceChange.TookOver)
            {
                settled.Add((source.Realm, source.Told.Port));
            }
        }

        foreach (ref readonly var source in record.Sources.Span)
        {
            if (source.Told is { Change: SourceChange.Refused, IsRtcp: false } && !settled.Contains((source.Realm, source.Told.Port)))
            {
                return SilenceVerdicts.Said(record, VerdictCode.MediaRefused).With("refused_source", source.Told.Source).With("expected_source", source.Told.Other).With("realm", source.Realm)
                    .Of($"Media came from {source.Told.Source}, which may not send it: {(source.Told.Other.IsNone ? "" : $"SDP says {source.Told.Other}, and ")}latching in realm '{source.Realm}', or media_from of the peer, does not allow that source.");
            }
        }

        return null;
    }

    /// <summary>Ports of the gateway that SDP names, and from which packets would have come back.</summary>
    private static CallSource? LoopOf(CallRecord record)
    {
        foreach (ref readonly var source in record.Sources.Span)
        {
            if (source.Told is { Change: SourceChange.LeadsBack, IsRtcp: false })
            {
                return source;
            }
        }

        return null;
    }

    private static Verdict? OfLoop(CallRecord record) => LoopOf(record) is not { } loop ? null
        : SilenceVerdicts.Said(record, VerdictCode.MediaLoop).With("target", loop.Told.Source).With("port", loop.Told.Port.ToString(CultureInfo.InvariantCulture)).With("realm", loop.Realm)
            .Of($"Media of this call would have gone round without end: what leaves from port {loop.Told.Port} of realm '{loop.Realm}' was to go to {loop.Told.Source}, a media port of this gateway from which it comes back. Nothing was sent there.");

    private static Verdict? OfRewriting(CallRecord record)
    {
        var (signs, isCaller) = IsRewritten(record.CallerSigns) ? (record.CallerSigns, true) : (record.CalleeSigns, false);
        return !IsRewritten(signs) ? null : new VerdictText(VerdictCode.RouterAlg)
            .With("side", Parties.Side(isCaller)).With("signs", Words(signs)).With("address", isCaller ? record.CallerAt : record.TargetAt).With("sdp", isCaller ? record.CallerMedia : record.CalleeMedia)
            .Of($"Somebody before the {Parties.Side(isCaller)} changes SIP messages in part, most likely a router with \"SIP ALG\": Via, Contact and SDP of one message name the private and the public address side by side; switch that off.");
    }

    /// <summary>The o= line of a session gateway often has an inner address too: that alone shows nothing.</summary>
    private static bool IsRewritten(RewritingSigns signs) => (signs & ~RewritingSigns.OriginAndConnectionDisagree) != RewritingSigns.None;

    private static string Words(RewritingSigns signs) => string.Join(", ", Enum.GetValues<RewritingSigns>()
        .Where(sign => sign != RewritingSigns.None && signs.HasFlag(sign)).Select(sign => JsonNamingPolicy.SnakeCaseLower.ConvertName(sign.ToString())));

    /// <summary>What is wrong with the packets themselves first: it makes them sound bad as well.</summary>
    private static Verdict? OfAudio(CallRecord record)
    {
        foreach (var stream in record.Streams.Where(stream => stream.Kind == StreamKind.Audio))
        {
            if ((FormatVerdicts.Of(stream.FromCaller, stream.SeriesFromCaller, isCaller: true) ?? FormatVerdicts.Of(stream.FromCallee, stream.SeriesFromCallee, isCaller: false)) is { } format)
            {
                return format;
            }

            if ((OfScore(stream.FromCaller, isCaller: true) ?? OfScore(stream.FromCallee, isCaller: false)) is { } poor)
            {
                return poor;
            }
        }

        return null;
    }

    private static Verdict? OfScore(in StreamStatistics figures, bool isCaller) => PoorMosOf(figures) is { } mos
        ? new VerdictText(VerdictCode.PoorAudio).With("side", Parties.Side(isCaller)).With("mos", mos.ToString("0.00", CultureInfo.InvariantCulture))
            .With("loss", figures.LossRatio.ToString("0.0%", CultureInfo.InvariantCulture)).With("mean_jitter_seconds", figures.HasJitter ? figures.MeanJitterSeconds.ToString("0.0000", CultureInfo.InvariantCulture) : null)
            .Of($"What came from the {Parties.Side(isCaller)} sounds bad (MOS {mos.ToString("0.0", CultureInfo.InvariantCulture)}): {figures.LossRatio.ToString("0.0%", CultureInfo.InvariantCulture)} of its packets were lost{(figures.HasJitter ? $", and the jitter of the others was {figures.MeanJitterSeconds.ToString("0.000", CultureInfo.InvariantCulture)} s in the mean and {figures.MostJitterSeconds.ToString("0.000", CultureInfo.InvariantCulture)} s at most" : "")}.")
        : null;

    private static double? PoorMosOf(in StreamStatistics figures) => figures.Expected >= ManyPackets && EModel.Mos(figures) is { } mos && mos < PoorMos ? mos : null;
}
