using SipAlg.Calls.Lanes;
using SipAlg.Calls.Peers;
using SipAlg.Hosting;

namespace SipAlg.Metrics;

/// <summary>Peers: how they stand, and what became of the calls to them.</summary>
internal sealed class PeerMetrics(Gateway gateway)
{
    private static readonly string[] Attempts = Labels.Of<AttemptOutcome>();
    private static readonly double[] SetupBounds = [.. CallCounters.SetupBounds];

    public void Write(PrometheusWriter writer)
    {
        writer.Begin("sipalg_peer_calls_active", MetricKind.Gauge, "Calls with a leg at the peer.");
        foreach (var peer in gateway.Peers)
        {
            writer.Sample(peer.ActiveCalls, ("peer", peer.Peer.Name));
        }

        writer.Begin("sipalg_peer_rest_seconds", MetricKind.Gauge, "How long the peer is still passed over, since it answered 503 with Retry-After.");
        foreach (var peer in gateway.Peers)
        {
            writer.Sample(peer.RestLeft(gateway.Time).TotalSeconds, ("peer", peer.Peer.Name));
        }

        writer.Begin("sipalg_peer_up", MetricKind.Gauge, "1 if calls may go to the peer: it answers pings, as far as it gets any, and does not rest.");
        foreach (var peer in gateway.Peers)
        {
            writer.Sample(peer.IsUp(gateway.Time) ? 1 : 0, ("peer", peer.Peer.Name));
        }

        writer.Begin("sipalg_peer_registered", MetricKind.Gauge, "1 while the gateway is registered with the peer; of peers with register.");
        foreach (var peer in gateway.Peers)
        {
            if (peer.Registration is { } status)
            {
                writer.Sample(status.IsRegistered(gateway.Time) ? 1 : 0, ("peer", peer.Peer.Name));
            }
        }

        writer.Begin("sipalg_peer_attempts_total", MetricKind.Counter, "Calls sent to the peer, by how the attempt ended.");
        foreach (var peer in gateway.Peers)
        {
            for (var outcome = 0; outcome < Attempts.Length; outcome++)
            {
                writer.Sample(Volatile.Read(ref peer.Attempts[outcome]), ("peer", peer.Peer.Name), ("outcome", Attempts[outcome]));
            }
        }

        writer.Begin("sipalg_peer_setup_seconds", MetricKind.Histogram, "From the INVITE to a peer to its answer, of answered calls.");
        foreach (var peer in gateway.Peers)
        {
            WriteSetup(writer, peer);
        }
    }

    private static void WriteSetup(PrometheusWriter writer, PeerState peer)
    {
        Span<long> buckets = stackalloc long[SetupBounds.Length + 1];
        for (var bucket = 0; bucket < buckets.Length; bucket++)
        {
            buckets[bucket] = peer.Setup[bucket];
        }

        writer.Histogram(SetupBounds, buckets, peer.Setup.Seconds, ("peer", peer.Peer.Name));
    }
}
