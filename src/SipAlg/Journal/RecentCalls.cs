using SipAlg.Calls.Calls;
using SipAlg.Calls.Dialplan;
using SipAlg.Calls.Verdicts;

namespace SipAlg.Journal;

/// <summary>
/// The calls that ended last, newest first, for the API. Of those that did not end as they should as many are kept again, so that they
/// stay when others have gone; INVITEs that became no call have a list of their own, in which no source has more than a few. Calls of the
/// configurations that ran last can be asked what their dialplan said; those before are let go, however long a call is kept.
/// </summary>
internal sealed class RecentCalls
{
    public const int Capacity = 1000;

    /// <summary>Of the INVITEs that became no call: from one address.</summary>
    public const int MostOfSource = 20;

    /// <summary>The dialplan that runs, and those before it whose calls can still be asked.</summary>
    public const int Dialplans = 3;

    private readonly Lock _lock = new();
    private readonly List<RouteTable> _dialplans = [];
    private readonly Ring _ended = new();
    private readonly Ring _troubled = new();
    private readonly List<Entry> _refused = [];
    private long _count;

    /// <summary>Told of each; null: nobody looks on.</summary>
    public Action<JudgedCall>? Added { get; set; }

    /// <summary>A dialplan takes effect, and the oldest is let go.</summary>
    public void Configured(RouteTable dialplan)
    {
        lock (_lock)
        {
            _dialplans.Add(dialplan);
            if (_dialplans.Count > Dialplans)
            {
                _dialplans.RemoveAt(0);
                foreach (var entry in _ended.NewestFirst().Concat(_troubled.NewestFirst()))
                {
                    ForgetOld(entry.Call.Record);
                }
            }
        }
    }

    /// <summary>It has not taken effect: it is to push out no other one that has.</summary>
    public void Withdrawn(RouteTable dialplan)
    {
        lock (_lock)
        {
            _dialplans.Remove(dialplan);
        }
    }

    public void Add(JudgedCall call)
    {
        Added?.Invoke(call);
        lock (_lock)
        {
            _count++;
            ForgetOld(call.Record);
            if (call.Record.Refusal is not null)
            {
                AddRefused(new Entry(_count, call));
                return;
            }

            if (_ended.IsFull && _ended.Oldest is { } leaving && Verdict.IsTroubled(leaving.Call.Record))
            {
                _troubled.Add(leaving.Number, leaving.Call);
            }

            _ended.Add(_count, call);
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

    /// <summary>For an INVITE that became no call the dialplan cannot be asked in any case.</summary>
    private void ForgetOld(CallRecord record)
    {
        if (record.Refusal is not null || (record.Model is { } model && !_dialplans.Contains(model.Dialplan)))
        {
            record.Forget();
        }
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

        public bool IsFull => _added >= Capacity;

        public Entry? Oldest => _added == 0 ? null : _entries[IsFull ? _added % Capacity : 0];

        public void Add(long number, JudgedCall call) => _entries[_added++ % Capacity] = new Entry(number, call);

        public IEnumerable<Entry> NewestFirst()
        {
            for (var index = _added - 1; index >= Math.Max(0, _added - Capacity); index--)
            {
                yield return _entries[index % Capacity];
            }
        }
    }
}
