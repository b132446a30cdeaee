using SipAlg.Calls.Quality;

namespace SipAlg.Journal;

/// <summary>How a stream came in the course of time, a number a step; docs/cdr.md is its description.</summary>
internal sealed record SeriesDetails
{
    /// <summary>Seconds of each step.</summary>
    public double StepS { get; init; }

    /// <summary>The beginning of the first, and the end of the last, which may be a short one.</summary>
    public DateTimeOffset From { get; init; }
    public DateTimeOffset To { get; init; }

    /// <summary>That came, each once.</summary>
    public required long[] Packets { get; init; }

    /// <summary>0 to 1; null where none was expected.</summary>
    public required double?[] LossRatio { get; init; }

    /// <summary>Mean; null where it was not measured.</summary>
    public required double?[] JitterMs { get; init; }

    /// <summary>By RTCP; null where no report told it.</summary>
    public required double?[] RoundTripMs { get; init; }

    /// <summary>Null where there is no score.</summary>
    public required double?[] Mos { get; init; }

    public static SeriesDetails Of(QualitySeries series)
    {
        var points = series.Points.ToArray();
        return new SeriesDetails
        {
            StepS = series.Step.TotalSeconds,
            From = series.From,
            To = series.To,
            Packets = [.. points.Select(point => point.Packets)],
            LossRatio = [.. points.Select(point => Rounded(point.Loss, 1, 4))],
            JitterMs = [.. points.Select(point => Rounded(point.Jitter, 1000, 1))],
            RoundTripMs = [.. points.Select(point => Rounded(point.RoundTrip, 1000, 1))],
            Mos = [.. points.Select(point => Rounded(point.Mos, 1, 2))],
        };
    }

    private static double? Rounded(double? value, double factor, int digits) => value is { } known ? Math.Round(known * factor, digits) : null;
}
