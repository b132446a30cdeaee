namespace SipAlg.Linux.Tests;

public class CoalescingTests
{
    /// <summary>Microseconds.</summary>
    private const int Second = 1_000_000;

    private const int Enough = 64;

    private Coalescing _coalescing = new(Second, dense: 15_000, Enough);
    private long _now = 5_000_000;

    [Theory]
    [InlineData(1, 1_000_000 / 30_000, true)]
    [InlineData(1, 1_000_000 / 10_000, false)]
    [InlineData(4, 200, true)]
    [InlineData(2, 200, false)]
    [InlineData(1, 20_000, false)]
    public void It_pays_where_packets_come_closely(int packets, int apart, bool pays)
    {
        Turn(1, 0);

        Assert.All(Enumerable.Range(0, 5), _ => Assert.Equal(pays, Turn(packets, apart)));
    }

    [Fact]
    public void It_never_pays_after_a_turn_without_packets()
    {
        Turn(1, 0);

        Assert.False(Turn(0, 0));
        Assert.False(Turn(0, 10));
    }

    [Fact]
    public void It_does_not_pay_while_more_packets_wait_than_come_during_a_rest()
    {
        Turn(1, 0);

        Assert.True(Turn(Enough - 1, 500));
        Assert.False(Turn(Enough, 500));
    }

    [Fact]
    public void The_first_packet_after_a_silence_says_nothing()
    {
        Turn(1, 0);
        Assert.True(Turn(1, 20));

        Assert.False(Turn(1, 10 * Second));
        Assert.True(Turn(1, 20));
    }

    private bool Turn(int packets, int after)
    {
        _now += after;
        return _coalescing.Pays(packets, _now);
    }
}
