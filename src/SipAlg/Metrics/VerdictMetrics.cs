using SipAlg.Calls.Verdicts;
using SipAlg.Hosting;
using SipAlg.Journal;

namespace SipAlg.Metrics;

/// <summary>Why calls went as they did. Every series is there from the start: a rate sees the first call of a kind too.</summary>
internal sealed class VerdictMetrics(Gateway gateway, VerdictCounts counts)
{
    private static readonly VerdictCode[] Codes = [.. Enum.GetValues<VerdictCode>().Where(code => code != VerdictCode.InProgress)];

    public void Write(PrometheusWriter writer)
    {
        writer.Begin("sipalg_call_verdicts_total", MetricKind.Counter, "Calls that ended, and INVITEs that became none, by the caller's realm and their verdict.");
        foreach (var realm in gateway.Realms)
        {
            foreach (var code in Codes)
            {
                writer.Sample(counts[realm.Name, code], ("realm", realm.Name), ("verdict", VerdictCodes.Text(code)));
            }
        }
    }
}
