using System.Text;
using System.Text.Json.Nodes;
using Microsoft.Extensions.Logging.Abstractions;
using SipAlg.Admin.Events;
using SipAlg.Calls.Calls;
using SipAlg.Testing;

namespace SipAlg.Tests.Admin;

/// <summary>What listeners get of what happens, round by round.</summary>
public sealed class EventFeedTests : IDisposable
{
    private readonly EventFeed _feed = new(new RoundlessTime(), NullLogger.Instance);

    [Fact]
    public void Nobody_listens_and_nothing_is_kept()
    {
        _feed.Started(Call());
        Assert.False(_feed.IsWatched);

        var listener = _feed.Listen(null)!;
        _feed.Pump();

        Assert.Empty(Read(listener));
    }

    [Fact]
    public void Every_listener_gets_every_event_in_its_order()
    {
        var (one, other) = (_feed.Listen(null)!, _feed.Listen(null)!);

        _feed.Started(Call());
        _feed.Registered(0, "alice@example.com"u8, "sip:alice@192.0.2.1"u8);
        _feed.Answered(Call());
        _feed.Pump();

        var events = Read(one);
        Assert.Equal(["call started", "registration added", "call answered"], events.Select(happened => $"{happened.Type} {happened.Body["what"]}"));
        Assert.Equal(events.Select(happened => happened.Id), Read(other).Select(happened => happened.Id));
        Assert.Equal("alice@example.com", (string?)events[1].Body["aor"]);
    }

    [Fact]
    public void Who_comes_back_gets_what_he_missed()
    {
        var listener = _feed.Listen(null)!;
        _feed.Started(Call());
        _feed.Pump();
        var last = Assert.Single(Read(listener)).Id;
        _feed.Leave(listener);
        _feed.Answered(Call());
        _feed.Pump();

        var again = _feed.Listen(last)!;
        _feed.Unregistered(0, "a@b"u8, "sip:a@c"u8);
        _feed.Pump();

        Assert.Null(again.TakeLost());
        Assert.Equal(["answered", "removed"], Read(again).Select(happened => (string?)happened.Body["what"]));
    }

    [Theory]
    [InlineData("1-1")]
    [InlineData("x")]
    [InlineData("-")]
    [InlineData("1-99999999999999999999")]
    public void Who_comes_back_after_a_restart_is_told_that_events_are_missing(string last) => Assert.Equal(new LostEvent(null), _feed.Listen(last)!.TakeLost());

    [Fact]
    public void Who_comes_back_too_late_is_told_how_many_are_missing()
    {
        var listener = _feed.Listen(null)!;
        _feed.Started(Call());
        _feed.Pump();
        var last = Assert.Single(Read(listener)).Id;
        Happen(EventFeed.Kept + 5);

        var again = _feed.Listen(last)!;

        Assert.Equal(new LostEvent(5), again.TakeLost());
        Assert.Equal(EventFeed.Kept, Read(again).Count);
    }

    [Fact]
    public void Who_does_not_read_loses_the_oldest_and_is_told_so()
    {
        var (slow, quick) = (_feed.Listen(null)!, _feed.Listen(null)!);
        Happen(600);
        Assert.Equal(600, Read(quick).Count);
        Happen(600);

        Assert.Equal(new LostEvent(1200 - EventFeed.Kept), slow.TakeLost());
        Assert.Equal(EventFeed.Kept, Read(slow).Count);
        Assert.Null(slow.TakeLost());
        Assert.Null(quick.TakeLost());
        Assert.Equal(600, Read(quick).Count);
    }

    /// <summary>More than the lanes' queue takes in one round.</summary>
    [Fact]
    public void A_rush_that_is_too_much_is_told_to_all()
    {
        var listener = _feed.Listen(null)!;
        for (var call = 0; call < 10_000; call++)
        {
            _feed.Started(Call());
        }

        _feed.Pump();

        Assert.True(listener.TakeLost()!.Events >= 10_000 - 8192);
    }

    [Fact]
    public void There_are_only_so_many_listeners()
    {
        var listeners = Enumerable.Range(0, EventFeed.MostListeners).Select(_ => _feed.Listen(null)).ToArray();
        Assert.All(listeners, Assert.NotNull);
        Assert.Null(_feed.Listen(null));

        _feed.Leave(listeners[0]!);

        Assert.NotNull(_feed.Listen(null));
    }

    [Fact]
    public void What_a_phone_writes_cannot_make_an_event_of_its_own()
    {
        var listener = _feed.Listen(null)!;
        _feed.Registered(0, "a@b\n\nevent: peer\ndata: {}"u8, "\"}"u8);
        _feed.Pump();

        Assert.True(listener.TryRead(out var sent));
        var frame = Encoding.UTF8.GetString(sent.Frame);
        Assert.Equal(3, frame.TrimEnd('\n').Split('\n').Length);
        Assert.EndsWith("\n\n", frame, StringComparison.Ordinal);
    }

    [Fact]
    public void Nobody_has_listened_for_a_while_and_lanes_are_left_alone_again()
    {
        var time = new RoundlessTime();
        using var feed = new EventFeed(time, NullLogger.Instance);
        feed.Leave(feed.Listen(null)!);
        feed.Pump();
        Assert.True(feed.IsWatched);

        time.Clock.MoveTo(30_000);
        feed.Pump();

        Assert.False(feed.IsWatched);
    }

    /// <summary>What happened meanwhile was told to nobody.</summary>
    [Fact]
    public void Who_comes_back_after_that_while_is_told_that_events_are_missing()
    {
        var time = new RoundlessTime();
        using var feed = new EventFeed(time, NullLogger.Instance);
        var listener = feed.Listen(null)!;
        feed.Started(Call());
        feed.Pump();
        var last = Assert.Single(Read(listener)).Id;
        feed.Leave(listener);
        time.Clock.MoveTo(30_000);
        feed.Pump();
        feed.Answered(Call());

        var again = feed.Listen(last)!;
        feed.Started(Call());
        feed.Pump();

        Assert.Equal(new LostEvent(null), again.TakeLost());
        Assert.Equal("started", (string?)Assert.Single(Read(again)).Body["what"]);
    }

    public void Dispose() => _feed.Dispose();

    private void Happen(int events)
    {
        for (var call = 0; call < events; call++)
        {
            _feed.Started(Call());
        }

        _feed.Pump();
    }

    private static CallRecord Call() => new(7, "100"u8, "600"u8) { FromRealm = "phones" };

    private static List<(string Id, string Type, JsonNode Body)> Read(EventListener listener)
    {
        List<(string, string, JsonNode)> read = [];
        while (listener.TryRead(out var sent))
        {
            var lines = Encoding.UTF8.GetString(sent.Frame).Split('\n');
            read.Add((lines[0]["id: ".Length..], lines[1]["event: ".Length..], JsonNode.Parse(lines[2]["data: ".Length..])!));
        }

        return read;
    }

    /// <summary>Rounds are made by the test.</summary>
    private sealed class RoundlessTime : TimeProvider
    {
        public ManualTime Clock { get; } = new();
        public override long TimestampFrequency => Clock.TimestampFrequency;
        public override long GetTimestamp() => Clock.GetTimestamp();
        public override DateTimeOffset GetUtcNow() => Clock.GetUtcNow();
        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) => new NoTimer();

        private sealed class NoTimer : ITimer
        {
            public bool Change(TimeSpan dueTime, TimeSpan period) => true;
            public void Dispose()
            {
            }

            public ValueTask DisposeAsync() => ValueTask.CompletedTask;
        }
    }
}
