namespace SipAlg.Linux;

/// <summary>
/// Capabilities of the calling thread, which the threads that it starts inherit. A program file may be given some as permitted only
/// (setcap …+p): then it starts also where they are withheld, and has to take those that it got into effect itself.
/// </summary>
public static unsafe class Capabilities
{
    public const int NetworkAdministration = 12;
    public const int Bpf = 39;

    /// <summary>_LINUX_CAPABILITY_VERSION_3: sets of 64, in two halves.</summary>
    private const uint Version = 0x20080522;

    /// <summary>Takes those of these into effect that are permitted; others stay as they are.</summary>
    public static void Raise(params ReadOnlySpan<int> capabilities)
    {
        ulong wanted = 0;
        foreach (var capability in capabilities)
        {
            wanted |= 1UL << capability;
        }

        Change((effective, permitted) => effective | (wanted & permitted));
    }

    /// <summary>Takes some out of effect, for this thread and those that it will start; <see cref="Raise"/> brings them back.</summary>
    public static void Lower(params ReadOnlySpan<int> capabilities)
    {
        ulong unwanted = 0;
        foreach (var capability in capabilities)
        {
            unwanted |= 1UL << capability;
        }

        Change((effective, _) => effective & ~unwanted);
    }

    private static void Change(Func<ulong, ulong, ulong> effective)
    {
        var header = stackalloc uint[2] { Version, 0 };
        // Effective, permitted and inheritable of the lower half, then of the upper one.
        var sets = stackalloc uint[6];
        if (LibC.CapGet(header, sets) != 0)
        {
            return;
        }

        var changed = effective(sets[0] | ((ulong)sets[3] << 32), sets[1] | ((ulong)sets[4] << 32));
        (sets[0], sets[3]) = ((uint)changed, (uint)(changed >> 32));
        _ = LibC.CapSet(header, sets);
    }
}
