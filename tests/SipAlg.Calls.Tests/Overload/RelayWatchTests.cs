using SipAlg.Calls.Overload;
using SipAlg.Media;

namespace SipAlg.Calls.Tests.Overload;

/// <summary>What the waits of a few streams say of the relay.</summary>
public sealed class RelayWatchTests
{
    private readonly long[] _cells = new long[RelayDelay.Buckets];
    private readonly RelayWatch _watch;

    public RelayWatchTests() => _watch = new RelayWatch(buckets =>
    {
        for (var bucket = 0; bucket < _cells.Length; bucket++)
        {
            buckets[bucket] += _cells[bucket];
        }

        return 0;
    });

    private void Add(double seconds, int packets) => _cells[RelayDelay.Bounds.ToArray().TakeWhile(bound => bound < seconds).Count()] += packets;

    private long Look()
    {
        Assert.False(_watch.TryLook(RelayWatch.Interval - 100, out _));
        Assert.True(_watch.TryLook(100, out var waited));
        return waited;
    }

    [Fact]
    public void A_packet_in_ten_that_did_not_wait_says_that_no_queue_stands()
    {
        Add(0.0002, 15);
        Add(0.08, 85);
        Assert.Equal(250, Look());
    }

    [Fact]
    public void It_waited_as_long_as_nine_of_ten_did()
    {
        Add(0.0002, 5);
        Add(0.02, 95);
        Assert.Equal(25_000, Look());
    }

    [Fact]
    public void Beyond_the_last_bound_it_is_that_one()
    {
        Add(3, 100);
        Assert.Equal(100_000, Look());
    }

    [Fact]
    public void What_was_before_the_last_look_does_not_count()
    {
        Add(0.05, 1000);
        Look();
        Add(0.0001, 30);
        Assert.Equal(100, Look());
    }

    [Fact]
    public void A_few_packets_say_nothing()
    {
        Add(0.08, 19);
        Assert.Equal(0, Look());
    }
}
