using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using SipAlg.Calls.Calls;
using SipAlg.Journal;

namespace SipAlg.Tests.Journal.Targets;

/// <summary>Calls that are over, and who is told of it.</summary>
internal static class Records
{
    public static readonly DateTimeOffset Noon = new(2026, 3, 2, 12, 0, 0, TimeSpan.Zero);

    public static JudgedCall Of(ulong id, string caller = "+4930", string called = "600") => JudgedCall.Of(
        new CallRecord(id, System.Text.Encoding.UTF8.GetBytes(caller), System.Text.Encoding.UTF8.GetBytes(called))
        {
            FromRealm = "phones", FromPeer = "lan", Route = "out", Started = Noon, Answered = Noon.AddSeconds(2), Ended = Noon.AddSeconds(62), Status = 200, Cause = CallCause.CalleeHungUp,
        });

    /// <summary>Lines of one character each, as a target hands them to its sink.</summary>
    public static byte[] Lines(string letters) => [.. letters.SelectMany(letter => new[] { (byte)letter, (byte)'\n' })];
}

/// <summary>What was logged, warnings and worse.</summary>
internal sealed class KeptLog : ILogger
{
    public ConcurrentQueue<string> Lines { get; } = new();

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => true;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        if (logLevel >= LogLevel.Warning)
        {
            Lines.Enqueue(formatter(state, exception));
        }
    }
}

/// <summary>A clock with a zone of its own, one hour ahead, that only the test moves.</summary>
internal sealed class ZonedTime(DateTimeOffset now) : TimeProvider
{
    public DateTimeOffset Now { get; set; } = now;

    public override DateTimeOffset GetUtcNow() => Now;

    public override TimeZoneInfo LocalTimeZone { get; } = TimeZoneInfo.CreateCustomTimeZone("ahead", TimeSpan.FromHours(1), "ahead", "ahead");
}
