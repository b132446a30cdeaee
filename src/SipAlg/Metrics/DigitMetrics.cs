using SipAlg.Calls.Lanes;
using SipAlg.Hosting;

namespace SipAlg.Metrics;

/// <summary>Digits that were converted between INFO and RFC 4733, by the realm that they go to.</summary>
internal sealed class DigitMetrics(Gateway gateway)
{
    private static readonly string[] Directions = Labels.Of<DigitDirection>();

    public void Write(PrometheusWriter writer)
    {
        Write(writer, "sipalg_dtmf_converted_total", "Digits converted, by the realm that they went to.", isLost: false);
        Write(writer, "sipalg_dtmf_lost_total", "Digits that should have been converted and did not arrive.", isLost: true);
    }

    private void Write(PrometheusWriter writer, string name, string help, bool isLost)
    {
        writer.Begin(name, MetricKind.Counter, help);
        foreach (var realm in gateway.Realms)
        {
            for (var direction = 0; direction < Directions.Length; direction++)
            {
                writer.Sample(
                    gateway.Calls.Sum(lane => lane.Counters.DigitTotal(realm.Index, (DigitDirection)direction, isLost)),
                    ("realm", realm.Name), ("direction", Directions[direction]));
            }
        }
    }
}
