using SipAlg.Calls.Lanes;
using SipAlg.Hosting;

namespace SipAlg.Metrics;

/// <summary>How the audio of legs came, by realm and peer.</summary>
internal sealed class QualityMetrics(Gateway gateway)
{
    private static readonly double[] JitterBounds = [.. MediaQuality.JitterBounds];
    private static readonly double[] LossBounds = [.. MediaQuality.LossBounds];
    private static readonly double[] MosBounds = [.. MediaQuality.MosBounds];

    public void Write(PrometheusWriter writer)
    {
        writer.Begin("sipalg_rtp_jitter_seconds", MetricKind.Histogram, "Mean interarrival jitter of the audio that came from a leg, observed at its end.");
        Write(writer, JitterBounds, (quality, realm, peer) => quality.Jitter(realm, peer));
        writer.Begin("sipalg_rtp_loss_ratio", MetricKind.Histogram, "Part of the audio packets of a leg that did not come, observed at its end.");
        Write(writer, LossBounds, (quality, realm, peer) => quality.Loss(realm, peer));
        writer.Begin("sipalg_call_mos", MetricKind.Histogram, "How the audio that came from a leg would sound, by the E-model (ITU-T G.107), 1 to 4.5, observed at its end.");
        Write(writer, MosBounds, (quality, realm, peer) => quality.Mos(realm, peer));
    }

    private void Write(PrometheusWriter writer, double[] bounds, Func<MediaQuality, int, int?, Histogram> choose)
    {
        foreach (var realm in gateway.Realms)
        {
            Write(writer, bounds, quality => choose(quality, realm.Index, null), realm.Name, "");
        }

        foreach (var peer in gateway.Model.Peers.Where(peer => !peer.IsRemoved))
        {
            Write(writer, bounds, quality => choose(quality, peer.Realm, peer.Index), gateway.Model.Realms[peer.Realm].Name, peer.Name);
        }
    }

    private void Write(PrometheusWriter writer, double[] bounds, Func<MediaQuality, Histogram> choose, string realm, string peer)
    {
        Span<long> buckets = stackalloc long[bounds.Length + 1];
        buckets.Clear();
        double sum = 0;
        foreach (var lane in gateway.Calls)
        {
            sum += choose(lane.Counters.Quality).AddTo(buckets);
        }

        writer.Histogram(bounds, buckets, sum, ("realm", realm), ("peer", peer));
    }
}
