using System.Collections.Concurrent;

namespace SipAlg.State;

/// <summary>Reads on another thread while what was read is worked on.</summary>
internal static class ReadAhead
{
    /// <summary>So many at once, so that handing over costs nothing.</summary>
    private const int Batch = 1024;

    /// <summary>The same in the same order. What the source throws is thrown after what came before it.</summary>
    public static IEnumerable<T> Of<T>(IEnumerable<T> source)
    {
        using var batches = new BlockingCollection<T[]>();
        var reading = Task.Run(() =>
        {
            try
            {
                foreach (var batch in source.Chunk(Batch))
                {
                    batches.Add(batch);
                }
            }
            finally
            {
                batches.CompleteAdding();
            }
        });
        try
        {
            foreach (var batch in batches.GetConsumingEnumerable())
            {
                foreach (var item in batch)
                {
                    yield return item;
                }
            }

            reading.GetAwaiter().GetResult();
        }
        finally
        {
            // Also when nobody wants the rest: the source is not read on behind its owner's back.
            Task.WaitAny(reading);
        }
    }
}
