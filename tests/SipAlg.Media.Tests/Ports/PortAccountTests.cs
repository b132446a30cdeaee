using System.Collections.Concurrent;
using FsCheck;
using FsCheck.Fluent;
using SipAlg.Media.Ports;

namespace SipAlg.Media.Tests.Ports;

public sealed class PortAccountTests
{
    private const long Second = 1000;

    [Fact]
    public void All_pairs_are_taken_once()
    {
        var account = new PortAccount(100, Second, new Random(1));
        var chosen = TakeAll(account, 1);
        Assert.Equal(Enumerable.Range(0, 100), chosen.Order());
        Assert.Equal(-1, account.Take(1, out _));
    }

    [Fact]
    public void The_choice_is_no_sequence()
    {
        var chosen = TakeAll(new PortAccount(100, Second, new Random(1)), 1);
        Assert.True(chosen.Zip(chosen.Skip(1)).Count(pair => pair.Second == pair.First + 1) < 10);
    }

    [Fact]
    public void Those_that_rested_go_before_those_that_did_not()
    {
        var account = new PortAccount(10, Second, new Random(1));
        TakeAll(account, 1);
        account.Rest(3, 1000);
        account.Rest(7, 2000);
        Assert.Equal(3, account.Take(6000, out var rested));
        Assert.True(rested);
    }

    [Fact]
    public void When_none_rested_the_longest_rested_is_chosen()
    {
        var account = new PortAccount(10, Second, new Random(1));
        TakeAll(account, 1);
        account.Rest(7, 2000);
        account.Rest(8, 2500);
        account.Rest(3, 3000);
        Assert.Equal(7, account.Take(6999, out var rested));
        Assert.False(rested);
        Assert.Equal(8, account.Take(6999, out _));
    }

    [Fact]
    public void A_pair_that_is_taken_is_never_chosen() =>
        Prop.ForAll(ArbMap.Default.ArbFor<(bool Gives, byte Which, byte Pause)[]>(), steps =>
        {
            var account = new PortAccount(8, Second, new Random(1));
            var taken = new HashSet<int>();
            var now = 1L;
            foreach (var (gives, which, pause) in steps)
            {
                now += pause * 100;
                if (gives && taken.Remove(which % 8))
                {
                    account.Rest(which % 8, now);
                }
                else if (!Take(account, now, taken))
                {
                    return false;
                }
            }

            return true;
        }).QuickCheckThrowOnFailure();

    /// <summary>No pair is lost, none is had twice, while others give back.</summary>
    [Fact]
    public void Any_thread_gives_back()
    {
        const int Pairs = 64;
        const int Takes = 200_000;
        var account = new PortAccount(Pairs, Second, new Random(1));
        var holders = new int[Pairs];
        using var given = new BlockingCollection<int>();
        var threads = Enumerable.Range(0, 2).Select(_ => new Thread(() =>
        {
            foreach (var index in given.GetConsumingEnumerable())
            {
                Interlocked.Decrement(ref holders[index]);
                account.Rest(index, 1);
            }
        })).ToArray();
        Array.ForEach(threads, thread => thread.Start());
        for (var takes = 0; takes < Takes;)
        {
            var index = account.Take(takes, out _);
            if (index >= 0)
            {
                Assert.Equal(1, Interlocked.Increment(ref holders[index]));
                given.Add(index);
                takes++;
            }
        }

        given.CompleteAdding();
        Array.ForEach(threads, thread => thread.Join());
        Assert.Equal(Enumerable.Range(0, Pairs), TakeAll(account, 1).Order());
    }

    private static bool Take(PortAccount account, long now, HashSet<int> taken)
    {
        var index = account.Take(now, out _);
        if (index < 0)
        {
            return taken.Count == account.Capacity;
        }

        return taken.Add(index);
    }

    private static List<int> TakeAll(PortAccount account, long now)
    {
        var chosen = new List<int>();
        for (var index = account.Take(now, out _); index >= 0; index = account.Take(now, out _))
        {
            chosen.Add(index);
        }

        return chosen;
    }
}
