using SipAlg.Admin;
using SipAlg.Commands;
using SipAlg.Linux.Memory;
using SipAlg.Logging;
using SipAlg.Signaling.Transports;
using SipAlg.State;

namespace SipAlg.Hosting;

/// <summary><c>sipalg run</c>.</summary>
internal static class GatewayProgram
{
    /// <summary>Octets of freed memory that a thread's heap keeps; an idle gateway gives them back (<see cref="IdleTrim"/>).</summary>
    private const int KeptFreed = 16 << 20;

    private const string OtherPorts = " Or choose another port: write a sipalg.yaml here, docs/configuration.md begins with one.";

    /// <param name="cancellation">Stops the gateway, as a signal does.</param>
    /// <returns>The exit code.</returns>
    public static async Task<int> RunAsync(RunRequest request, CancellationToken cancellation)
    {
        var settings = request.Configuration.Host;
        using var programLog = new ProgramLog(settings.LogLevel, settings.LogFormat);
        var log = programLog.Factory.CreateLogger(nameof(SipAlg));
        _ = NativeHeap.KeepFreed(KeptFreed);
        using var strays = new StrayFaults(programLog, log);
        using var signals = new StopSignals();
        try
        {
            return await ServeAsync(request, programLog, signals, cancellation).ConfigureAwait(false) ? ExitCode.Success : ExitCode.Fault;
        }
        catch (Exception refusal) when (refusal is ListenerException or AdminListenerException)
        {
            HostingLog.NotStarted(log, refusal.Message + (request.ConfigurationFile is null ? OtherPorts : ""));
        }
        catch (FastPathException refusal)
        {
            HostingLog.NotStarted(log, refusal.Message);
        }
        catch (Exception fault)
        {
            HostingLog.Fault(log, fault);
        }

        return ExitCode.Fault;
    }

    private static async Task<bool> ServeAsync(RunRequest request, ProgramLog log, StopSignals signals, CancellationToken cancellation)
    {
        var host = await GatewayHost.StartAsync(request, log, TimeProvider.System).ConfigureAwait(false);
        Privileges.EndLoading();
        if (request.DemoUsers is { } users)
        {
            await Console.Out.WriteAsync(Welcome.Text(host.Gateway, host.Admin.Address, users, Keep(users))).ConfigureAwait(false);
        }

        using var hangUps = signals.OnReload(() => _ = ReloadAsync(host));
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation, signals.Stop);
        await Task.Delay(Timeout.Infinite, stop.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        return await host.StopAsync(signals.EndNow).ConfigureAwait(false);
    }

    /// <summary>Whatever comes of it is told by the log and the metrics.</summary>
    private static async Task ReloadAsync(GatewayHost host) => await host.ReloadAsync("SIGHUP", "signal").ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);

    /// <summary>Only now that they can be told: of a start that fails nobody learns a password.</summary>
    /// <returns>Why they cannot be kept; null when they are.</returns>
    private static string? Keep(DemoUsers users)
    {
        try
        {
            users.Keep();
            return null;
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            return fault.Message;
        }
    }
}
