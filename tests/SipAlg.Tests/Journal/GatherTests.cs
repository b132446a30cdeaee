using Microsoft.Extensions.Logging.Abstractions;
using SipAlg.Calls.Calls;
using SipAlg.Configuration;
using SipAlg.Journal;
using SipAlg.Tests.Hosting;

namespace SipAlg.Tests.Journal;

/// <summary>How long a record is in no other hand than the gateway's, by a clock that the test moves: what docs/cdr.md says is lost when it is killed.</summary>
public sealed class GatherTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("sipalg-").FullName;
    private readonly HeldTime _time = new();

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task A_record_waits_ten_milliseconds_for_others_and_for_nothing_else()
    {
        var file = Path.Combine(_folder, "calls.jsonl");
        await using var journal = new CallJournal(new CdrSettings(new CdrFileSettings(file), null, null), NullLogger<CallJournal>.Instance, _time);
        journal.Ended(Record(1));
        await Eventually.True(() => _time.Waits.Length == 1, "the first waits for others");
        journal.Ended(Record(2));
        Assert.False(File.Exists(file));
        _time.Pass();
        await Eventually.True(() => journal.Counts.Single().Written == 2, "both are written");

        Assert.Equal([TimeSpan.FromMilliseconds(10)], _time.Waits);
        Assert.Equal(2, (await File.ReadAllLinesAsync(file)).Length);
        journal.Ended(Record(3));
        await Eventually.True(() => _time.Waits.Length == 2, "the next one waits anew");
        Assert.Equal(2, journal.Counts.Single().Written);
        Assert.Equal(TimeSpan.FromMilliseconds(10), _time.Waits[1]);
        _time.Pass();
        await Eventually.True(() => journal.Counts.Single().Written == 3, "and is written");
    }

    private static CallRecord Record(ulong id) => new(id, default, default) { Cause = CallCause.CallerCancelled, Ended = DateTimeOffset.UnixEpoch };

    /// <summary>A clock whose waits are over when the test says so.</summary>
    private sealed class HeldTime : TimeProvider
    {
        private readonly Lock _lock = new();
        private readonly List<(TimeSpan Due, TimerCallback Callback, object? State)> _timers = [];
        private int _passed;

        public TimeSpan[] Waits
        {
            get
            {
                lock (_lock)
                {
                    return [.. _timers.Select(timer => timer.Due)];
                }
            }
        }

        /// <summary>What is waited for has come.</summary>
        public void Pass()
        {
            (TimeSpan, TimerCallback Callback, object? State)[] due;
            lock (_lock)
            {
                due = [.. _timers[_passed..]];
                _passed = _timers.Count;
            }

            Array.ForEach(due, timer => timer.Callback(timer.State));
        }

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            lock (_lock)
            {
                _timers.Add((dueTime, callback, state));
            }

            return new Timer();
        }

        private sealed class Timer : ITimer
        {
            public bool Change(TimeSpan dueTime, TimeSpan period) => true;

            public void Dispose()
            {
            }

            public ValueTask DisposeAsync() => ValueTask.CompletedTask;
        }
    }
}
