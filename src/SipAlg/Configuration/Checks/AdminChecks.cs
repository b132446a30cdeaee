using SipAlg.Configuration.Options;
using SipAlg.Configuration.Problems;

namespace SipAlg.Configuration.Checks;

/// <summary>Who may reach the admin server.</summary>
internal static class AdminChecks
{
    public static void Run(Located<AdminOptions>? written, ProblemList problems)
    {
        if (written is not { IsSound: true, Value: var admin })
        {
            return;
        }

        if (admin.Listen is { Value.Address.IsLoopback: false } listen && admin.Token is null)
        {
            problems.Error(listen.At, $"'admin' listens on {listen.Value.Address} without a token", "write token: ${SIPALG_ADMIN_TOKEN}, or listen on 127.0.0.1");
        }

        if (admin is { Hosts: [var proxy, ..], Token: null })
        {
            problems.Error(proxy.At, $"'admin' is asked for as {proxy.Value}, by a proxy, without a token", "write token: ${SIPALG_ADMIN_TOKEN}: for the gateway everybody behind the proxy is at this host");
        }

        if (admin.Metrics is { Listen: { Value.Address.IsLoopback: false } metrics, Token: null } && admin.ReadToken is null)
        {
            problems.Error(metrics.At, $"'metrics' listens on {metrics.Value.Address} without a token", "write token: open to let everybody scrape, or a read_token");
        }
    }
}
