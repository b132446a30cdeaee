using System.Globalization;
using System.Text;
using System.Text.Json.Serialization;
using SipAlg.Calls.Calls;
using SipAlg.Calls.Quality;
using SipAlg.Media.Statistics;
using SipAlg.Protocol.Srtp;

namespace SipAlg.Journal;

/// <summary>A stream of a call in the words of call records and of the API; docs/cdr.md is its description.</summary>
internal sealed record StreamDetails
{
    private static readonly string[] Types = [.. Enum.GetNames<StreamKind>().Select(name => name.ToLowerInvariant())];

    /// <summary>Of its m= line, from 0.</summary>
    public int Stream { get; init; }

    /// <summary>audio, video, image, text, application, message or other.</summary>
    public required string Type { get; init; }

    /// <summary>What it was encrypted with towards each side (RFC 4568 §6.2), never by what key; null where SRTP did not end at the gateway.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? CallerSrtp { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? CalleeSrtp { get; init; }

    /// <summary>Null if nothing came.</summary>
    public DirectionDetails? FromCaller { get; init; }
    public DirectionDetails? FromCallee { get; init; }

    /// <param name="stream">What came.</param>
    /// <param name="isWhole">With its series.</param>
    public static StreamDetails Of(CallStream stream, bool isWhole) => new()
    {
        Stream = stream.Index,
        Type = Types[(int)stream.Kind],
        CallerSrtp = NameOf(stream.CallerSuite),
        CalleeSrtp = NameOf(stream.CalleeSuite),
        FromCaller = DirectionDetails.Of(stream.FromCaller, stream.Kind == StreamKind.Audio, isWhole ? stream.SeriesFromCaller : null),
        FromCallee = DirectionDetails.Of(stream.FromCallee, stream.Kind == StreamKind.Audio, isWhole ? stream.SeriesFromCallee : null),
    };

    private static string? NameOf(SrtpSuite? suite) => suite is { } known ? Encoding.ASCII.GetString(known.Name()) : null;
}

/// <summary>What came of a stream in one direction.</summary>
internal sealed record DirectionDetails
{
    public long Packets { get; init; }
    public long Octets { get; init; }

    /// <summary>Null if RTCP alone came.</summary>
    public DateTimeOffset? First { get; init; }
    public DateTimeOffset? Last { get; init; }
    public double LongestGapSeconds { get; init; }

    /// <summary>Packets that were refused since they were of other keys than those that were agreed on; null for none.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public long? Unauthentic { get; init; }

    /// <summary>Null for what is no RTP.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public RtpDetails? Rtp { get; init; }

    /// <summary>By RTCP of that side: the way to it and back, and the loss of what it is sent; null where it has not said.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public double? RoundTripSeconds { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public double? ReportedLoss { get; init; }

    /// <summary>How it would sound, 1 to 4.5; null for what is no audio of a known codec.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public double? Mos { get; init; }

    /// <summary>Only in the API, of one call: the same in the course of time.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public SeriesDetails? Series { get; init; }

    /// <param name="figures">What came.</param>
    /// <param name="isAudio">Else there is no score.</param>
    /// <param name="series">Null: without.</param>
    public static DirectionDetails? Of(in StreamStatistics figures, bool isAudio, QualitySeries? series) => figures is { Packets: 0, Reports: 0, Unauthentic: 0 } ? null : new()
    {
        Packets = figures.Packets,
        Octets = figures.Octets,
        First = figures.Packets == 0 ? null : figures.First,
        Last = figures.Packets == 0 ? null : figures.Last,
        LongestGapSeconds = Math.Round(figures.LongestGap.TotalSeconds, 3),
        Unauthentic = figures.Unauthentic == 0 ? null : figures.Unauthentic,
        Rtp = figures.IsRtp ? RtpDetails.Of(figures) : null,
        RoundTripSeconds = figures.RoundTrips == 0 ? null : Math.Round(figures.RoundTripSeconds, 6),
        ReportedLoss = figures.Reports == 0 ? null : Math.Round(figures.ReportedLoss, 6),
        Mos = isAudio && EModel.Mos(figures) is { } mos ? Math.Round(mos, 2) : null,
        Series = series is null ? null : SeriesDetails.Of(series),
    };
}

/// <summary>What RTP tells besides.</summary>
internal sealed record RtpDetails
{
    /// <summary>Eight hexadecimal digits.</summary>
    public required string Ssrc { get; init; }
    public int PayloadType { get; init; }
    public long Expected { get; init; }
    public long Lost { get; init; }
    public double LossRatio { get; init; }
    public long Duplicates { get; init; }
    public long Reordered { get; init; }
    public long SourceChanges { get; init; }
    public long Restarts { get; init; }

    /// <summary>Null where the clock rate of the payload type is not known.</summary>
    public double? JitterSeconds { get; init; }
    public double? MeanJitterSeconds { get; init; }
    public double? MaxJitterSeconds { get; init; }

    /// <summary>By its name in SDP; null where that is not known.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Codec { get; init; }

    public static RtpDetails Of(in StreamStatistics figures) => new()
    {
        Ssrc = figures.Ssrc.ToString("x8", CultureInfo.InvariantCulture),
        PayloadType = figures.PayloadType,
        Expected = figures.Expected,
        Lost = figures.Lost,
        LossRatio = Math.Round(figures.LossRatio, 6),
        Duplicates = figures.Duplicates,
        Reordered = figures.Reordered,
        SourceChanges = figures.SourceChanges,
        Restarts = figures.Restarts,
        JitterSeconds = figures.HasJitter ? Math.Round(figures.JitterSeconds, 6) : null,
        MeanJitterSeconds = figures.HasJitter ? Math.Round(figures.MeanJitterSeconds, 6) : null,
        MaxJitterSeconds = figures.HasJitter ? Math.Round(figures.MostJitterSeconds, 6) : null,
        Codec = CodecNames.Of(figures),
    };
}
