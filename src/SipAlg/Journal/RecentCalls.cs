using SipAlg.Calls.Calls;

namespace SipAlg.Journal;

/// <summary>The calls that ended last, newest first, for the API.</summary>
internal sealed class RecentCalls
{
    public const int Capacity = 1000;

    private readonly Lock _lock = new();
    private readonly CallRecord[] _ring = new CallRecord[Capacity];
    private long _count;

    public void Add(CallRecord record)
    {
        lock (_lock)
        {
            _ring[_count++ % Capacity] = record;
        }
    }

    /// <param name="before">0 for the newest, else what the page before returned as next. Calls that end meanwhile do not shift pages.</param>
    /// <param name="limit">How many at most.</param>
    /// <param name="next">0 after the last page.</param>
    public IReadOnlyList<CallRecord> Page(long before, int limit, out long next)
    {
        lock (_lock)
        {
            var oldest = Math.Max(0, _count - Capacity);
            var end = before == 0 ? _count : Math.Min(before, _count);
            var start = Math.Max(oldest, end - limit);
            next = start > oldest ? start : 0;
            return [.. Enumerable.Range(0, (int)Math.Max(0, end - start)).Select(index => _ring[(end - 1 - index) % Capacity])];
        }
    }

    public CallRecord? Find(ulong id)
    {
        lock (_lock)
        {
            return Array.Find(_ring, record => record is not null && record.Id == id);
        }
    }
}
