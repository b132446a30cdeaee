using SipAlg.Media.Statistics;

namespace SipAlg.Media.Tests.Statistics;

/// <summary>Figures of one direction that were kept in two places.</summary>
public sealed class MergeTests
{
    private static StreamStatistics Figures(int first, int packets, uint ssrc, int delay, long start)
    {
        var bench = new StreamBench();
        for (var index = 0; index < packets; index++)
        {
            bench.Rtp(first + (2 * index), (uint)(320 * index), ssrc, at: start + (40_000 * index) + (index % 2 * delay));
        }

        return bench.Read();
    }

    [Fact]
    public void Counts_add_up_and_times_span_both()
    {
        var (one, other) = (Figures(10, 5, 1, 5000, 0), Figures(500, 9, 2, 20_000, 9_000_000));
        var sum = one.With(other);
        Assert.Equal((14, 14 * 172, 9 + 17, 14, 12), (sum.Packets, sum.Octets, sum.Expected, sum.Received, sum.Lost));
        Assert.Equal((one.First, other.Last, 2u), (sum.First, sum.Last, sum.Ssrc));
        Assert.Equal(((one.MeanJitterSeconds * 4) + (other.MeanJitterSeconds * 8)) / 12, sum.MeanJitterSeconds, 9);
        Assert.Equal(other.MostJitterSeconds, sum.MostJitterSeconds);
        Assert.Equal(sum, other.With(one));
    }

    [Fact]
    public void Nothing_adds_nothing()
    {
        var one = Figures(10, 5, 1, 5000, 0);
        Assert.Equal(one, one.With(default));
        Assert.Equal(one, default(StreamStatistics).With(one));
    }
}
