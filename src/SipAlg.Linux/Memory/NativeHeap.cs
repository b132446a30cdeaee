namespace SipAlg.Linux.Memory;

/// <summary>How the C library's heap behaves, for the whole process.</summary>
public static class NativeHeap
{
    private const int TrimThreshold = -1;

    /// <summary>
    /// What is freed at the end of a heap is kept up to this many octets. By default 128 KiB are, and a thread that takes and frees a little
    /// more than that with each piece of work has its pages taken away and given back each time.
    /// </summary>
    /// <returns>False: the C library is not glibc, and does as it does.</returns>
    public static bool KeepFreed(int octets)
    {
        try
        {
            return LibC.MallOpt(TrimThreshold, octets) != 0;
        }
        catch (EntryPointNotFoundException)
        {
            return false;
        }
    }

    /// <summary>Gives all pages back that hold nothing.</summary>
    public static void GiveBack() => _ = LibC.MallocTrim(0);
}
