using FsCheck;
using FsCheck.Fluent;
using SipAlg.Calls.Calls;
using SipAlg.Journal;

namespace SipAlg.Tests.Journal;

public sealed class RecentCallsTests
{
    /// <summary>Walking the pages gives what stood when the walk began, newest first, whatever ends meanwhile.</summary>
    [Fact]
    public void Pages_are_stable() => Prop.ForAll(
        (from ended in Gen.Choose(0, 2500) from limit in Gen.Choose(1, 400) from meanwhile in Gen.Choose(0, 3) select (ended, limit, meanwhile)).ToArbitrary(),
        scene =>
        {
            var (ended, limit, meanwhile) = scene;
            var recent = new RecentCalls();
            Add(recent, 0, ended);
            List<ulong> seen = [];
            var added = ended;
            for (var cursor = 0L; ;)
            {
                seen.AddRange(recent.Page(cursor, limit, out cursor).Select(record => record.Id));
                if (cursor == 0)
                {
                    break;
                }

                Add(recent, added, meanwhile);
                added += meanwhile;
            }

            // What fell out of the ring during the walk is missing at its end, nothing else.
            var expected = Enumerable.Range(0, ended).Reverse().Take(RecentCalls.Capacity).Select(id => (ulong)id);
            return seen.SequenceEqual(expected.Take(seen.Count)) && seen.Count >= Math.Min(ended, RecentCalls.Capacity) - (added - ended);
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void A_cursor_of_long_ago_gives_an_empty_page()
    {
        var recent = new RecentCalls();
        Add(recent, 0, 3000);

        Assert.Empty(recent.Page(5, 10, out var next));
        Assert.Equal(0, next);
        Assert.Null(recent.Find(5));
        Assert.NotNull(recent.Find(2999));
    }

    private static void Add(RecentCalls recent, int first, int count)
    {
        for (var id = first; id < first + count; id++)
        {
            recent.Add(new CallRecord((ulong)id, default, default));
        }
    }
}
