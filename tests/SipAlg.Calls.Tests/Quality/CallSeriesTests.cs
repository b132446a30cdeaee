using SipAlg.Calls.Calls;
using SipAlg.Calls.Model;
using SipAlg.Calls.Quality;
using SipAlg.Calls.Tests.Calls;
using SipAlg.Testing.Calls;

namespace SipAlg.Calls.Tests.Quality;

/// <summary>The series of a call are there while it is alive, and in its record.</summary>
public sealed class CallSeriesTests : DtmfTest
{
    private static CallSettings Looking(TimeSpan? step) => new(TimeSpan.FromMinutes(3), null, TimeSpan.Zero) { SeriesStep = step };

    protected override SceneOptions Options => new() { Calls = Looking(TimeSpan.FromSeconds(5)) };

    private CallStream Live
    {
        get
        {
            var page = new CallRecord[1];
            Scene.Calls.List(0, page, out _);
            return Scene.Calls.StreamsOf(page[0].Id)[0];
        }
    }

    private void AliceTalks(int packets)
    {
        for (var packet = 0; packet < packets; packet++)
        {
            FromAlice.SendAudio();
            FromBob.Receive();
        }
    }

    private static long[] Packets(QualitySeries series) => [.. series.Points.ToArray().Select(point => point.Packets)];

    [Fact]
    public void A_look_every_few_seconds_and_one_at_the_end()
    {
        var (a, b) = Call();
        AliceTalks(3);
        Assert.Null(Live.SeriesFromCaller);
        Scene.Advance(5000);
        AliceTalks(2);
        Scene.Advance(5000);
        var live = Live;
        Assert.Equal([3, 2], Packets(live.SeriesFromCaller!));
        Assert.Null(live.SeriesFromCallee);

        FromBob.SendAudio();
        FromAlice.Receive();
        Scene.Advance(2000);
        End(a, b);
        var record = Scene.Journal.Ended[0];
        var (caller, callee) = (record.Streams[0].SeriesFromCaller!, record.Streams[0].SeriesFromCallee!);
        Assert.Equal([3, 2, 0], Packets(caller));
        Assert.Equal((record.Answered, record.Answered!.Value.AddSeconds(12), 5.0), (caller.From, caller.To, caller.Step.TotalSeconds));

        // It had sent nothing before: its series begins with the step of its first packet.
        Assert.Equal([1], Packets(callee));
        Assert.Equal(record.Answered.Value.AddSeconds(10), callee.From);
        Assert.Equal([3, 2], Packets(live.SeriesFromCaller!));
    }

    [Fact]
    public void A_call_that_is_over_before_the_first_look_has_none()
    {
        var (a, b) = Call();
        AliceTalks(3);
        Scene.Advance(4999);
        End(a, b);
        Assert.Null(Scene.Journal.Ended[0].Streams[0].SeriesFromCaller);
    }

    [Fact]
    public void A_service_has_one_too()
    {
        var a = Alice.Call("echo", AliceSdp());
        FromAlice.Learn(Scene.Model.InsideAddress, a.ExpectAnswered());
        FromAlice.SendAudio();
        FromAlice.Receive();
        Scene.Advance(5000);
        Assert.Equal([1], Packets(Live.SeriesFromCaller!));
        a.Bye();
        a.Expect(200);
        Scene.End(CallCause.CallerHungUp, CallOutcome.Answered, 200);
    }
}

/// <summary>The same switched off.</summary>
public sealed class CallSeriesOffTests : DtmfTest
{
    protected override SceneOptions Options => new();

    [Fact]
    public void Nobody_looks()
    {
        var (a, b) = Call();
        FromAlice.SendAudio();
        FromBob.Receive();
        Scene.Advance(20_000);
        End(a, b);
        Assert.Null(Scene.Journal.Ended[0].Streams[0].SeriesFromCaller);
    }
}
