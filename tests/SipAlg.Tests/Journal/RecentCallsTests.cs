using FsCheck;
using FsCheck.Fluent;
using SipAlg.Calls.Authentication;
using SipAlg.Calls.Calls;
using SipAlg.Calls.Dialplan;
using SipAlg.Calls.Lanes;
using SipAlg.Calls.Model;
using SipAlg.Calls.Verdicts;
using SipAlg.Journal;
using SipAlg.Media.Statistics;
using SipAlg.Protocol.Addresses;
using SipAlg.Protocol.Rtp;
using SipAlg.Testing.Calls;

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
                seen.AddRange(recent.Page(cursor, limit, out cursor).Select(call => call.Record.Id));
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

    /// <summary>Who floods the gateway leaves his own behind, and not that of somebody who tried once.</summary>
    [Fact]
    public void No_source_has_more_than_a_few_of_those_that_became_no_call()
    {
        var recent = new RecentCalls();
        AddRefused(recent, 1, "192.0.2.1");
        for (var id = 2; id < 5000; id++)
        {
            AddRefused(recent, id, "198.51.100.7");
        }

        var page = recent.Page(0, RecentCalls.Capacity, out _, isRefused: true);
        Assert.Equal(RecentCalls.MostOfSource + 1, page.Count);
        Assert.Equal((4999UL, 1UL), (page[0].Record.Id, page[^1].Record.Id));
        Assert.NotNull(recent.Find(1));
        Assert.Null(recent.Find(2));
        for (var source = 0; source < 2 * RecentCalls.Capacity; source++)
        {
            AddRefused(recent, 10_000 + source, $"10.0.{source / 250}.{source % 250}");
        }

        Assert.Equal(RecentCalls.Capacity, recent.Page(0, 2 * RecentCalls.Capacity, out _, isRefused: true).Count);
    }

    private static void AddRefused(RecentCalls recent, int id, string source) => recent.Add(JudgedCall.Of(
        new CallRecord((ulong)id, default, default) { Refusal = new Refusal(RefusalReason.Draining, AuthenticationOutcome.Accepted), CallerAt = new IpEndpoint(IpAddress.Parse(source), 5060) }));

    /// <summary>As many calls that went wrong are kept again; each is in the list once.</summary>
    [Fact]
    public void What_went_wrong_stays_when_others_have_gone()
    {
        var recent = new RecentCalls();
        Add(recent, 0, 3, CallCause.NoRoute);
        Add(recent, 3, 2);
        Add(recent, 5, RecentCalls.Capacity - 4);

        Assert.NotNull(recent.Find(0));
        Assert.NotNull(recent.Find(3));
        Add(recent, 5000, RecentCalls.Capacity);
        Assert.Null(recent.Find(3));
        Assert.Equal([2UL, 1, 0], recent.Page(0, 10, out var next, call => call.Verdict.Code == VerdictCode.NoRoute).Select(call => call.Record.Id));
        Assert.Equal(0, next);
        Assert.Equal(RecentCalls.Capacity + 3, recent.Page(0, 5000, out _).Count);
        Assert.Equal([1UL, 0], recent.Page(3, 10, out _).Select(call => call.Record.Id));
    }

    public static TheoryData<string, VerdictCode> Media => new()
    {
        { "poor", VerdictCode.PoorAudio }, { "foreign", VerdictCode.PayloadMismatch }, { "one way", VerdictCode.OneWayMedia }, { "none", VerdictCode.NoMedia }, { "stopped", VerdictCode.MediaStopped },
        { "good", VerdictCode.Completed },
    };

    /// <summary>However well it ended: what nobody could understand went wrong.</summary>
    [Theory]
    [MemberData(nameof(Media))]
    public void A_call_that_was_not_heard_stays_too(string media, VerdictCode code)
    {
        var good = new StreamStatistics { Packets = 1000, IsRtp = true, Codec = AudioCodec.G711, Expected = 1000, Received = 1000 };
        var heard = new StreamSide { Due = TimeSpan.FromMinutes(1), IsHeard = true };
        var silent = new StreamSide { Due = TimeSpan.FromMinutes(1), Silent = TimeSpan.FromMinutes(1) };
        var stream = media switch
        {
            "poor" => new CallStream(0, StreamKind.Audio, good with { Received = 600 }, good) { Caller = heard, Callee = heard },
            "foreign" => new CallStream(0, StreamKind.Audio, good, good with { ForeignPackets = 500, ForeignType = 99 }) { Caller = heard, Callee = heard },
            "one way" => new CallStream(0, StreamKind.Audio, good, default) { Caller = heard, Callee = silent },
            "none" => new CallStream(0, StreamKind.Audio, default, default) { Caller = silent, Callee = silent },
            "stopped" => new CallStream(0, StreamKind.Audio, good, good) { Caller = heard, Callee = heard with { Silent = TimeSpan.FromSeconds(20) } },
            _ => new CallStream(0, StreamKind.Audio, good, good) { Caller = heard, Callee = heard },
        };
        var recent = new RecentCalls();
        recent.Add(JudgedCall.Of(new CallRecord(1, default, default) { Cause = CallCause.CalleeHungUp, Answered = DateTimeOffset.UnixEpoch, Ended = DateTimeOffset.UnixEpoch + TimeSpan.FromMinutes(1), Streams = [stream] }));
        Assert.Equal(code, recent.Find(1)!.Verdict.Code);
        Add(recent, 5000, RecentCalls.Capacity);
        Assert.Equal(code != VerdictCode.Completed, recent.Find(1) is not null);
    }

    [Fact]
    public void Refusals_have_a_list_of_their_own()
    {
        var recent = new RecentCalls();
        Add(recent, 0, 2);
        recent.Add(JudgedCall.Of(new CallRecord(7, default, default) { Cause = CallCause.NotAdmitted, Refusal = new Refusal(RefusalReason.Draining, AuthenticationOutcome.Accepted) }));

        Assert.Equal([7UL], recent.Page(0, 10, out _, isRefused: true).Select(call => call.Record.Id));
        Assert.Equal([1UL, 0], recent.Page(0, 10, out _).Select(call => call.Record.Id));
        Assert.NotNull(recent.Find(7));
    }

    /// <summary>A call that went wrong is in the list for weeks, and what was configured when it came may have 200,000 users.</summary>
    [Fact]
    public void Configurations_are_outdated_after_a_few_more()
    {
        var recent = new RecentCalls();
        var models = Enumerable.Range(0, RecentCalls.Dialplans + 1).Select(_ => Model()).ToArray();
        var calls = models.Select((model, number) => Failed(number, model)).ToArray();
        foreach (var (number, model) in models.Index())
        {
            Assert.Empty(recent.Outdated());
            Assert.Equal(number == RecentCalls.Dialplans, recent.Configured(model.Dialplan));
            recent.Add(JudgedCall.Of(calls[number]));
        }

        Assert.Equal([calls[0]], recent.Outdated());
        Assert.Equal([true, false, false, false], calls.Select(recent.IsOutdated));
        calls[0].Forget([1]);
        Assert.Empty(recent.Outdated());
        Assert.Equal([1], calls[0].Note!);
    }

    /// <summary>A record may wait for its file for hours.</summary>
    [Fact]
    public void What_is_in_no_list_holds_no_configuration()
    {
        var recent = new RecentCalls();
        var model = Model();
        recent.Configured(model.Dialplan);
        var (failed, usual) = (Failed(1, model), new CallRecord(2, default, default) { Model = model, Cause = CallCause.CallerCancelled, Ended = DateTimeOffset.UnixEpoch });
        var refused = new CallRecord(3, default, default) { Model = model, Refusal = new Refusal(RefusalReason.Draining, AuthenticationOutcome.Accepted) };
        recent.Add(JudgedCall.Of(failed));
        recent.Add(JudgedCall.Of(usual));
        recent.Add(JudgedCall.Of(refused));

        Assert.Null(refused.Model);
        Add(recent, 10, RecentCalls.Capacity, CallCause.NoRoute);
        Assert.Equal((model, null), (failed.Model, usual.Model));
        failed.Forget([1]);
        Add(recent, 5000, RecentCalls.Capacity, CallCause.NoRoute);
        Assert.Equal((null, null), (failed.Model, failed.Note));
    }

    private static GatewayModel Model() => new SceneModel(new SceneOptions()).Gateway with { Dialplan = new RouteTable([], Random.Shared) };

    private static CallRecord Failed(int id, GatewayModel model) => new((ulong)id, default, default) { Model = model, Cause = CallCause.NoRoute, Ended = DateTimeOffset.UnixEpoch };

    private static void Add(RecentCalls recent, int first, int count, CallCause cause = CallCause.CallerCancelled)
    {
        for (var id = first; id < first + count; id++)
        {
            recent.Add(JudgedCall.Of(new CallRecord((ulong)id, default, default) { Cause = cause, Ended = DateTimeOffset.UnixEpoch }));
        }
    }
}
