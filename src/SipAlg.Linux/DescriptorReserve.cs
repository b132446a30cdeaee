namespace SipAlg.Linux;

/// <summary>
/// Descriptors that media ports and SIP connections leave to the rest of the process: the admin server, questions to name servers, files,
/// and the runtime, which needs two for each thread it starts and ends the process when it cannot have them.
/// </summary>
public static unsafe class DescriptorReserve
{
    private const int RLimitNoFile = 7;

    /// <summary>A small limit is shared: this part of it is reserved.</summary>
    private const ulong Part = 4;

    /// <summary>Enough for two hundred connections of the admin server, and for more threads than the runtime ever had here.</summary>
    private const ulong Most = 512;

    /// <summary>
    /// Whether a descriptor that was opened just now is one of the last, to be closed again and treated as if there had been none. A descriptor
    /// is the lowest number that is free (open(2)), so that it says how many are open. The limit is asked for each time, for it may be changed
    /// from outside (prlimit(1)); that costs a tenth of a microsecond.
    /// </summary>
    public static bool Holds(int descriptor)
    {
        var limit = stackalloc ulong[2];
        return LibC.GetRLimit(RLimitNoFile, limit) == 0 && (ulong)descriptor >= limit[0] - Math.Min(Most, limit[0] / Part);
    }
}
