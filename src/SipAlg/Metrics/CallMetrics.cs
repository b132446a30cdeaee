using SipAlg.Calls.Authentication;
using SipAlg.Calls.Calls;
using SipAlg.Calls.Lanes;
using SipAlg.Calls.Registrations;
using SipAlg.Hosting;

namespace SipAlg.Metrics;

/// <summary>Calls and registrations.</summary>
internal sealed class CallMetrics(Gateway gateway)
{
    private static readonly CallOutcome[] Outcomes = Enum.GetValues<CallOutcome>();
    private static readonly CallCause[] Causes = Enum.GetValues<CallCause>();
    private static readonly (string Name, int Index)[] Authentications = [.. Labels.Of<AuthenticationOutcome>().Select((name, index) => (name, index))];
    private static readonly string[] KeepAlives = Labels.Of<KeepAliveOutcome>();
    private static readonly string[] Refusals = Labels.Of<RefusalReason>();
    private static readonly double[] SetupBounds = [.. CallCounters.SetupBounds];
    private static readonly double[] DurationBounds = [.. CallCounters.DurationBounds];

    public void Write(PrometheusWriter writer)
    {
        writer.Begin("sipalg_calls_active", MetricKind.Gauge, "Calls from admission until both legs have ended.");
        writer.Sample(gateway.ActiveCalls);
        writer.Begin("sipalg_subscriptions_active", MetricKind.Gauge, "Subscriptions that pass through the gateway, and REFERs outside a call that are reported on.");
        writer.Sample(gateway.Calls.Sum(lane => lane.Counters.Subscriptions));
        WriteRegistrations(writer);
        WriteTotals(writer);
        WriteEnds(writer);
        writer.Begin("sipalg_call_setup_seconds", MetricKind.Histogram, "From the INVITE to its answer, of answered calls.");
        WriteHistogram(writer, SetupBounds, counters => counters.Setup);
        writer.Begin("sipalg_call_duration_seconds", MetricKind.Histogram, "From the answer to the end, of answered calls.");
        WriteHistogram(writer, DurationBounds, counters => counters.Duration);
        WriteRefusals(writer);
    }

    private void WriteRegistrations(PrometheusWriter writer)
    {
        writer.Begin("sipalg_registrations_active", MetricKind.Gauge, "Contacts that are registered, by the realm that they came from.");
        foreach (var realm in gateway.Realms)
        {
            writer.Sample(gateway.Registrar.Active(realm.Index), ("realm", realm.Name));
        }

        writer.Begin("sipalg_registrations_refreshed_total", MetricKind.Counter, "Refreshes of relayed registrations that were answered without their registrar.");
        foreach (var realm in gateway.Realms)
        {
            writer.Sample(gateway.Registrar.Refreshed(realm.Index), ("realm", realm.Name));
        }

        writer.Begin("sipalg_keep_alives_total", MetricKind.Counter, "Pings to phones behind NAT, by what became of them.");
        foreach (var realm in gateway.Realms)
        {
            for (var outcome = 0; outcome < KeepAlives.Length; outcome++)
            {
                writer.Sample(gateway.Registrar.KeepAliveTotal(realm.Index, (KeepAliveOutcome)outcome), ("realm", realm.Name), ("outcome", KeepAlives[outcome]));
            }
        }

        writer.Begin("sipalg_authentications_total", MetricKind.Counter, "Requests whose credentials were looked at, by what became of it.");
        foreach (var realm in gateway.Realms)
        {
            foreach (var outcome in Authentications)
            {
                writer.Sample(gateway.Calls.Sum(lane => lane.Authenticator.Total(realm.Index, (AuthenticationOutcome)outcome.Index)), ("realm", realm.Name), ("outcome", outcome.Name));
            }
        }
    }

    private void WriteTotals(PrometheusWriter writer)
    {
        writer.Begin("sipalg_calls_total", MetricKind.Counter, "Calls that ended, by the caller's realm and how they ended.");
        foreach (var realm in gateway.Realms)
        {
            foreach (var outcome in Outcomes)
            {
                writer.Sample(gateway.Calls.Sum(lane => lane.Counters.Total(realm.Index, outcome)), ("realm", realm.Name), ("outcome", CallCauses.Text(outcome)));
            }
        }
    }

    private void WriteEnds(PrometheusWriter writer)
    {
        writer.Begin("sipalg_call_ends_total", MetricKind.Counter, "Calls that ended, by the caller's realm, why, and who ended them.");
        foreach (var realm in gateway.Realms)
        {
            foreach (var cause in Causes)
            {
                if (gateway.Calls.Sum(lane => lane.Counters.Ends(realm.Index, cause)) is var count and > 0)
                {
                    writer.Sample(count, ("realm", realm.Name), ("cause", CallCauses.Text(cause)), ("ended_by", CallCauses.Text(CallCauses.By(cause))));
                }
            }
        }
    }

    private void WriteHistogram(PrometheusWriter writer, double[] bounds, Func<CallCounters, Histogram> choose)
    {
        Span<long> buckets = stackalloc long[bounds.Length + 1];
        buckets.Clear();
        double sum = 0;
        foreach (var lane in gateway.Calls)
        {
            sum += choose(lane.Counters).AddTo(buckets);
        }

        writer.Histogram(bounds, buckets, sum);
    }

    private void WriteRefusals(PrometheusWriter writer)
    {
        writer.Begin("sipalg_sip_refused_total", MetricKind.Counter, "Requests refused before they became a call.");
        foreach (var realm in gateway.Realms)
        {
            for (var reason = 0; reason < Refusals.Length; reason++)
            {
                var cell = (realm.Index * Refusals.Length) + reason;
                writer.Sample(gateway.Calls.Sum(lane => Volatile.Read(ref lane.Counters.Refused[cell])), ("realm", realm.Name), ("reason", Refusals[reason]));
            }
        }
    }
}
