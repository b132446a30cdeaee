using System.Text;
using SipAlg.Calls.Media;
using SipAlg.Hosting;
using SipAlg.Media;
using SipAlg.Protocol.Srtp;

namespace SipAlg.Metrics;

/// <summary>Relayed media, by realm.</summary>
internal sealed class MediaMetrics(Gateway gateway)
{
    /// <summary>A stream's pair: RTP and RTCP.</summary>
    private const int PortsOfPair = 2;

    private static readonly string[] Drops = Labels.Of<DropReason>();
    private static readonly string[] Refusals = Labels.Of<PortTakeResult>();
    private static readonly string[] Suites = [.. Enum.GetValues<SrtpSuite>().Select(suite => Encoding.ASCII.GetString(suite.Name()).ToLowerInvariant())];
    private static readonly string[] Changes = Labels.Of<SourceChange>();

    public void Write(PrometheusWriter writer)
    {
        // Once: it asks every socket in use.
        var totals = gateway.Realms.Select(realm => (realm.Name, gateway.Relay.Read(realm.Index))).ToArray();
        WriteStreams(writer, totals, "sipalg_rtp_packets_total", "RTP and RTCP packets.", sum => sum.PacketsIn, sum => sum.PacketsOut);
        WriteStreams(writer, totals, "sipalg_rtp_bytes_total", "Octets of RTP and RTCP, UDP payload.", sum => sum.OctetsIn, sum => sum.OctetsOut);
        writer.Begin("sipalg_rtp_dropped_total", MetricKind.Counter, "Packets that were not passed on; those that the kernel dropped have not arrived.");
        foreach (var (realm, sum) in totals)
        {
            for (var reason = 0; reason < Drops.Length; reason++)
            {
                writer.Sample(sum.Dropped((DropReason)reason), ("realm", realm), ("reason", Drops[reason]));
            }
        }

        writer.Begin("sipalg_rtp_icmp_errors_total", MetricKind.Counter, "ICMP errors that came back for packets that were sent.");
        foreach (var (realm, sum) in totals)
        {
            writer.Sample(sum.IcmpErrors, ("realm", realm));
        }

        WriteKernel(writer);
        WriteSecured(writer);
        WriteSources(writer);
        WritePools(writer, "sipalg_media_ports_in_use", MetricKind.Gauge, "Media ports whose sockets are open.", pool => pool.InUse * PortsOfPair);
        WritePools(writer, "sipalg_media_ports_capacity", MetricKind.Gauge, "Media ports that the realm has.", pool => pool.Capacity * PortsOfPair);
        WritePools(writer, "sipalg_media_ports_reserved", MetricKind.Gauge, "Media ports of those that only emergency routes may take.", pool => pool.Reserve * PortsOfPair);
        WritePools(writer, "sipalg_media_ports_unrested_total", MetricKind.Counter, "Port pairs taken again before they had rested 5 s.", pool => pool.TakenBeforeRested);
        WritePools(writer, "sipalg_media_ports_in_use_elsewhere_total", MetricKind.Counter, "Port pairs found in use by another program.", pool => pool.FoundInUseElsewhere);
        WriteRefusals(writer);
        WriteDelay(writer);
    }

    private void WriteKernel(PrometheusWriter writer)
    {
        writer.Begin("sipalg_rtp_kernel_flows", MetricKind.Gauge, "Streams, each direction by itself, that the kernel relays.");
        writer.Sample(gateway.Relay.KernelFlows);
        writer.Begin("sipalg_rtp_kernel_packets_total", MetricKind.Counter, "RTP packets that the kernel has relayed.");
        writer.Sample(gateway.Relay.KernelPackets);
        writer.Begin("sipalg_rtp_kernel_interfaces", MetricKind.Gauge, "Network interfaces at which the kernel relays.");
        writer.Sample(gateway.Relay.KernelInterfaces);
        writer.Begin("sipalg_rtp_ring_flows", MetricKind.Gauge, "Streams, each direction by itself, whose packets the kernel hands to the gateway past its sockets.");
        writer.Sample(gateway.Relay.RingFlows);
        writer.Begin("sipalg_rtp_ring_packets_total", MetricKind.Counter, "RTP packets that the kernel has handed over so.");
        writer.Sample(gateway.Relay.RingPackets);
        writer.Begin("sipalg_rtp_ring_full_total", MetricKind.Counter, "RTP packets that came by their socket since there was no room to hand them over.");
        writer.Sample(gateway.Relay.RingWithoutRoom);
    }

    private void WriteSecured(PrometheusWriter writer)
    {
        writer.Begin("sipalg_srtp_streams_active", MetricKind.Gauge, "Streams whose SRTP ends at the gateway, each side by itself.");
        WriteSecured(writer, (streams, realm, suite) => streams.Active(realm, suite));
        writer.Begin("sipalg_srtp_streams_total", MetricKind.Counter, "The same since the start, as often as a suite was agreed on.");
        WriteSecured(writer, (streams, realm, suite) => streams.Total(realm, suite));
    }

    private void WriteSecured(PrometheusWriter writer, Func<SecuredStreams, int, SrtpSuite, long> cell)
    {
        foreach (var realm in gateway.Realms)
        {
            for (var suite = 0; suite < SrtpSuites.Count; suite++)
            {
                writer.Sample(gateway.Calls.Sum(lane => cell(lane.Secured, realm.Index, (SrtpSuite)suite)), ("realm", realm.Name), ("suite", Suites[suite]));
            }
        }
    }

    private void WriteRefusals(PrometheusWriter writer)
    {
        writer.Begin("sipalg_media_ports_refused_total", MetricKind.Counter, "Times that a stream got no media ports.");
        foreach (var realm in gateway.Realms)
        {
            for (var reason = 1; reason < Refusals.Length; reason++)
            {
                writer.Sample(SumOfPools(realm.Index, pool => pool.Refused((PortTakeResult)reason)), ("realm", realm.Name), ("reason", Refusals[reason]));
            }
        }

        writer.Begin("sipalg_media_ports_leaked_total", MetricKind.Counter, "Port pairs that a call ended without giving back.");
        foreach (var realm in gateway.Realms)
        {
            writer.Sample(gateway.Calls.Sum(lane => lane.Counters.LeakedPorts(realm.Index)), ("realm", realm.Name));
        }
    }

    private long SumOfPools(int realm, Func<PortPool, long> cell) =>
        Enumerable.Range(0, gateway.LaneCount).Sum(lane => gateway.Pools(lane, realm).Sum(cell));

    private void WriteSources(PrometheusWriter writer)
    {
        writer.Begin("sipalg_media_sources_total", MetricKind.Counter, "Changes of where the media of a stream comes from.");
        foreach (var realm in gateway.Realms)
        {
            for (var change = 0; change < Changes.Length; change++)
            {
                writer.Sample(gateway.Calls.Sum(lane => lane.Counters.SourceTotal(realm.Index, (SourceChange)change)), ("realm", realm.Name), ("change", Changes[change]));
            }
        }

        writer.Begin("sipalg_media_sources_lost_total", MetricKind.Counter, "Changes of sources that the log and call records miss, since too many came at once.");
        writer.Sample(gateway.Relay.LostSources);
    }

    private static void WriteStreams(PrometheusWriter writer, (string Realm, RelayTotals Sum)[] totals, string name, string help, Func<RelayTotals, long> received, Func<RelayTotals, long> sent)
    {
        writer.Begin(name, MetricKind.Counter, help);
        foreach (var (realm, sum) in totals)
        {
            writer.Sample(received(sum), ("realm", realm), ("direction", "in"));
            writer.Sample(sent(sum), ("realm", realm), ("direction", "out"));
        }
    }

    private void WritePools(PrometheusWriter writer, string name, MetricKind kind, string help, Func<PortPool, long> cell)
    {
        writer.Begin(name, kind, help);
        foreach (var realm in gateway.Realms)
        {
            writer.Sample(SumOfPools(realm.Index, cell), ("realm", realm.Name));
        }
    }

    private void WriteDelay(PrometheusWriter writer)
    {
        writer.Begin("sipalg_relay_delay_seconds", MetricKind.Histogram, "How long a turn of the relay with packets took: an upper bound of what it adds to a packet.");
        Span<long> buckets = stackalloc long[RelayDelay.Buckets];
        buckets.Clear();
        var sum = gateway.Relay.ReadDelay(buckets);
        writer.Histogram(RelayDelay.Bounds, buckets, sum);
        writer.Begin("sipalg_relay_wait_seconds", MetricKind.Histogram, "How long packets of one stream in a hundred waited in their sockets for the relay, by the kernel's time of arrival.");
        buckets.Clear();
        sum = gateway.Relay.ReadWaits(buckets);
        writer.Histogram(RelayDelay.Bounds, buckets, sum);
        writer.Begin("sipalg_relay_faults_total", MetricKind.Counter, "Exceptions that relay threads survived, and sockets that the system would not watch.");
        writer.Sample(gateway.Relay.Faults);
    }
}
