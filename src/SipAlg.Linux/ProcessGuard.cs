using System.Runtime.InteropServices;

namespace SipAlg.Linux;

/// <summary>As whom a process runs, and what it gives up of itself (prctl(2)).</summary>
public static partial class ProcessGuard
{
    private const int GetDumpable = 3;
    private const int SetDumpable = 4;
    private const int SetNoNewPrivileges = 38;

    /// <summary>
    /// Whether the process may leave a core dump, and be looked into by others of its user (ptrace, /proc/PID/mem, environ). Without that its
    /// memory, which has passwords and keys of media, is for root alone.
    /// </summary>
    public static bool MayBeDumped
    {
        get => PrCtl(GetDumpable, 0, 0, 0, 0) == 1;
        set => _ = PrCtl(SetDumpable, value ? 1u : 0u, 0, 0, 0);
    }

    /// <summary>No program that this thread, or one that it starts, may run gets more rights than it has: not by set-user-id, nor by capabilities of its file.</summary>
    /// <returns>False: the system does not know that.</returns>
    public static bool ForbidNewPrivileges() => PrCtl(SetNoNewPrivileges, 1, 0, 0, 0) == 0;

    /// <summary>As whom the process runs, by number (geteuid(2)): a container's user need not have a name.</summary>
    public static uint User => GetEffectiveUser();

    [LibraryImport("libc", EntryPoint = "geteuid")]
    private static partial uint GetEffectiveUser();

    [LibraryImport("libc", EntryPoint = "prctl", SetLastError = true)]
    private static partial int PrCtl(int option, nuint first, nuint second, nuint third, nuint fourth);
}
