namespace SipAlg.Testing;

/// <summary>What some work allocates.</summary>
public static class Allocations
{
    private const int Runs = 10;

    /// <summary>
    /// Octets on the collected heap, of this thread, each time that the work is done: the least of several times, since the runtime itself
    /// allocates now and then as it compiles anew what is used much.
    /// </summary>
    public static long Of(Action work)
    {
        work();
        var least = long.MaxValue;
        for (var run = 0; run < Runs && least > 0; run++)
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            work();
            least = Math.Min(least, GC.GetAllocatedBytesForCurrentThread() - before);
        }

        return least;
    }
}
