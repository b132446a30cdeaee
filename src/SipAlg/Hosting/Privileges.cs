using SipAlg.Linux;

namespace SipAlg.Hosting;

/// <summary>
/// What the process gives up at its start. An ordinary user has nothing to give up but what its program file or service was given; of root
/// only those capabilities stay that something here uses. Threads that the runtime had begun before (finalizer, compiler) keep what they
/// had: nothing from the network reaches them.
/// </summary>
internal static class Privileges
{
    /// <summary>Set to 1, the process may leave a core dump, which has every secret in it.</summary>
    public const string DumpVariable = "SIPALG_CORE_DUMPS";

    private static (int Dropped, int Kept) _capabilities;
    private static bool _mayGainNone;

    /// <summary>Media in the kernel, shared and low ports, large buffers, and the place of relay threads before others.</summary>
    private static ReadOnlySpan<int> Used => [Capabilities.LowPorts, Capabilities.NetworkAdministration, Capabilities.RawSockets, Capabilities.Nice, Capabilities.Bpf];

    /// <summary>To be called from the first thread, before it starts others.</summary>
    public static void Narrow()
    {
        // Root reads configurations and writes records of other users by this one; it owns the system's own files without it.
        _capabilities = Environment.IsPrivilegedProcess ? Capabilities.Keep([.. Used, Capabilities.OverrideFileAccess]) : Capabilities.Keep(Used);
        _mayGainNone = ProcessGuard.ForbidNewPrivileges();
        if (Environment.GetEnvironmentVariable(DumpVariable) != "1")
        {
            ProcessGuard.MayBeDumped = false;
        }
    }

    public static void Report(ILogger log)
    {
        var user = Environment.UserName is { Length: > 0 } name ? name : $"{ProcessGuard.User}";
        HostingLog.Rights(log, user, _capabilities.Kept, _capabilities.Dropped, _mayGainNone, ProcessGuard.MayBeDumped);
        if (Environment.IsPrivilegedProcess)
        {
            HostingLog.RunsAsRoot(log);
        }
    }
}
