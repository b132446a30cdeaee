using SipAlg.Calls.Quality;
using SipAlg.Media.Statistics;
using SipAlg.Protocol.Srtp;

namespace SipAlg.Calls.Calls;

/// <summary>What a stream carries: the media of its m= line (RFC 8866 §5.14).</summary>
public enum StreamKind : byte
{
    Other,
    Audio,
    Video,
    Image,
    Text,
    Application,
    Message,
}

/// <summary>What came of one stream of a call, from each side, whoever was there.</summary>
/// <param name="Index">Of its m= line, from 0.</param>
/// <param name="Kind">Of its m= line.</param>
/// <param name="FromCaller">What came from the caller's side.</param>
/// <param name="FromCallee">What came from the callee's side.</param>
public sealed record CallStream(int Index, StreamKind Kind, StreamStatistics FromCaller, StreamStatistics FromCallee)
{
    /// <summary>What each side was to do with it when it was read: at the end of a call that is over.</summary>
    public StreamSide Caller { get; init; }
    public StreamSide Callee { get; init; }

    /// <summary>What the stream was encrypted with towards each side; null where it was not, or not by the gateway.</summary>
    public SrtpSuite? CallerSuite { get; init; }
    public SrtpSuite? CalleeSuite { get; init; }

    /// <summary>The same in the course of time; null where nothing came, in a call too short for it, and where it is switched off.</summary>
    public QualitySeries? SeriesFromCaller { get; init; }
    public QualitySeries? SeriesFromCallee { get; init; }
}
