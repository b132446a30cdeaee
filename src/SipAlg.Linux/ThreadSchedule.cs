using System.Runtime.InteropServices;

namespace SipAlg.Linux;

/// <summary>How the system schedules the calling thread.</summary>
public static unsafe partial class ThreadSchedule
{
    private const nint NanosecondsPerSecond = 1_000_000_000;
    private const uint Fifo = 1;

    private static readonly (nint Set, nint Get) Number = RuntimeInformation.ProcessArchitecture switch
    {
        Architecture.X64 => (314, 315),
        _ => (274, 275),
    };

    /// <summary>
    /// Puts the thread before others: a lower nice value, where the process may (CAP_SYS_NICE or RLIMIT_NICE), and a time slice of its own
    /// (Linux 6.12 and later), with which it is served sooner for a shorter time. Neither gives it more of the processor than it is entitled to.
    /// </summary>
    /// <param name="nice">−20 to 19; a thread that has a lower one keeps it.</param>
    /// <param name="slice">0.1 to 100 ms.</param>
    /// <returns>Whether the thread's nice value is now at most this.</returns>
    public static bool TryPrefer(int nice, TimeSpan slice)
    {
        Attributes attributes;
        if (SystemCall(Number.Get, 0, &attributes, (uint)sizeof(Attributes), 0) != 0)
        {
            return false;
        }

        var present = attributes.Nice;
        attributes = new Attributes { Size = (uint)sizeof(Attributes), Nice = Math.Min(nice, present), Slice = (ulong)slice.Ticks * 100 };
        if (SystemCall(Number.Set, 0, &attributes, 0, 0) == 0)
        {
            return true;
        }

        attributes.Nice = present;
        _ = SystemCall(Number.Set, 0, &attributes, 0, 0);
        return present <= nice;
    }

    /// <summary>
    /// Puts the thread before all that the system schedules fairly (SCHED_FIFO), where the process may (CAP_SYS_NICE or RLIMIT_RTPRIO): it runs
    /// whenever it has work, and as long as it has.
    /// </summary>
    /// <param name="priority">1 to 99, among such threads.</param>
    /// <returns>False: it may not, and nothing has changed.</returns>
    public static bool TryPutFirst(int priority)
    {
        var attributes = new Attributes { Size = (uint)sizeof(Attributes), Policy = Fifo, Priority = (uint)priority };
        return SystemCall(Number.Set, 0, &attributes, 0, 0) == 0;
    }

    /// <summary>The thread does nothing for so long and a little longer (by default 50 µs, its timer slack). A signal ends it sooner.</summary>
    public static void Rest(nint nanoseconds)
    {
        var (seconds, rest) = Math.DivRem(nanoseconds, NanosecondsPerSecond);
        var time = stackalloc nint[2] { seconds, rest };
        _ = NanoSleep(time, null);
    }

    [LibraryImport("libc", EntryPoint = "syscall", SetLastError = true)]
    private static partial nint SystemCall(nint number, int thread, Attributes* attributes, uint sizeOrFlags, uint flags);

    [LibraryImport("libc", EntryPoint = "nanosleep")]
    private static partial int NanoSleep(nint* time, nint* left);

    /// <summary>struct sched_attr, as of its first version. Its policy 0 is that of all threads, 1 is SCHED_FIFO.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private struct Attributes
    {
        public uint Size;
        public uint Policy;
        public ulong Flags;
        public int Nice;
        public uint Priority;
        public ulong Slice;
        public ulong Deadline;
        public ulong Period;
    }
}
