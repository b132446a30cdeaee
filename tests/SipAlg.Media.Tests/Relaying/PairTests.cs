using System.Runtime.CompilerServices;
using SipAlg.Media.Relaying;

namespace SipAlg.Media.Tests.Relaying;

public sealed class PairTests
{
    /// <summary>Neighbours in the slab may belong to different threads.</summary>
    [Fact]
    public void Pairs_share_no_cache_line_and_stay_small()
    {
        Assert.Equal(0, Unsafe.SizeOf<Pair>() % 64);
        Assert.InRange(Unsafe.SizeOf<Pair>(), 64, 1408);
    }
}
