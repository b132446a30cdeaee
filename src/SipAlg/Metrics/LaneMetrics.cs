using System.Globalization;
using SipAlg.Hosting;
using SipAlg.Signaling.Lanes;

namespace SipAlg.Metrics;

/// <summary>The lanes themselves.</summary>
internal sealed class LaneMetrics(Gateway gateway)
{
    private static readonly double[] Bounds = [.. DelayHistogram.BoundsMicroseconds.Select(bound => bound / 1e6)];
    private readonly string[] _names = [.. Enumerable.Range(0, gateway.LaneCount).Select(lane => lane.ToString(CultureInfo.InvariantCulture))];

    public void Write(PrometheusWriter writer)
    {
        writer.Begin("sipalg_lane_delay_seconds", MetricKind.Histogram, "From the wake-up of a lane to the beginning of an input's turn.");
        WriteDelay(writer);
        WriteEach(writer, "sipalg_lane_turns_total", "Inputs served.", lane => lane.Turns);
        WriteEach(writer, "sipalg_lane_faults_total", "Turns that failed; each is logged.", lane => lane.Faults);
        writer.Begin("sipalg_lane_age_seconds", MetricKind.Gauge, "Since the lane's loop last came round; an idle lane does once a second.");
        for (var lane = 0; lane < _names.Length; lane++)
        {
            writer.Sample(gateway.Network.Lanes[lane].Age.TotalSeconds, ("lane", _names[lane]));
        }

        writer.Begin("sipalg_timers_active", MetricKind.Gauge, "Timers of calls and transactions that wait.");
        writer.Sample(gateway.Contexts.Sum(context => context.Timers.Count));
    }

    private void WriteEach(PrometheusWriter writer, string name, string help, Func<Lane, long> cell)
    {
        writer.Begin(name, MetricKind.Counter, help);
        for (var lane = 0; lane < _names.Length; lane++)
        {
            writer.Sample(cell(gateway.Network.Lanes[lane]), ("lane", _names[lane]));
        }
    }

    private void WriteDelay(PrometheusWriter writer)
    {
        Span<long> buckets = stackalloc long[Bounds.Length + 1];
        buckets.Clear();
        double sum = 0;
        for (var lane = 0; lane < _names.Length; lane++)
        {
            var delays = gateway.Network.Lanes[lane].Delays;
            sum += delays.Seconds;
            for (var index = 0; index < buckets.Length; index++)
            {
                buckets[index] += delays.Bucket(index);
            }
        }

        writer.Histogram(Bounds, buckets, sum);
    }
}
