using SipAlg.Calls.Bans;
using SipAlg.Calls.Model;
using SipAlg.Configuration.Options;
using SipAlg.Hep;
using SipAlg.Protocol.Addresses;

namespace SipAlg.Configuration.Building;

/// <summary>Turns the options of the program around the calls into its settings.</summary>
internal static class SettingsBuilder
{
    private const long DefaultTrace = 64 << 20;
    private static readonly IpEndpoint DefaultAdmin = new(IpAddress.LoopbackV4, 8080);

    /// <param name="resolve">Makes a path of the file absolute.</param>
    public static HostSettings Build(GatewayOptions options, Func<string, string> resolve) => new(
        Admin(options.Admin?.Value),
        new MediaSettings(options.Media?.FastPath?.Value ?? FastPath.Auto, options.Media?.Sockets?.Value ?? MediaSockets.Auto, options.Media?.Priority?.Value ?? RelayPriority.Fair),
        State(options, resolve),
        CdrBuilder.Build(options.Cdr?.Value, State(options, resolve), resolve),
        options.Logging?.Level?.Value ?? LogLevel.Information,
        options.Logging?.Format?.Value ?? LogFormat.Text)
    {
        TraceMemory = options.Trace?.Memory is { } memory ? memory.Value ?? 0 : DefaultTrace,
        Tls = TlsBuilder.Build(options, resolve),
        Hep = Hep(options.Trace),
        ReloadsItself = options.ReloadsItself?.Value ?? false,
        NameServers = [.. (options.Sip?.Dns ?? []).Select(server => server.Value)],
    };

    /// <param name="scanners">The marks that are known, and those of the file that is named.</param>
    public static BanSettings Bans(BanOptions? bans, ScannerSignatures scanners) => bans is { IsOff: true } ? new BanSettings(BanRules.Off, false) : new BanSettings(
        new BanRules
        {
            First = bans?.First?.Value ?? BanRules.Usual.First,
            Longest = bans?.Longest?.Value ?? BanRules.Usual.Longest,
            Allow = [.. (bans?.Allow ?? []).Select(network => Prefixes.Normalise(network.Value))],
            Scanners = scanners,
            Premium = [.. (bans?.Premium ?? []).Select(prefix => prefix.Value)],
        },
        bans?.InKernel?.Value ?? false);

    private static string State(GatewayOptions options, Func<string, string> resolve) => resolve(options.State?.Folder?.Value ?? "./state");

    private static HepSettings? Hep(TraceOptions? trace) => trace?.Hep is not { } hep ? null
        : hep.Value with { Id = (uint)(trace.HepId?.Value ?? HepSettings.DefaultId), Password = trace.HepPassword?.Value.Reveal() };

    public static AdminSettings Admin(AdminOptions? admin) => new(
        admin?.Listen?.Value ?? DefaultAdmin, admin?.Token?.Value.Reveal(), admin?.ReadToken?.Value.Reveal(), Metrics(admin)) { Hosts = [.. (admin?.Hosts ?? []).Select(host => host.Value)] };

    private static MetricsSettings? Metrics(AdminOptions? admin)
    {
        if (admin?.Metrics is not { } metrics)
        {
            return null;
        }

        var isOpen = metrics.Token?.Value.Reveal() == "open";
        return new MetricsSettings(metrics.Listen!.Value, isOpen ? null : (metrics.Token ?? admin.ReadToken)?.Value.Reveal());
    }
}
