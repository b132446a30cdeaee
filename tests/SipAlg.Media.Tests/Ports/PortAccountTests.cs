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
        var account = Account(100);
        var chosen = TakeAll(account, 1);
        Assert.Equal(Enumerable.Range(0, 100), chosen.Order());
        Assert.Equal(-1, account.Take(1, out _));
    }

    [Fact]
    public void The_choice_is_no_sequence()
    {
        var chosen = TakeAll(Account(100), 1);
        Assert.True(chosen.Zip(chosen.Skip(1)).Count(pair => pair.Second == pair.First + 1) < 10);
    }

    [Fact]
    public void Those_that_rested_go_before_those_that_did_not()
    {
        var account = Account(10);
        TakeAll(account, 1);
        account.Rest(3, 1000);
        account.Rest(7, 2000);
        Assert.Equal(3, account.Take(6000, out var rested));
        Assert.True(rested);
    }

    [Fact]
    public void When_none_rested_the_longest_rested_is_chosen()
    {
        var account = Account(10);
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
            var account = Account(8);
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
        var account = Account(Pairs);
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

    [Fact]
    public void Pairs_that_are_taken_outlast_a_narrower_range_and_come_back_to_nobody()
    {
        var account = Account(10);
        TakeAll(account, 1);
        account.Resize(5, 5);
        Assert.Equal((5, 5, -1), (account.Capacity, account.Outside, account.Take(2, out _)));

        account.Rest(2, 3);
        account.Rest(7, 3);
        Assert.Equal(7, account.Take(6000, out _));
        Assert.Equal(-1, account.Take(60_000, out _));
        Assert.Equal(4, account.Outside);
    }

    [Fact]
    public void Those_of_a_wider_range_are_to_be_had_and_those_that_rest_rest_on()
    {
        var account = new PortAccount(20, Second, new Random(1));
        account.Resize(0, 5);
        TakeAll(account, 1);
        account.Rest(3, 1000);
        account.Rest(1, 2000);
        account.Resize(2, 6);

        Assert.Equal([5, 6, 7], Enumerable.Range(0, 3).Select(time => account.Take(3000 + time, out var _)).Order());
        Assert.Equal(3, account.Take(3000, out var rested));
        Assert.False(rested);
        Assert.Equal(-1, account.Take(60_000, out _));
        Assert.Equal(1, account.Outside);
    }

    /// <summary>Whatever happens in between: nobody has a pair twice, none is had outside the range, and in the end all of it can be.</summary>
    [Fact]
    public void No_pair_is_lost_or_doubled_by_other_ranges() =>
        Prop.ForAll(ArbMap.Default.ArbFor<(byte What, byte Which, byte Pause)[]>(), steps =>
        {
            var account = new PortAccount(16, Second, new Random(1));
            var (first, count, now) = (0, 16, 1L);
            var taken = new HashSet<int>();
            account.Resize(first, count);
            foreach (var (what, which, pause) in steps)
            {
                now += pause * 100;
                if (what % 4 == 0)
                {
                    (first, count) = (which % 12, 1 + (what % 5));
                    account.Resize(first, count);
                }
                else if (what % 4 == 1 && taken.Remove(which % 16))
                {
                    account.Rest(which % 16, now);
                }
                else if (account.Take(now, out _) is >= 0 and var index && !(index >= first && index < first + count && taken.Add(index)))
                {
                    return false;
                }
            }

            var outside = taken.Count(index => index < first || index >= first + count);
            var left = TakeAll(account, now);
            return account.Outside == outside && left.Order().SequenceEqual(Enumerable.Range(first, count).Except(taken));
        }).QuickCheckThrowOnFailure();

    private static PortAccount Account(int pairs)
    {
        var account = new PortAccount(pairs, Second, new Random(1));
        account.Resize(0, pairs);
        return account;
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
