using SipAlg.Calls.Bans;
using SipAlg.Calls.Fraud;
using SipAlg.Hosting;
using SipAlg.Metrics;

namespace SipAlg.Protection;

/// <summary>Bans, and limits against toll fraud.</summary>
internal sealed class ProtectionMetrics(Gateway gateway, KernelBans? kernel)
{
    private static readonly string[] Reasons = Labels.Of<BanReason>();
    private static readonly string[] Exemptions = Labels.Of<BanExemption>();
    private static readonly string[] Limits = Labels.Of<AccountLimit>();

    public void Write(PrometheusWriter writer)
    {
        var bans = gateway.Bans;
        writer.Begin("sipalg_bans_active", MetricKind.Gauge, "Sources that are banned.");
        writer.Sample(bans.Active);
        writer.Begin("sipalg_bans_total", MetricKind.Counter, "Bans, by why.");
        for (var reason = 0; reason < Reasons.Length; reason++)
        {
            writer.Sample(bans.Total((BanReason)reason), ("reason", Reasons[reason]));
        }

        writer.Begin("sipalg_bans_spared_total", MetricKind.Counter, "Sources that would have been banned and were not, by why.");
        for (var exemption = 0; exemption < Exemptions.Length; exemption++)
        {
            writer.Sample(Enumerable.Range(0, Reasons.Length).Sum(reason => bans.Spared((BanReason)reason, (BanExemption)exemption)), ("exemption", Exemptions[exemption]));
        }

        writer.Begin("sipalg_bans_dropped_total", MetricKind.Counter, "Datagrams, messages and connections of banned sources that were dropped by the gateway, before anything of them was read.");
        writer.Sample(bans.Dropped);
        writer.Begin("sipalg_bans_in_kernel", MetricKind.Gauge, "1 while bans are elements of nftables sets too.");
        writer.Sample(kernel is { IsIn: true } ? 1 : 0);
        WriteLimits(writer, "sipalg_limit_alarms_total", "Alarm levels against toll fraud that were reached: once each hour, or day, and account.", gateway.Ledger.Alarms);
        WriteLimits(writer, "sipalg_limit_blocks_total", "Calls that were refused, or ended, since an account had used up what it may use.", gateway.Ledger.Blocks);
    }

    private static void WriteLimits(PrometheusWriter writer, string name, string help, Func<AccountLimit, long> count)
    {
        writer.Begin(name, MetricKind.Counter, help);
        for (var limit = 0; limit < Limits.Length; limit++)
        {
            writer.Sample(count((AccountLimit)limit), ("limit", Limits[limit]));
        }
    }
}
