using SipAlg.Hep;

namespace SipAlg.Metrics;

/// <summary>Messages of calls that are sent to a collector.</summary>
internal sealed class HepMetrics(HepCounters counters)
{
    public void Write(PrometheusWriter writer)
    {
        writer.Begin("sipalg_hep_up", MetricKind.Gauge, "1 if messages of calls reach the HEP collector, as far as can be told; if there is one.");
        if (counters.State != HepState.Off)
        {
            writer.Sample(counters.State == HepState.Up ? 1 : 0);
        }

        writer.Begin("sipalg_hep_sent_total", MetricKind.Counter, "Messages of calls sent to the HEP collector.");
        writer.Sample(counters.Sent);
        writer.Begin("sipalg_hep_lost_total", MetricKind.Counter, "Messages of calls that the HEP collector did not get.");
        writer.Sample(counters.Overrun, ("reason", "overrun"));
        writer.Sample(counters.TooLong, ("reason", "too_long"));
        writer.Sample(counters.Unsent, ("reason", "unsent"));
    }
}
