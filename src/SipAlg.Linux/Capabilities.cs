using System.Numerics;

namespace SipAlg.Linux;

/// <summary>
/// Capabilities of the calling thread, which the threads that it starts inherit. A program file may be given some as permitted only
/// (setcap …+p): then it starts also where they are withheld, and has to take those that it got into effect itself.
/// </summary>
public static unsafe class Capabilities
{
    public const int OverrideFileAccess = 1;
    public const int LowPorts = 10;
    public const int NetworkAdministration = 12;
    public const int RawSockets = 13;
    public const int Nice = 23;
    public const int PerformanceMonitoring = 38;
    public const int Bpf = 39;

    /// <summary>_LINUX_CAPABILITY_VERSION_3: three sets of 64, their lower halves first.</summary>
    private const uint Version = 0x20080522;

    /// <summary>Takes those of these into effect that are permitted; others stay as they are.</summary>
    public static void Raise(params ReadOnlySpan<int> capabilities)
    {
        var wanted = SetOf(capabilities);
        if (TryRead(out var sets))
        {
            Write(sets with { Effective = sets.Effective | (wanted & sets.Permitted) });
        }
    }

    /// <summary>This thread has it in effect.</summary>
    public static bool Has(int capability) => TryRead(out var sets) && (sets.Effective & SetOf([capability])) != 0;

    /// <summary>Gives up all but these, for this thread and those that it will start.</summary>
    /// <returns>How many were given up, and how many are permitted still.</returns>
    public static (int Dropped, int Kept) Keep(params ReadOnlySpan<int> capabilities)
    {
        var kept = SetOf(capabilities);
        if (!TryRead(out var sets))
        {
            return default;
        }

        Write(new Sets(sets.Effective & kept, sets.Permitted & kept, sets.Inheritable & kept));
        return (BitOperations.PopCount(sets.Permitted & ~kept), BitOperations.PopCount(sets.Permitted & kept));
    }

    /// <summary>Gives some up, for this thread and those that it will start.</summary>
    public static void Drop(params ReadOnlySpan<int> capabilities)
    {
        var kept = ~SetOf(capabilities);
        if (TryRead(out var sets))
        {
            Write(new Sets(sets.Effective & kept, sets.Permitted & kept, sets.Inheritable & kept));
        }
    }

    private readonly record struct Sets(ulong Effective, ulong Permitted, ulong Inheritable);

    private static ulong SetOf(ReadOnlySpan<int> capabilities)
    {
        ulong set = 0;
        foreach (var capability in capabilities)
        {
            set |= 1UL << capability;
        }

        return set;
    }

    private static bool TryRead(out Sets sets)
    {
        var header = stackalloc uint[2] { Version, 0 };
        var halves = stackalloc uint[6];
        sets = default;
        if (LibC.CapGet(header, halves) != 0)
        {
            return false;
        }

        sets = new Sets(halves[0] | ((ulong)halves[3] << 32), halves[1] | ((ulong)halves[4] << 32), halves[2] | ((ulong)halves[5] << 32));
        return true;
    }

    /// <summary>To give up or to take what is permitted needs no permission: it does not fail.</summary>
    private static void Write(Sets sets)
    {
        var header = stackalloc uint[2] { Version, 0 };
        var halves = stackalloc uint[6]
        {
            (uint)sets.Effective, (uint)sets.Permitted, (uint)sets.Inheritable,
            (uint)(sets.Effective >> 32), (uint)(sets.Permitted >> 32), (uint)(sets.Inheritable >> 32),
        };
        _ = LibC.CapSet(header, halves);
    }
}
