using SipAlg.Calls.Calls;
using SipAlg.Media.Statistics;
using SipAlg.Protocol.Rtp;

namespace SipAlg.Calls.Verdicts;

/// <summary>Who was to be heard in a call and was not, without a word of it: a lane asks, too.</summary>
/// <param name="Code">One way, neither, or stopped.</param>
/// <param name="Stream">The first one that it is true of.</param>
/// <param name="IsCaller">The caller is silent.</param>
/// <param name="IsCallee">The callee is.</param>
internal readonly record struct Silence(VerdictCode Code, CallStream Stream, bool IsCaller, bool IsCallee)
{
    /// <summary>Shorter calls are often hung up before both sides speak.</summary>
    private static readonly TimeSpan LongEnough = TimeSpan.FromSeconds(3);

    /// <summary>
    /// Speech sends packets all the time, RTCP comes every 5 s or so (RFC 3550 §6.2), and the codecs that stop while nobody speaks send
    /// something twice a second; but a phone that has hung up may take seconds to say so.
    /// </summary>
    private static readonly TimeSpan Gone = TimeSpan.FromSeconds(10);

    /// <summary>Of audio each stream for itself, so that video beside it hides nothing; of other media only in calls without audio.</summary>
    /// <returns>Null where all was heard.</returns>
    public static Silence? Of(IReadOnlyList<CallStream> streams)
    {
        Silence? unheard = null, stopped = null;
        var (hasAudio, isHeard) = (HasAudio(streams), false);
        foreach (var stream in streams)
        {
            if (hasAudio && stream.Kind != StreamKind.Audio)
            {
                continue;
            }

            var (caller, callee) = (IsMissing(stream.Caller), IsMissing(stream.Callee));
            if ((caller && stream.Callee.IsHeard) || (callee && stream.Caller.IsHeard))
            {
                return new Silence(VerdictCode.OneWayMedia, stream, caller, callee);
            }

            isHeard |= stream.Caller.IsHeard || stream.Callee.IsHeard;
            unheard ??= caller || callee ? new Silence(VerdictCode.NoMedia, stream, caller, callee) : null;
            stopped ??= OfStopped(stream);
        }

        return isHeard ? stopped : unheard;
    }

    private static bool HasAudio(IReadOnlyList<CallStream> streams)
    {
        foreach (var stream in streams)
        {
            if (stream.Kind == StreamKind.Audio)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Nothing of it has come since the answer, though it was to send.</summary>
    private static bool IsMissing(in StreamSide side) => !side.IsHeard && side.Due >= LongEnough;

    /// <summary>Only of speech both ways: a fax ends quietly, and who is sent something one way may pause.</summary>
    private static Silence? OfStopped(CallStream stream)
    {
        if (stream.Kind != StreamKind.Audio || stream.Caller.Due is null || stream.Callee.Due is null)
        {
            return null;
        }

        var (caller, callee) = (HasStopped(stream.Caller, stream.FromCaller), HasStopped(stream.Callee, stream.FromCallee));
        return caller || callee ? new Silence(VerdictCode.MediaStopped, stream, caller, callee) : null;
    }

    private static bool HasStopped(in StreamSide side, in StreamStatistics figures) => side.IsHeard && side.Silent >= Gone && !MayBeQuiet(figures);

    /// <summary>Comfort noise was the last that came (RFC 3389), or the codec sends nothing as long as the noise stays the same (G.729 Annex B, G.723.1 Annex A).</summary>
    private static bool MayBeQuiet(in StreamStatistics figures) => figures.IsComfort || figures.Codec is AudioCodec.G729 or AudioCodec.G723;
}
