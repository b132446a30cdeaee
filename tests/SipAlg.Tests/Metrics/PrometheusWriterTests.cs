using System.Buffers;
using System.Text;
using SipAlg.Metrics;

namespace SipAlg.Tests.Metrics;

public sealed class PrometheusWriterTests
{
    private readonly ArrayBufferWriter<byte> _output = new();
    private readonly PrometheusWriter _writer;

    public PrometheusWriterTests() => _writer = new PrometheusWriter(_output);

    private string Text => Encoding.UTF8.GetString(_output.WrittenSpan);

    [Fact]
    public void A_family_begins_with_its_help_and_type()
    {
        _writer.Begin("a_total", MetricKind.Counter, "What it is.");
        _writer.Sample(3, ("realm", "phones"), ("reason", "full"));
        _writer.Begin("b", MetricKind.Gauge, "Another.");
        _writer.Sample(0.25);

        Assert.Equal("# HELP a_total What it is.\n# TYPE a_total counter\na_total{realm=\"phones\",reason=\"full\"} 3\n# HELP b Another.\n# TYPE b gauge\nb 0.25\n", Text);
    }

    [Fact]
    public void Values_and_help_are_escaped()
    {
        _writer.Begin("a", MetricKind.Gauge, "one \\ two\nthree \"four\"");
        _writer.Sample(1, ("l", "a\\b\"c\nd"));

        Assert.Equal("# HELP a one \\\\ two\\nthree \"four\"\n# TYPE a gauge\na{l=\"a\\\\b\\\"c\\nd\"} 1\n", Text);
    }

    [Fact]
    public void A_histograms_buckets_are_cumulative_and_end_with_all()
    {
        _writer.Begin("a_seconds", MetricKind.Histogram, "Delay.");
        _writer.Histogram([0.1, 2.5], [3, 0, 4], 11.5, ("peer", "p"));

        Assert.EndsWith(
            "a_seconds_bucket{peer=\"p\",le=\"0.1\"} 3\na_seconds_bucket{peer=\"p\",le=\"2.5\"} 3\na_seconds_bucket{peer=\"p\",le=\"+Inf\"} 7\n" +
            "a_seconds_sum{peer=\"p\"} 11.5\na_seconds_count{peer=\"p\"} 7\n",
            Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(double.NaN, "NaN")]
    [InlineData(double.PositiveInfinity, "+Inf")]
    [InlineData(double.NegativeInfinity, "-Inf")]
    [InlineData(1e300, "1E+300")]
    [InlineData(-0.0000012, "-1.2E-06")]
    public void Numbers_are_written_as_Prometheus_reads_them(double value, string expected)
    {
        _writer.Begin("a", MetricKind.Gauge, "x");
        _writer.Sample(value);

        Assert.EndsWith($"\na {expected}\n", Text, StringComparison.Ordinal);
    }
}
