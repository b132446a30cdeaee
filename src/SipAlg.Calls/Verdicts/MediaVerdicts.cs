using System.Globalization;
using System.Text.Json;
using SipAlg.Calls.Calls;
using SipAlg.Media;
using SipAlg.Media.Statistics;
using SipAlg.Protocol.Sdp;

namespace SipAlg.Calls.Verdicts;

/// <summary>Calls whose media, or whose messages on the way, were not right, however they ended.</summary>
internal static class MediaVerdicts
{
    /// <summary>Fewer tell nothing of how it sounded.</summary>
    private const long ManyPackets = 50;

    /// <summary>Nearly all are dissatisfied (G.107 Annex B).</summary>
    private const double PoorMos = 3.1;

    /// <summary>Shorter calls are often hung up before both sides speak.</summary>
    private static readonly TimeSpan LongEnough = TimeSpan.FromSeconds(3);

    /// <returns>Null where nothing was wrong with it.</returns>
    public static Verdict? Of(CallRecord record)
    {
        if (record.Answered is not { } answered)
        {
            return null;
        }

        var isSilent = record.Cause == CallCause.MediaTimeout;
        var isOneWay = (record.Ended - answered) >= LongEnough && (IsMissing(record, isCaller: true) || IsMissing(record, isCaller: false));
        var isUnheard = record.Cause is CallCause.AckMissing or CallCause.DialogLost or CallCause.SessionExpired;
        return isSilent || isOneWay ? OfMissing(record, isSilent)
            : isUnheard && OfRewriting(record) is { } rewriting ? rewriting
            : CallCauses.IsUsual(record.Cause) ? OfAudio(record) : null;
    }

    /// <summary>Nothing came of a side that was to send, though it was sent something.</summary>
    private static bool IsMissing(CallRecord record, bool isCaller) =>
        record.AcceptedFrom(isCaller) == 0 && record.AcceptedFrom(!isCaller) > 0 &&
        ((isCaller ? record.CallerDirection : record.CalleeDirection) & SdpDirection.SendOnly) != 0 &&
        ((isCaller ? record.CalleeDirection : record.CallerDirection) & SdpDirection.RecvOnly) != 0;

    private static Verdict OfMissing(CallRecord record, bool isSilent)
    {
        if (KeyVerdicts.OfMissing(record) is { } keys)
        {
            return keys;
        }

        if (OfRefusedSource(record) is { } refused)
        {
            return refused;
        }

        if (OfRewriting(record) is { } rewriting)
        {
            return rewriting;
        }

        if (!isSilent)
        {
            return OfOneWay(record, IsMissing(record, isCaller: true));
        }

        return record.AcceptedFrom(isCaller: true) + record.AcceptedFrom(isCaller: false) == 0 ? Said(record, VerdictCode.NoMedia)
            .Of("Neither side sent any media to the gateway: the media ports are not reachable (a firewall, ports that a container does not publish, a wrong media.advertise), or both sides are silent.")
            : Stopped(record);
    }

    private static VerdictText Said(CallRecord record, VerdictCode code) => new VerdictText(code)
        .With("caller_sdp", record.CallerMedia).With("callee_sdp", record.CalleeMedia)
        .With("packets_from_caller", record.AcceptedFrom(isCaller: true).ToString(CultureInfo.InvariantCulture))
        .With("packets_from_callee", record.AcceptedFrom(isCaller: false).ToString(CultureInfo.InvariantCulture));

    private static Verdict OfOneWay(CallRecord record, bool isCaller)
    {
        var (said, from) = isCaller ? (record.CallerMedia, record.CallerAt) : (record.CalleeMedia, record.TargetAt);
        var nat = said.Address.IsPrivate && !from.Address.IsPrivate ? $"; its SDP says {said}, a private address behind NAT" : said.IsNone ? "" : $"; its SDP says {said}";
        return Said(record, VerdictCode.OneWayMedia).With("silent_side", Parties.Side(isCaller))
            .Of($"No media came from the {Parties.Side(isCaller)}{nat}: the other side did send, so a firewall or NAT at the {Parties.Side(isCaller)} drops what it sends, or it is sent where the gateway is not.");
    }

    private static Verdict Stopped(CallRecord record)
    {
        var (caller, callee) = (LastOf(record, isCaller: true), LastOf(record, isCaller: false));
        return Said(record, VerdictCode.MediaStopped).With("last_from_caller", Time(caller)).With("last_from_callee", Time(callee))
            .Of($"Media stopped in the middle of the call, last from the {Parties.Side(caller >= callee)}: a side has gone without a BYE (power, network, a NAT that forgot), or sends nothing while nobody speaks.");
    }

    private static DateTimeOffset LastOf(CallRecord record, bool isCaller) =>
        record.Streams.Select(stream => (isCaller ? stream.FromCaller : stream.FromCallee).Last).DefaultIfEmpty().Max();

    private static string? Time(DateTimeOffset time) => time == default ? null : time.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);

    private static Verdict? OfRefusedSource(CallRecord record)
    {
        var settled = new HashSet<int>();
        foreach (ref readonly var source in record.Sources.Span)
        {
            if (source.Told.Change != SourceChange.Refused)
            {
                settled.Add(source.Told.Port);
            }
        }

        foreach (ref readonly var source in record.Sources.Span)
        {
            if (source.Told.Change == SourceChange.Refused && !settled.Contains(source.Told.Port))
            {
                return Said(record, VerdictCode.MediaRefused).With("refused_source", source.Told.Source).With("expected_source", source.Told.Other).With("realm", source.Realm)
                    .Of($"Media came from {source.Told.Source}, which may not send it: {(source.Told.Other.IsNone ? "" : $"SDP says {source.Told.Other}, and ")}latching in realm '{source.Realm}', or media_from of the peer, does not allow that source.");
            }
        }

        return null;
    }

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

    private static Verdict? OfScore(in StreamStatistics figures, bool isCaller) => EModel.Mos(figures) is { } mos && mos < PoorMos && figures.Expected >= ManyPackets
        ? new VerdictText(VerdictCode.PoorAudio).With("side", Parties.Side(isCaller)).With("mos", mos.ToString("0.00", CultureInfo.InvariantCulture))
            .With("loss", figures.LossRatio.ToString("0.0%", CultureInfo.InvariantCulture)).With("mean_jitter_seconds", figures.HasJitter ? figures.MeanJitterSeconds.ToString("0.0000", CultureInfo.InvariantCulture) : null)
            .Of($"What came from the {Parties.Side(isCaller)} sounds bad (MOS {mos.ToString("0.0", CultureInfo.InvariantCulture)}): {figures.LossRatio.ToString("0.0%", CultureInfo.InvariantCulture)} of its packets were lost{(figures.HasJitter ? $", and they came up to {figures.MostJitterSeconds.ToString("0.000", CultureInfo.InvariantCulture)} s apart from their time" : "")}.")
        : null;
}
