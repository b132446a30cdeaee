using System.Buffers;
using System.Buffers.Text;
using System.Globalization;
using System.Text;

namespace SipAlg.Metrics;

internal enum MetricKind : byte
{
    Counter,
    Gauge,
    Histogram,
}

/// <summary>Writes the Prometheus text format, version 0.0.4. A family's samples follow its beginning, before the next one's.</summary>
internal sealed class PrometheusWriter(IBufferWriter<byte> output)
{
    public const string ContentType = "text/plain; version=0.0.4; charset=utf-8";

    private const int NumberLength = 32;
    private string _family = "";

    /// <param name="name">With its prefix; a counter's ends in <c>_total</c>.</param>
    /// <param name="help">One line.</param>
    public void Begin(string name, MetricKind kind, string help)
    {
        _family = name;
        Write("# HELP ");
        Write(name);
        Write(" ");
        WriteEscaped(help, isLabel: false);
        Write("\n# TYPE ");
        Write(name);
        Write(kind switch { MetricKind.Counter => " counter\n", MetricKind.Gauge => " gauge\n", _ => " histogram\n" });
    }

    public void Sample(long value, params ReadOnlySpan<(string Name, string Value)> labels)
    {
        WriteSeries("", labels, null);
        Write(value);
        Write("\n");
    }

    public void Sample(double value, params ReadOnlySpan<(string Name, string Value)> labels)
    {
        WriteSeries("", labels, null);
        Write(value);
        Write("\n");
    }

    /// <param name="bounds">Upper bounds, inclusive, rising.</param>
    /// <param name="buckets">Observations of each bucket alone, one more than bounds.</param>
    /// <param name="sum">Of all observations.</param>
    public void Histogram(ReadOnlySpan<double> bounds, ReadOnlySpan<long> buckets, double sum, params ReadOnlySpan<(string Name, string Value)> labels)
    {
        long count = 0;
        for (var index = 0; index < buckets.Length; index++)
        {
            count += buckets[index];
            WriteSeries("_bucket", labels, index < bounds.Length ? bounds[index] : double.PositiveInfinity);
            Write(count);
            Write("\n");
        }

        WriteSeries("_sum", labels, null);
        Write(sum);
        Write("\n");
        WriteSeries("_count", labels, null);
        Write(count);
        Write("\n");
    }

    private void WriteSeries(string suffix, ReadOnlySpan<(string Name, string Value)> labels, double? bound)
    {
        Write(_family);
        Write(suffix);
        var separator = "{";
        foreach (var (name, value) in labels)
        {
            WriteLabel(separator, name);
            WriteEscaped(value, isLabel: true);
            Write("\"");
            separator = ",";
        }

        if (bound is { } le)
        {
            WriteLabel(separator, "le");
            Write(le);
            Write("\"");
            separator = ",";
        }

        Write(separator == "{" ? " " : "} ");
    }

    private void WriteLabel(string separator, string name)
    {
        Write(separator);
        Write(name);
        Write("=\"");
    }

    private void WriteEscaped(string text, bool isLabel)
    {
        var escaped = text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\n", "\\n", StringComparison.Ordinal);
        Write(isLabel ? escaped.Replace("\"", "\\\"", StringComparison.Ordinal) : escaped);
    }

    private void Write(string text) => Encoding.UTF8.GetBytes(text, output);

    private void Write(long value)
    {
        Utf8Formatter.TryFormat(value, output.GetSpan(NumberLength), out var length);
        output.Advance(length);
    }

    private void Write(double value)
    {
        if (!double.IsFinite(value))
        {
            Write(double.IsNaN(value) ? "NaN" : value > 0 ? "+Inf" : "-Inf");
            return;
        }

        value.TryFormat(output.GetSpan(NumberLength), out var length, default, CultureInfo.InvariantCulture);
        output.Advance(length);
    }
}
