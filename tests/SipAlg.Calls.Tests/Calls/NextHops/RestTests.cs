using SipAlg.Calls.Calls;
using SipAlg.Calls.Dialplan;
using SipAlg.Calls.Model;
using SipAlg.Testing.Calls;
using SipAlg.Testing.Phones;

namespace SipAlg.Calls.Tests.Calls.NextHops;

/// <summary>A peer that answers 503 with Retry-After is passed over for as long (RFC 3261 §21.5.4).</summary>
public sealed class RestTests : NextHopTest
{
    private int? _limit;

    protected override SceneOptions Options => new()
    {
        Peer = peer => peer.Name == "dave" ? peer with { Limits = new PeerLimits(_limit, null) } : peer,
        Routes = model =>
        [
            Route("two", [SceneModel.To(model.Bob), SceneModel.To(model.Carol)]),
            Route("firm", [SceneModel.To(model.Bob), SceneModel.To(model.Carol)], head => head with { TryNextOn = new StatusSet([]) }),
            Route("112", [SceneModel.To(model.Bob), SceneModel.To(model.Carol)], head => head with { IsEmergency = true }),
            Route("ring", [SceneModel.To(model.Bob) with { Priority = 1 }, SceneModel.To(model.Carol) with { Priority = 1 }], head => head with { RingsAll = true }),
            Route("full", [SceneModel.To(model.Bob), SceneModel.To(model.Dave)]),
            Route("uri", [Uri($"sip:x@{SceneModel.BobAddress}:5060"), SceneModel.To(model.Carol)]),
        ],
    };

    /// <summary>Bob asks for a rest; carol takes the call.</summary>
    private void Overload(string headers)
    {
        var a = Alice.Call("two");
        Refuse(Bob.ExpectCall(), 503, headers: headers);
        Completes(a, Carol.ExpectCall());
    }

    private void Asks(string called, ScriptedPhone expected)
    {
        var a = Alice.Call(called);
        (expected == Bob ? Carol : Bob).ExpectNothing();
        Completes(a, expected.ExpectCall());
    }

    [Theory]
    [InlineData("Retry-After: 30\r\n", 30)]
    [InlineData("Retry-After: 30 (in a meeting)\r\n", 30)]
    [InlineData("Retry-After: 30;duration=3600\r\n", 30)]
    [InlineData("Retry-After: 90000\r\n", 3600)]
    [InlineData("Retry-After: 99999999999999999999\r\n", 3600)]
    public void As_long_as_it_asked_and_no_longer(string header, int seconds)
    {
        Overload(header);
        Scene.Advance((seconds * 1000L) - 1);
        Asks("two", Carol);
        Assert.NotEqual(TimeSpan.Zero, Scene.Peers[1].RestLeft(Scene.Harness.Time));
        Scene.Advance(1);
        Assert.Equal(TimeSpan.Zero, Scene.Peers[1].RestLeft(Scene.Harness.Time));
        Asks("two", Bob);
        Scene.End();
        Assert.Equal(["carol", "carol", "bob"], Scene.Journal.Ended.Select(record => record.ToPeer));
    }

    [Theory]
    [InlineData("")]
    [InlineData("Retry-After: 0\r\n")]
    [InlineData("Retry-After: soon\r\n")]
    [InlineData("Retry-After: 30x\r\n")]
    [InlineData("Retry-After: -30\r\n")]
    public void Not_without_a_time(string header)
    {
        Overload(header);
        Asks("two", Bob);
        Scene.End();
    }

    /// <summary>Only 503 says that the peer as a whole can take no call (RFC 3261 §21.5.4), and a failure to reach it says nothing of the next call.</summary>
    [Theory]
    [InlineData(500)]
    [InlineData(504)]
    [InlineData(0)]
    public void Not_for_other_failures(int status)
    {
        var a = Alice.Call("two");
        var b = Bob.ExpectCall();
        if (status == 0)
        {
            Scene.Advance(32_000);
            Bob.Take();
        }
        else
        {
            Refuse(b, status, headers: "Retry-After: 30\r\n");
        }

        Completes(a, Carol.ExpectCall());
        Asks("two", Bob);
        Scene.End();
    }

    [Fact]
    public void Whatever_the_route_says_of_failures()
    {
        Overload("Retry-After: 30\r\n");
        Asks("firm", Carol);
        Scene.End();
    }

    [Fact]
    public void Not_for_an_emergency_call()
    {
        Overload("Retry-After: 30\r\n");
        Asks("112", Bob);
        Scene.End();
    }

    [Fact]
    public void It_does_not_ring_with_others()
    {
        Overload("Retry-After: 30\r\n");
        Asks("ring", Carol);
        Scene.End();
    }

    /// <summary>Of several that rest the first is tried, and no other.</summary>
    [Fact]
    public void If_all_rest_the_best_is_tried_anyway()
    {
        var a = Alice.Call("two");
        Refuse(Bob.ExpectCall(), 503, headers: "Retry-After: 30\r\n");
        Refuse(Carol.ExpectCall(), 503, headers: "Retry-After: 30\r\n");
        a.Expect(503);
        Asks("two", Bob);
        a = Alice.Call("two");
        Refuse(Bob.ExpectCall(), 503);
        Carol.ExpectNothing();
        a.Expect(503);
        Scene.End();
        Assert.Equal([CallCause.CalleeRefused, CallCause.CallerHungUp, CallCause.CalleeRefused], Scene.Journal.Ended.Select(record => record.Cause));
    }

    [Fact]
    public void So_it_is_if_the_others_cannot_be_asked()
    {
        _limit = 0;
        Overload("Retry-After: 30\r\n");
        Asks("full", Bob);
        Scene.End();
    }

    [Fact]
    public void Not_if_another_has_been_asked()
    {
        Overload("Retry-After: 30\r\n");
        var a = Alice.Call("two");
        Refuse(Carol.ExpectCall(), 500);
        Bob.ExpectNothing();
        a.Expect(500);
        Scene.End();
        Assert.Equal("carol", Scene.Journal.Ended[^1].ToPeer);
    }

    [Fact]
    public void It_may_call_meanwhile()
    {
        Overload("Retry-After: 30\r\n");
        var b = Bob.Call("alice");
        Alice.ExpectCall().Accept();
        b.ExpectAnswered();
        b.Bye();
        b.Expect(200);
        Alice.ExpectRequest("BYE");
        Scene.End();
    }

    [Fact]
    public void A_target_that_is_no_peer_cannot_rest()
    {
        var a = Alice.Call("uri");
        Refuse(Bob.ExpectCall(), 503, headers: "Retry-After: 30\r\n");
        Completes(a, Carol.ExpectCall());
        Asks("uri", Bob);
        Scene.End();
    }
}
