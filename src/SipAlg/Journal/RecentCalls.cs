namespace SipAlg.Journal;

/// <summary>
/// The calls that ended last, newest first, for the API. Of those that did not end as they should as many are kept again, so that they
/// stay when others have gone; INVITEs that became no call have a list of their own.
/// </summary>
internal sealed class RecentCalls
{
    public const int Capacity = 1000;

    private readonly Lock _lock = new();
    private readonly Ring _ended = new();
    private readonly Ring _troubled = new();
    private readonly Ring _refused = new();
    private long _count;

    /// <summary>Told of each; null: nobody looks on.</summary>
    public Action<JudgedCall>? Added { get; set; }

    public void Add(JudgedCall call)
    {
        Added?.Invoke(call);
        lock (_lock)
        {
            _count++;
            if (call.Record.Refusal is not null)
            {
                _refused.Add(_count, call);
                return;
            }

            if (_ended.Oldest is { Call.Record.IsTroubled: true } leaving && _ended.IsFull)
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
            foreach (var (number, call) in isRefused ? _refused.NewestFirst() : _ended.NewestFirst().Concat(_troubled.NewestFirst()))
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
            return _ended.NewestFirst().Concat(_troubled.NewestFirst()).Concat(_refused.NewestFirst()).Select(entry => entry.Call).FirstOrDefault(call => call.Record.Id == id);
        }
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
