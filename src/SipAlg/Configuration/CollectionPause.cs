using System.Runtime;

namespace SipAlg.Configuration;

/// <summary>
/// Time in which the runtime does not collect. Of what is read from long lists of users nearly all stays, and collections, which come often
/// in this process so that each is short, would go over it again and again: a third of the time that reading takes.
/// </summary>
/// <param name="isStart">Nobody waits for this process yet: a pause begins with a collection of everything.</param>
internal sealed class CollectionPause(bool isStart) : IDisposable
{
    /// <summary>Below, nobody would feel it.</summary>
    private const long Least = 1 << 20;

    private const long Most = 1 << 30;

    /// <summary>What reading, checking and building allocate for an octet of text (a user of thirty octets: 1.06 KB).</summary>
    private const int Garbage = 45;

    private bool _isHeld;

    /// <summary>Begins, if so much is going to be read that it pays and there is the memory for it. It ends by itself where that was guessed too low.</summary>
    /// <param name="octets">Of text.</param>
    public void Expect(long octets)
    {
        var room = Math.Min(Most, GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / 4);
        if (isStart && octets >= Least && octets * Garbage <= room && GCSettings.LatencyMode != GCLatencyMode.NoGCRegion)
        {
            _isHeld = GC.TryStartNoGCRegion(octets * Garbage);
        }
    }

    /// <summary>
    /// Ends it with a collection of everything: the one of the young that would come by itself takes three times as long here (780 ms
    /// instead of 215 with 200,000 users).
    /// </summary>
    public void Dispose()
    {
        if (_isHeld && GCSettings.LatencyMode == GCLatencyMode.NoGCRegion)
        {
            GC.EndNoGCRegion();
            GC.Collect();
        }
    }
}
