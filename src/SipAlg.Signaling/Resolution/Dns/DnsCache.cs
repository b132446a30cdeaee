namespace SipAlg.Signaling.Resolution.Dns;

/// <summary>
/// What name servers have said, for as long as it holds: one question a name and type under way however many want to know, negative
/// answers too (RFC 2308), and when the servers fail what held before (RFC 8767). Used from any thread of the pool.
/// </summary>
/// <param name="ask">Asks the servers. Does not throw.</param>
/// <param name="counters">Told of what was given out after its time.</param>
/// <param name="time">The clock.</param>
/// <param name="capacity">How many names and types it remembers.</param>
internal sealed class DnsCache(Func<DnsQuestion, Task<DnsAnswer>> ask, ResolverCounters counters, TimeProvider time, int capacity = 4096)
{
    /// <summary>Keeps servers that say "do not remember this" from being asked for every call.</summary>
    public static TimeSpan Shortest { get; } = TimeSpan.FromSeconds(5);

    /// <summary>Nobody waits longer for a change, whatever the zone says.</summary>
    public static TimeSpan Longest { get; } = TimeSpan.FromHours(1);

    /// <summary>What does not exist may well soon.</summary>
    public static TimeSpan LongestNegative { get; } = TimeSpan.FromMinutes(5);

    /// <summary>How long after its time an answer is better than none.</summary>
    public static TimeSpan Stale { get; } = TimeSpan.FromHours(1);

    /// <summary>RFC 8767 §4: how long one given out after its time holds.</summary>
    public static TimeSpan StaleHolds { get; } = TimeSpan.FromSeconds(30);

    private readonly Dictionary<DnsQuestion, Entry> _entries = [];
    private readonly Lock _lock = new();

    private sealed class Entry
    {
        /// <summary>The last one that was no failure.</summary>
        public DnsAnswer? Answer { get; set; }

        /// <summary>Until then the answer holds; of a failure, until then nobody asks again.</summary>
        public long Until { get; set; }
        public long StaleUntil { get; set; }
        public DnsAnswer? Failure { get; set; }
        public Task<DnsAnswer>? UnderWay { get; set; }
    }

    public int Count
    {
        get
        {
            lock (_lock)
            {
                return _entries.Count;
            }
        }
    }

    /// <summary>What holds now of a question, asked for if need be.</summary>
    public Task<DnsAnswer> LookUpAsync(string name, DnsType type)
    {
        var question = new DnsQuestion(DnsName.Normal(name), type);
        lock (_lock)
        {
            if (!_entries.TryGetValue(question, out var entry))
            {
                MakeRoom();
                entry = _entries[question] = new Entry();
            }

            if (entry.UnderWay is { } underWay)
            {
                return underWay;
            }

            if (Held(entry) is { } held)
            {
                return Task.FromResult(held);
            }

            // The question is asked outside the lock; whoever comes meanwhile waits for the same answer.
            var asked = new TaskCompletionSource<DnsAnswer>(TaskCreationOptions.RunContinuationsAsynchronously);
            entry.UnderWay = asked.Task;
            _ = Task.Run(() => AskAsync(question, entry, asked));
            return asked.Task;
        }
    }

    private DnsAnswer? Held(Entry entry)
    {
        var left = Left(entry.Until);
        if (left <= TimeSpan.Zero)
        {
            return null;
        }

        return (entry.Failure ?? entry.Answer) is { } answer ? answer with { TimeToLive = left } : null;
    }

    private async Task AskAsync(DnsQuestion question, Entry entry, TaskCompletionSource<DnsAnswer> asked)
    {
        DnsAnswer answer;
        try
        {
            answer = await ask(question).ConfigureAwait(false);
        }
        catch (Exception)
        {
            // A bug; who waits must not wait for ever, and the counter shows it.
            answer = DnsAnswer.Failure(DnsOutcome.Failed);
        }

        lock (_lock)
        {
            entry.UnderWay = null;
            answer = answer.IsFailure ? Fail(entry, answer) : Keep(entry, answer);
        }

        asked.SetResult(answer);
    }

    private DnsAnswer Keep(Entry entry, DnsAnswer answer)
    {
        var most = answer.Outcome == DnsOutcome.Found ? Longest : LongestNegative;
        var holds = TimeSpan.FromTicks(Math.Clamp(answer.TimeToLive.Ticks, Shortest.Ticks, most.Ticks));
        entry.Answer = answer with { TimeToLive = holds };
        entry.Failure = null;
        entry.Until = After(holds);
        entry.StaleUntil = After(holds + Stale);
        return entry.Answer;
    }

    /// <summary>A failure is remembered too (RFC 9520), so that a server in trouble is not asked for every call.</summary>
    private DnsAnswer Fail(Entry entry, DnsAnswer failure)
    {
        if (entry.Answer is { Outcome: DnsOutcome.Found } known && Left(entry.StaleUntil) > TimeSpan.Zero)
        {
            counters.ServedStale();
            entry.Failure = known with { TimeToLive = StaleHolds, IsStale = true };
            entry.Until = After(StaleHolds);
        }
        else
        {
            entry.Failure = failure with { TimeToLive = Shortest };
            entry.Until = After(Shortest);
        }

        return entry.Failure;
    }

    /// <summary>Full: what is of no use any more goes, and if that is nothing, what ends first.</summary>
    private void MakeRoom()
    {
        if (_entries.Count < capacity)
        {
            return;
        }

        var idle = _entries.Where(entry => entry.Value.UnderWay is null).OrderBy(entry => entry.Value.Until).ToList();
        var dead = idle.Count(entry => Left(Math.Max(entry.Value.Until, entry.Value.StaleUntil)) <= TimeSpan.Zero);
        foreach (var entry in idle.Take(Math.Max(dead, (capacity / 8) + 1)))
        {
            _entries.Remove(entry.Key);
        }
    }

    private long After(TimeSpan span) => time.GetTimestamp() + (long)(span.TotalSeconds * time.TimestampFrequency);

    private TimeSpan Left(long until) => TimeSpan.FromSeconds((until - time.GetTimestamp()) / (double)time.TimestampFrequency);
}
