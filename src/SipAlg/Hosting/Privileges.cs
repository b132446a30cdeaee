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

    /// <summary>Of the thread that loads the kernel's programs. With CAP_BPF, CAP_PERFMON can read what memory it likes, so that nobody else is to have it.</summary>
    private static readonly int[] Loading = [Capabilities.NetworkAdministration, Capabilities.Bpf, Capabilities.PerformanceMonitoring];

    private static (int Dropped, int Kept) _capabilities;
    private static bool _mayGainNone;

    /// <summary>Media in the kernel, shared and low ports, large buffers, and the place of relay threads before others.</summary>
    private static ReadOnlySpan<int> Used => [Capabilities.LowPorts, Capabilities.NetworkAdministration, Capabilities.RawSockets, Capabilities.Nice, Capabilities.Bpf];

    /// <summary>Has rights that the process has given up; null before <see cref="Narrow"/> and after <see cref="EndLoading"/>.</summary>
    public static CapableThread? Loader { get; private set; }

    /// <summary>To be called from the first thread, before it starts others.</summary>
    public static void Narrow()
    {
        _mayGainNone = ProcessGuard.ForbidNewPrivileges();
        Loader = new CapableThread("sipalg-load", Loading);
        // Root reads configurations and writes records of other users by this one; it owns the system's own files without it.
        _capabilities = Environment.IsPrivilegedProcess ? Capabilities.Keep([.. Used, Capabilities.OverrideFileAccess]) : Capabilities.Keep(Used);
        if (Environment.GetEnvironmentVariable(DumpVariable) != "1")
        {
            ProcessGuard.MayBeDumped = false;
        }
    }

    /// <summary>What is to be loaded has been.</summary>
    public static void EndLoading()
    {
        Loader?.Dispose();
        Loader = null;
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
