using SipAlg.Hosting;
using SipAlg.Signaling.Gate;
using SipAlg.Signaling.Transports;

namespace SipAlg.Metrics;

/// <summary>What carries SIP: sockets, connections, transactions, dialogs.</summary>
internal sealed class TransportMetrics(Gateway gateway)
{
    private static readonly string[] Sends = Labels.Of<SendResult>();
    private static readonly string[] Verdicts = Labels.Of<GateVerdict>();
    private static readonly string[] Closes = Labels.Of<CloseReason>();
    private static readonly string[] Accepts = Labels.Of<AcceptRefusal>();
    private static readonly string[] Connects = Labels.Of<ConnectFailure>();

    public void Write(PrometheusWriter writer)
    {
        writer.Begin("sipalg_sip_transactions_active", MetricKind.Gauge, "SIP transactions that live or still absorb repetitions.");
        writer.Sample(gateway.Sip.Sum(lane => lane.Transactions.Count));
        writer.Begin("sipalg_sip_dialogs_active", MetricKind.Gauge, "SIP dialogs of calls and subscriptions, early or confirmed.");
        writer.Sample(gateway.Calls.Sum(lane => lane.Counters.Dialogs));
        writer.Begin("sipalg_kept_messages", MetricKind.Gauge, "Messages kept to be sent again.");
        writer.Sample(gateway.Contexts.Sum(lane => lane.Octets.Count));
        WriteListeners(writer);
        writer.Begin("sipalg_sip_connections_active", MetricKind.Gauge, "Connections that stand.");
        foreach (var transport in new[] { Transport.Tcp, Transport.Tls })
        {
            writer.Sample(gateway.Network.ConnectionsActive(transport), ("transport", TransportNames.Text(transport)));
        }

        WriteConnections(writer, "sipalg_sip_connections_closed_total", "Connections that stood and are gone.", Closes, (counters, reason) => counters.Closed((CloseReason)reason));
        WriteConnections(writer, "sipalg_sip_connections_refused_total", "Connections closed as they came, for a limit.", Accepts, (counters, reason) => counters.Refused((AcceptRefusal)reason));
        WriteConnections(writer, "sipalg_sip_connections_failed_total", "Connections that could not be opened.", Connects, (counters, reason) => counters.Failed((ConnectFailure)reason));
        WriteListeners(writer, "sipalg_sip_kernel_drops_total", "Datagrams that the kernel dropped since the receive buffer was full.", ListenerCount.KernelDrops);
        WriteListeners(writer, "sipalg_sip_unreachable_total", "Datagrams sent of which ICMP said that they did not arrive.", ListenerCount.Unreachable);
        WriteLostSends(writer);
        WriteDropped(writer);
    }

    /// <summary>What was not looked at.</summary>
    private void WriteDropped(PrometheusWriter writer)
    {
        writer.Begin("sipalg_sip_dropped_total", MetricKind.Counter, "Datagrams, messages, requests and connections of sources that were not heard.");
        foreach (var realm in gateway.Realms)
        {
            for (var verdict = GateVerdict.Pass + 1; verdict < GateVerdict.Count; verdict++)
            {
                writer.Sample(gateway.Network.Dropped(realm.Index, verdict), ("realm", realm.Name), ("reason", Verdicts[(int)verdict]));
            }

            writer.Sample(Sum(realm.Index, counters => counters[ListenerCount.StrangerDrops]), ("realm", realm.Name), ("reason", "stranger_queue"));
        }
    }

    private void WriteConnections(PrometheusWriter writer, string name, string help, string[] reasons, Func<StreamCounters, int, long> cell)
    {
        writer.Begin(name, MetricKind.Counter, help);
        foreach (var realm in gateway.Realms)
        {
            for (var reason = 0; reason < reasons.Length; reason++)
            {
                var index = reason;
                writer.Sample(gateway.ListenersOf(realm.Index).Sum(listener => cell(gateway.Network.Connections(listener), index)), ("realm", realm.Name), ("reason", reasons[reason]));
            }
        }
    }

    private void WriteListeners(PrometheusWriter writer)
    {
        writer.Begin("sipalg_listeners", MetricKind.Gauge, "Addresses that SIP is taken at.");
        foreach (var realm in gateway.Realms)
        {
            foreach (var (state, text) in new[] { (ListenerState.Open, "open"), (ListenerState.Closing, "closing") })
            {
                writer.Sample(gateway.ListenersOf(realm.Index).Count(listener => gateway.Network.State(listener) == state), ("realm", realm.Name), ("state", text));
            }
        }
    }

    private void WriteListeners(PrometheusWriter writer, string name, string help, ListenerCount count)
    {
        writer.Begin(name, MetricKind.Counter, help);
        foreach (var realm in gateway.Realms)
        {
            writer.Sample(Sum(realm.Index, counters => counters[count]), ("realm", realm.Name));
        }
    }

    private void WriteLostSends(PrometheusWriter writer)
    {
        writer.Begin("sipalg_sip_sends_failed_total", MetricKind.Counter, "Messages that this host could not send.");
        foreach (var realm in gateway.Realms)
        {
            for (var result = SendResult.Connecting + 1; result <= SendResult.Failed; result++)
            {
                var failure = result;
                writer.Sample(Sum(realm.Index, counters => counters.Sends(failure)), ("realm", realm.Name), ("reason", Sends[(int)result]));
            }
        }
    }

    private long Sum(int realm, Func<ListenerCounters, long> cell) => gateway.ListenersOf(realm).Sum(
        listener => Enumerable.Range(0, gateway.LaneCount).Sum(lane => cell(gateway.Network.Messages(lane, listener))));
}
