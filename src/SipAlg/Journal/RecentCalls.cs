using SipAlg.Calls.Calls;
using SipAlg.Calls.Dialplan;
using SipAlg.Calls.Verdicts;

namespace SipAlg.Journal;

/// <summary>
/// The calls that ended last, newest first, for the API. Of those that did not end as they should as many are kept again, so that they
/// stay when others have gone; INVITEs that became no call have a list of their own, in which no source has more than a few. Of calls of
/// the configurations that ran last the dialplan can be asked; those before are let go, when what they decided is written down.
/// </summary>
internal sealed class RecentCalls
{
    public const int Capacity = 1000;

    /// <summary>Of the INVITEs that became no call: from one address.</summary>
    public const int MostOfSource = 20;

    /// <summary>The dialplan that runs, and those before it that can still be asked.</summary>
    public const int Dialplans = 3;

    private readonly Lock _lock = new();
    private volatile RouteTable[] _dialplans = [];
    private readonly Ring _ended = new();
    private readonly Ring _troubled = new();
    private readonly List<Entry> _refused = [];
    private long _count;

    /// <summary>Told of each; null: nobody looks on.</summary>
    public Action<JudgedCall>? Added { get; set; }

    /// <summary>A dialplan has taken effect. One reload at a time.</summary>
    /// <returns>Whether the oldest is to be let go.</returns>
    public bool Configured(RouteTable dialplan)
    {
        var isFull = _dialplans.Length == Dialplans;
        _dialplans = [.. isFull ? _dialplans[1..] : _dialplans, dialplan];
        return isFull;
    }

    /// <summary>Whether its dialplan is let go. From any thread, and without waiting.</summary>
    public bool IsOutdated(CallRecord record) => record.Model is { } model && !_dialplans.Contains(model.Dialplan);

    /// <summary>Those whose dialplan is let go, and is still held by them.</summary>
    public IReadOnlyList<CallRecord> Outdated()
    {
        lock (_lock)
        {
            return [.. _ended.NewestFirst().Concat(_troubled.NewestFirst()).Select(entry => entry.Call.Record).Where(IsOutdated)];
        }
    }

    public void Add(JudgedCall call)
    {
        Added?.Invoke(call);
        lock (_lock)
        {
            _count++;
            if (call.Record.Refusal is not null)
            {
                // Its dialplan cannot be asked in any case.
                call.Record.Forget();
                AddRefused(new Entry(_count, call));
                return;
            }

            AddEnded(new Entry(_count, call));
        }
    }

    /// <param name="before">0 for the newest, else what the page before returned as next. Calls that end meanwhile do not shift pages.</param>
    /// <param name="limit">How many at most.</param>
    /// <param name="next">0 after the last page.</param>
    /// <param name="isWanted">Null: all.</param>
    /// <param name="isRefused">INVITEs that became no call, instead of calls.</param>
    public IReadOnlyList<JudgedCall> Page(long before, int limit, out long next, Func<JudgedCall, bool>? isWanted = null, bool isRefused = false)
    {
        List<JudgedCall> page = [];
        next = 0;
        lock (_lock)
        {
            long last = 0;
            foreach (var (number, call) in isRefused ? NewestRefused : _ended.NewestFirst().Concat(_troubled.NewestFirst()))
            {
                if ((before != 0 && number >= before) || isWanted?.Invoke(call) == false)
                {
                    continue;
                }

                if (page.Count == limit)
                {
                    next = last;
                    break;
                }

                page.Add(call);
                last = number;
            }
        }

        return page;
    }

    public JudgedCall? Find(ulong id)
    {
        lock (_lock)
        {
            return _ended.NewestFirst().Concat(_troubled.NewestFirst()).Concat(NewestRefused).Select(entry => entry.Call).FirstOrDefault(call => call.Record.Id == id);
        }
    }

    /// <summary>What is in no list any more may be in a queue of records for long, and is to hold no configuration there.</summary>
    private void AddEnded(Entry entry)
    {
        var leaving = _ended.Add(entry);
        if (leaving is { } troubled && Verdict.IsTroubled(troubled.Call.Record))
        {
            leaving = _troubled.Add(troubled);
        }

        leaving?.Call.Record.Forget();
    }

    private IEnumerable<Entry> NewestRefused => _refused.AsEnumerable().Reverse();

    /// <summary>A source that has many leaves its own oldest behind, not that of others.</summary>
    private void AddRefused(Entry entry)
    {
        var source = entry.Call.Record.CallerAt.Address;
        if (_refused.Count(other => other.Call.Record.CallerAt.Address == source) >= MostOfSource)
        {
            _refused.RemoveAt(_refused.FindIndex(other => other.Call.Record.CallerAt.Address == source));
        }
        else if (_refused.Count == Capacity)
        {
            _refused.RemoveAt(0);
        }

        _refused.Add(entry);
    }

    private readonly record struct Entry(long Number, JudgedCall Call);

    private sealed class Ring
    {
        private readonly Entry[] _entries = new Entry[Capacity];
        private long _added;

        /// <returns>The oldest, in whose place it is; null while there is room.</returns>
        public Entry? Add(Entry entry)
        {
            var place = _added++ % Capacity;
            Entry? leaving = _added > Capacity ? _entries[place] : null;
            _entries[place] = entry;
            return leaving;
        }

        public IEnumerable<Entry> NewestFirst()
        {
            for (var index = _added - 1; index >= Math.Max(0, _added - Capacity); index--)
            {
                yield return _entries[index % Capacity];
            }
        }
    }
}
