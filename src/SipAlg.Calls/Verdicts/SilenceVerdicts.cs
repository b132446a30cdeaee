using System.Globalization;
using SipAlg.Calls.Calls;
using SipAlg.Media.Statistics;

namespace SipAlg.Calls.Verdicts;

/// <summary>Calls in which a side was to be heard, and was not.</summary>
internal static class SilenceVerdicts
{
    private const string Unreachable = "the media ports are not reachable (a firewall, ports that a container does not publish, a wrong media.advertise)";

    public static Verdict Of(CallRecord record, in Silence silence) => silence.Code switch
    {
        VerdictCode.OneWayMedia => OfOneWay(record, silence.Stream, silence.IsCaller),
        VerdictCode.NoMedia => OfNone(record, silence),
        _ => OfStopped(record, silence),
    };

    /// <summary>The gateway has hung up, since nothing came of either side for so long (calls.media_timeout).</summary>
    public static Verdict OfTimeout(CallRecord record)
    {
        if (record.AcceptedFrom(isCaller: true) + record.AcceptedFrom(isCaller: false) == 0)
        {
            return Said(record, VerdictCode.NoMedia).Of($"Neither side sent any media to the gateway: {Unreachable}, or both sides are silent.");
        }

        var (caller, callee) = (LastOf(record, isCaller: true), LastOf(record, isCaller: false));
        return Said(record, VerdictCode.MediaStopped).With("last_from_caller", Time(caller)).With("last_from_callee", Time(callee))
            .Of($"Media stopped in the middle of the call, last from the {Parties.Side(caller >= callee)}: a side has gone without a BYE (power, network, a NAT that forgot), or sends nothing while nobody speaks.");
    }

    /// <summary>Of a call that goes on: what is silent in it now.</summary>
    public static Verdict OfLive(in Silence silence)
    {
        var stream = silence.Stream;
        var text = OfStream(stream, VerdictCode.InProgress, Word(silence)).With("silent_seconds", Seconds(SilentFor(silence)));
        return text.Of(silence.Code == VerdictCode.MediaStopped
            ? $"The call goes on, but nothing has come from {Sides(silence)} for {Seconds(SilentFor(silence))} s{Where(stream, silence)}."
            : $"The call goes on, but no {Media(stream)} has come from {Sides(silence)} in the {Seconds(SilentFor(silence))} s in which it was to{Where(stream, silence)}.");
    }

    public static VerdictText Said(CallRecord record, VerdictCode code) => new VerdictText(code)
        .With("caller_sdp", record.CallerMedia).With("callee_sdp", record.CalleeMedia)
        .With("packets_from_caller", Text(record.AcceptedFrom(isCaller: true)))
        .With("packets_from_callee", Text(record.AcceptedFrom(isCaller: false)));

    private static VerdictText OfStream(CallStream stream, VerdictCode code, string silent) => new VerdictText(code).With("silent_side", silent)
        .With("caller_sdp", stream.Caller.Said).With("callee_sdp", stream.Callee.Said)
        .With("caller_sends_from", stream.Caller.Source).With("callee_sends_from", stream.Callee.Source)
        .With("packets_from_caller", Text(stream.FromCaller.Packets)).With("packets_from_callee", Text(stream.FromCallee.Packets))
        .With("last_from_caller", Time(stream.FromCaller.Last)).With("last_from_callee", Time(stream.FromCallee.Last));

    private static Verdict OfOneWay(CallRecord record, CallStream stream, bool isCaller)
    {
        var (side, said) = (Parties.Side(isCaller), (isCaller ? stream.Caller : stream.Callee).Said);
        var from = isCaller ? record.CallerAt : record.TargetAt;
        var nat = said.Address.IsPrivate && !from.Address.IsPrivate ? $"; its SDP says {said}, a private address behind NAT" : said.IsNone ? "" : $"; its SDP says {said}";
        var text = OfStream(stream, VerdictCode.OneWayMedia, side);
        return (isCaller ? stream.FromCaller : stream.FromCallee) is { Packets: > 0 } before
            ? text.Of($"No {Media(stream)} came from the {side} since the answer, though {Text(before.Packets)} packets did before it{nat}: another device may have answered than the one that was heard, and a firewall or NAT drops what it sends, or it sends to where the gateway is not.")
            : text.Of($"No {Media(stream)} came from the {side}{nat}: the other side did send, so a firewall or NAT at the {side} drops what it sends, or it is sent where the gateway is not.");
    }

    private static Verdict OfNone(CallRecord record, in Silence silence) => Said(record, VerdictCode.NoMedia).With("silent_side", Word(silence))
        .Of(record.AcceptedFrom(isCaller: true) + record.AcceptedFrom(isCaller: false) == 0
            ? $"No media reached the gateway, though by SDP {Sides(silence)} had to send{Where(silence.Stream, silence)}: {Unreachable}, or nothing was sent."
            : $"No {Media(silence.Stream)} reached the gateway since the answer, though by SDP {Sides(silence)} had to send{Where(silence.Stream, silence)}; some had come before it, or on another stream.");

    private static Verdict OfStopped(CallRecord record, in Silence silence)
    {
        var (stream, seconds) = (silence.Stream, Seconds(SilentFor(silence)));
        var isBoth = silence.IsCaller && silence.IsCallee;
        return OfStream(stream, VerdictCode.MediaStopped, Word(silence)).With("silent_seconds", seconds).With("ended_by", CallCauses.Text(record.EndedBy))
            .Of($"Nothing came from {Sides(silence)} in the last {seconds} s of the call{(isBoth ? $", last from the {Parties.Side(stream.FromCaller.Last >= stream.FromCallee.Last)}" : "")}{Where(stream, silence)}: a side lost power or network, a NAT or firewall forgot the way, or it sends nothing while it is muted or nobody speaks.");
    }

    /// <summary>Of both the shorter.</summary>
    private static TimeSpan SilentFor(in Silence silence)
    {
        var (caller, callee) = (silence.Stream.Caller.Silent, silence.Stream.Callee.Silent);
        return silence switch { { IsCaller: true, IsCallee: true } => caller < callee ? caller : callee, { IsCaller: true } => caller, _ => callee };
    }

    private static string Word(in Silence silence) => silence is { IsCaller: true, IsCallee: true } ? "both" : Parties.Side(silence.IsCaller);

    private static string Sides(in Silence silence) => silence switch
    {
        { IsCaller: true, IsCallee: true } => "both sides",
        { IsCaller: true } => "the caller",
        _ => "the callee",
    };

    /// <summary>What SDP says of who is silent, and where packets came from.</summary>
    private static string Where(CallStream stream, in Silence silence) =>
        $"{(silence.IsCaller ? Where(stream.Caller, stream.FromCaller, "caller") : "")}{(silence.IsCallee ? Where(stream.Callee, stream.FromCallee, "callee") : "")}";

    private static string Where(in StreamSide side, in StreamStatistics figures, string name) => side.Said.IsNone ? ""
        : $" ({name}: SDP says {side.Said}, {(figures.Packets == 0 ? "no packet came" : side.Source.IsNone ? "packets came" : $"packets came from {side.Source}")})";

    private static string Media(CallStream stream) => stream.Kind == StreamKind.Audio ? "audio" : "media";

    private static DateTimeOffset LastOf(CallRecord record, bool isCaller) =>
        record.Streams.Select(stream => (isCaller ? stream.FromCaller : stream.FromCallee).Last).DefaultIfEmpty().Max();

    private static string? Time(DateTimeOffset time) => time == default ? null : time.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);

    private static string Seconds(TimeSpan time) => Math.Floor(time.TotalSeconds).ToString("0", CultureInfo.InvariantCulture);

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);
}
