using System.Globalization;
using SipAlg.Calls.Overload;
using SipAlg.Hosting;
using SipAlg.Signaling.Lanes;

namespace SipAlg.Metrics;

/// <summary>The lanes themselves.</summary>
internal sealed class LaneMetrics(Gateway gateway)
{
    private static readonly double[] Bounds = [.. DelayHistogram.BoundsMicroseconds.Select(bound => bound / 1e6)];
    private static readonly string[] Causes = Labels.Of<OverloadCause>();
    private readonly string[] _names = [.. Enumerable.Range(0, gateway.LaneCount).Select(lane => lane.ToString(CultureInfo.InvariantCulture))];

    public void Write(PrometheusWriter writer)
    {
        writer.Begin("sipalg_lane_delay_seconds", MetricKind.Histogram, "What an input waited before its turn: in a socket that had more than one turn takes, in the inbox, or since the lane woke up.");
        WriteDelay(writer);
        WriteEach(writer, "sipalg_lane_turns_total", "Inputs served.", lane => lane.Turns);
        WriteEach(writer, "sipalg_lane_faults_total", "Turns that failed; each is logged.", lane => lane.Faults);
        WriteEach(writer, "sipalg_lane_handovers_dropped_total", "Messages for this lane that another one received and that found no room.", lane => lane.HandOversDropped);
        writer.Begin("sipalg_lane_standing_delay_seconds", MetricKind.Gauge, "What each input of the last tenth of a second waited at the least: a queue that stands.");
        for (var lane = 0; lane < _names.Length; lane++)
        {
            writer.Sample(gateway.Network.Lanes[lane].Standing / 1e6, ("lane", _names[lane]));
        }

        WriteOverload(writer);
        writer.Begin("sipalg_lane_age_seconds", MetricKind.Gauge, "Since the lane's loop last came round; an idle lane does once a second.");
        for (var lane = 0; lane < _names.Length; lane++)
        {
            writer.Sample(gateway.Network.Lanes[lane].Age.TotalSeconds, ("lane", _names[lane]));
        }

        writer.Begin("sipalg_timers_active", MetricKind.Gauge, "Timers of calls and transactions that wait.");
        writer.Sample(gateway.Contexts.Sum(context => context.Timers.Count));
    }

    private void WriteOverload(PrometheusWriter writer)
    {
        writer.Begin("sipalg_overload_refused_share", MetricKind.Gauge, "The share of new requests that is refused just now, by what is short of time.");
        ForEachCause((lane, cause, name) => writer.Sample(Math.Round(gateway.Calls[lane].RefusedFor(cause), 3), ("lane", _names[lane]), ("cause", name)));
        writer.Begin("sipalg_overload_episodes_total", MetricKind.Counter, "Times that requests began to be refused for want of time.");
        ForEachCause((lane, cause, name) => writer.Sample(gateway.Calls[lane].Counters.Overloads(cause), ("lane", _names[lane]), ("cause", name)));
    }

    private void ForEachCause(Action<int, OverloadCause, string> write)
    {
        for (var lane = 0; lane < _names.Length; lane++)
        {
            for (var cause = 0; cause < Causes.Length; cause++)
            {
                write(lane, (OverloadCause)cause, Causes[cause]);
            }
        }
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
