using System.Runtime.CompilerServices;
using SipAlg.Media.Relaying;
using SipAlg.Media.Srtp;

namespace SipAlg.Media.Tests.Relaying;

public sealed class PairTests
{
    /// <summary>Neighbours in the slab may belong to different threads.</summary>
    [Fact]
    public void Pairs_share_no_cache_line_and_stay_small()
    {
        Assert.Equal(0, Unsafe.SizeOf<Pair>() % 64);
        Assert.InRange(Unsafe.SizeOf<Pair>(), 64, 1600);
    }

    /// <summary>What each packet asks for lies in few cache lines, which <see cref="Pair.Expect"/> fetches while the system hands the packet over.</summary>
    [Fact]
    public unsafe void A_packet_needs_few_cache_lines()
    {
        var pair = default(Pair);
        Assert.InRange(Offset(&pair, &pair.Active.IsSecure), 0, 63);
        Assert.Equal(Offset(&pair, &pair.Keys) / 64, (Offset(&pair, &pair.Keys) + sizeof(PairKeys) - 1) / 64);
        foreach (var slot in new[] { (nint)(&pair.Rtp), (nint)(&pair.Rtcp) })
        {
            var port = (Slot*)slot;
            var (arriving, leaving) = (Offset(&pair, &port->Role) / 64, Offset(&pair, &port->Target) / 64);
            Assert.Equal(arriving, (Offset(&pair, &port->LastAccepted) - 48) / 64);
            Assert.Equal(arriving, Offset(&pair, &port->IsStamped) / 64);
            Assert.Equal(leaving, Offset(&pair, &port->Descriptor) / 64);
            Assert.Equal(leaving, (Offset(&pair, &port->Totals) + 31) / 64);
        }
    }

    /// <summary>Of a key its session keys, and behind them how far its first source is.</summary>
    [Fact]
    public unsafe void A_packet_needs_two_lines_of_its_key() => Assert.Equal((64, 64, 48), (sizeof(SessionKeys), sizeof(CounterKeys), sizeof(SrtpSource)));

    private static unsafe long Offset(void* from, void* field) => (byte*)field - (byte*)from;
}
