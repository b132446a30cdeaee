using SipAlg.Journal;
using SipAlg.Journal.Targets;

namespace SipAlg.Metrics;

/// <summary>What becomes of call records, by target: file, csv or webhook.</summary>
internal static class CdrMetrics
{
    public static void Write(PrometheusWriter writer, CallJournal journal)
    {
        CdrCounts[] counts = [.. journal.Counts];
        Family(writer, "sipalg_cdr_written_total", MetricKind.Counter, "Call records that the target has.", counts, count => count.Written);
        Family(writer, "sipalg_cdr_queued", MetricKind.Gauge, "Call records that wait for the target, in memory or in its spool.", counts, count => count.Queued);
        Family(writer, "sipalg_cdr_failures_total", MetricKind.Counter, "Attempts to write or to post call records that failed; they are repeated.", counts, count => count.Failures);
        writer.Begin("sipalg_cdr_lost_total", MetricKind.Counter, "Call records that the target will never have.");
        foreach (var count in counts)
        {
            writer.Sample(count.QueueFull + journal.Dropped, ("target", count.Target), ("reason", "queue_full"));
            writer.Sample(count.NotWritten, ("target", count.Target), ("reason", "not_written"));
            writer.Sample(count.SpoolFull, ("target", count.Target), ("reason", "spool_full"));
        }
    }

    private static void Family(PrometheusWriter writer, string name, MetricKind kind, string help, CdrCounts[] counts, Func<CdrCounts, long> value)
    {
        writer.Begin(name, kind, help);
        foreach (var count in counts)
        {
            writer.Sample(value(count), ("target", count.Target));
        }
    }
}
