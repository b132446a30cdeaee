using SipAlg.Signaling.Lanes;

namespace SipAlg.Signaling.Tests.Lanes;

public sealed class LaneInboxTests
{
    [Fact]
    public void Gives_events_back_in_their_order_and_wakes_once()
    {
        var wakes = 0;
        var inbox = new LaneInbox(() => wakes++);
        for (var number = 0; number < 3; number++)
        {
            inbox.Post(new Numbered(0, number));
        }

        Assert.Equal([0, 1, 2], Take(inbox).Select(item => item.Number));
        Assert.Equal(1, wakes);
        Assert.True(inbox.IsEmpty);
        inbox.Post(new Numbered(0, 3));
        Assert.Equal(2, wakes);
    }

    [Fact]
    public void Loses_no_wake_up_and_no_order_among_many_producers()
    {
        const int producers = 4;
        const int each = 50_000;
        using var woken = new SemaphoreSlim(0);
        var inbox = new LaneInbox(() => woken.Release());
        var threads = Enumerable.Range(0, producers).Select(producer => new Thread(() => PostAll(inbox, producer, each))).ToList();
        threads.ForEach(thread => thread.Start());

        var next = new int[producers];
        for (var taken = 0; taken < producers * each;)
        {
            Assert.True(woken.Wait(TimeSpan.FromSeconds(30)), "a wake-up was lost");
            foreach (var item in Take(inbox))
            {
                Assert.Equal(next[item.Producer]++, item.Number);
                taken++;
            }
        }

        threads.ForEach(thread => thread.Join());
        Assert.True(inbox.IsEmpty);
    }

    private static void PostAll(LaneInbox inbox, int producer, int count)
    {
        for (var number = 0; number < count; number++)
        {
            inbox.Post(new Numbered(producer, number));
        }
    }

    private static List<Numbered> Take(LaneInbox inbox)
    {
        var result = new List<Numbered>();
        for (var current = inbox.TakeAll(); current is not null; current = current.Next)
        {
            result.Add((Numbered)current);
        }

        return result;
    }

    private sealed class Numbered(int producer, int number) : LaneEvent
    {
        public int Producer { get; } = producer;

        public int Number { get; } = number;

        public override void Run(ILaneUser user)
        {
        }
    }
}
