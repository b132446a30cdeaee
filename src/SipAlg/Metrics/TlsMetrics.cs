using SipAlg.Hosting;
using SipAlg.Signaling.Tls;
using SipAlg.Tls;

namespace SipAlg.Metrics;

/// <summary>Handshakes and certificates.</summary>
internal sealed class TlsMetrics(Gateway gateway, TlsKeyring keys)
{
    private static readonly string[] Results = Labels.Of<TlsResult>();

    public void Write(PrometheusWriter writer)
    {
        writer.Begin("sipalg_tls_handshakes_total", MetricKind.Counter, "TLS handshakes by how they ended, of connections that others opened (in) and of our own (out).");
        foreach (var realm in gateway.Realms)
        {
            for (var result = 0; result < Results.Length; result++)
            {
                foreach (var isOurs in new[] { false, true })
                {
                    var ended = (TlsResult)result;
                    writer.Sample(gateway.ListenersOf(realm.Index).Sum(listener => gateway.Network.Connections(listener).Handshakes(ended, isOurs)),
                        ("realm", realm.Name), ("direction", isOurs ? "out" : "in"), ("result", Results[result]));
                }
            }
        }

        writer.Begin("sipalg_certificate_expiry_timestamp_seconds", MetricKind.Gauge, "When a certificate of ours, or one of its chain, expires, in seconds since 1970.");
        foreach (var known in keys.Facts.Where(known => known.Expires is not null))
        {
            writer.Sample(known.Expires!.Value.ToUnixTimeSeconds(), ("realm", known.Realm), ("peer", known.Peer ?? ""), ("file", known.File));
        }

        writer.Begin("sipalg_certificate_broken", MetricKind.Gauge, "1 while a certificate, its key or a list of authorities cannot be used as it is now, and what was read before is used on.");
        foreach (var known in keys.Facts)
        {
            writer.Sample(known.IsBroken ? 1 : 0, ("realm", known.Realm), ("peer", known.Peer ?? ""), ("file", known.File));
        }

        writer.Begin("sipalg_certificates_replaced_total", MetricKind.Counter, "Certificates and lists of authorities that were taken from their files while the gateway ran.");
        writer.Sample(keys.Replaced);
    }
}
