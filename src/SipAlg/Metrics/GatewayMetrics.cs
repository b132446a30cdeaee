using System.Buffers;
using SipAlg.Hep;
using SipAlg.Hosting;
using SipAlg.Journal;
using SipAlg.Logging;
using SipAlg.Protection;
using SipAlg.State;
using SipAlg.Tls;

namespace SipAlg.Metrics;

/// <summary>
/// Everything that <c>/metrics</c> says; docs/metrics.md describes it. Read from plain cells of lanes and relay, which are never
/// asked: a stuck lane does not stop its observers.
/// </summary>
internal sealed class GatewayMetrics(Gateway gateway, CallJournal journal, Reloader reloader, TlsKeyring keys, HepCounters hep, ProtectionMetrics protection, ProgramLog log, BindingState? bindings)
{
    private readonly CallMetrics _calls = new(gateway);
    private readonly PeerMetrics _peers = new(gateway);
    private readonly VerdictMetrics _verdicts = new(gateway, journal.Verdicts);
    private readonly MessageMetrics _messages = new(gateway);
    private readonly TransportMetrics _transports = new(gateway);
    private readonly TlsMetrics _tls = new(gateway, keys);
    private readonly MediaMetrics _media = new(gateway);
    private readonly QualityMetrics _quality = new(gateway);
    private readonly DigitMetrics _digits = new(gateway);
    private readonly LaneMetrics _lanes = new(gateway);
    private readonly HepMetrics _hep = new(hep);

    public void Write(IBufferWriter<byte> output)
    {
        var writer = new PrometheusWriter(output);
        _calls.Write(writer);
        _verdicts.Write(writer);
        _peers.Write(writer);
        _messages.Write(writer);
        _transports.Write(writer);
        _tls.Write(writer);
        _media.Write(writer);
        _quality.Write(writer);
        _digits.Write(writer);
        _lanes.Write(writer);
        _hep.Write(writer);
        protection.Write(writer);
        WriteNames(writer);
        CdrMetrics.Write(writer, journal);
        WriteProgram(writer);
        ProcessMetrics.Write(writer);
    }

    private void WriteNames(PrometheusWriter writer)
    {
        writer.Begin("sipalg_dns_lookups_total", MetricKind.Counter, "Questions to name servers, by what became of them.");
        foreach (var (outcome, count) in gateway.Names.Lookups)
        {
            writer.Sample(count, ("outcome", outcome));
        }

        writer.Begin("sipalg_dns_stale_answers_total", MetricKind.Counter, "Times that a name server failed and what it had said before was used on.");
        writer.Sample(gateway.Names.StaleAnswers);
    }

    private void WriteProgram(PrometheusWriter writer)
    {
        writer.Begin("sipalg_draining", MetricKind.Gauge, "1 while no new calls are taken.");
        writer.Sample(gateway.IsDraining ? 1 : 0);
        writer.Begin("sipalg_config_last_reload_success", MetricKind.Gauge, "1 if the last reload, or else the start, took effect; 0 if it was refused.");
        writer.Sample(reloader.Last.IsSuccess ? 1 : 0);
        writer.Begin("sipalg_config_last_reload_timestamp_seconds", MetricKind.Gauge, "When that was, in seconds since 1970.");
        writer.Sample(reloader.Last.At.ToUnixTimeMilliseconds() / 1000.0);
        writer.Begin("sipalg_state_failures_total", MetricKind.Counter, "Attempts to write registrations to the state folder that failed; they are repeated.");
        writer.Sample(bindings?.Failures ?? 0);
        writer.Begin("sipalg_state_waiting", MetricKind.Gauge, "Changes of registrations that are not written yet.");
        writer.Sample(bindings?.Waiting ?? 0);
        writer.Begin("sipalg_log_dropped_total", MetricKind.Counter, "Log lines dropped since nobody read them fast enough.");
        writer.Sample(log.Dropped);
        writer.Begin("sipalg_build_info", MetricKind.Gauge, "Always 1; the labels tell the version and its runtime.");
        writer.Sample(1, ("version", ProcessFacts.Version), ("dotnet", Environment.Version.ToString()));
    }
}
