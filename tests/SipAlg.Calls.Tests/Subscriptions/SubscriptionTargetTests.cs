using SipAlg.Calls.Calls;
using SipAlg.Calls.Dialplan;
using SipAlg.Calls.Model;
using SipAlg.Protocol.Sip;
using SipAlg.Signaling.Transports;
using SipAlg.Testing.Calls;
using SipAlg.Testing.Phones;

namespace SipAlg.Calls.Tests.Subscriptions;

/// <summary>Where a subscription goes, how many there may be, and what ends them from the gateway's side.</summary>
public sealed class SubscriptionTargetTests : SubscriptionTest
{
    protected override SceneOptions Options => new()
    {
        Peer = peer => peer.Name switch
        {
            "alice" => peer with { Limits = new PeerLimits(null, null) { Subscriptions = 2 } },
            "dave" => peer with { Limits = new PeerLimits(null, null) { Subscriptions = 1 } },
            _ => peer,
        },
        Routes = model =>
        [
            SceneModel.Route("two", [SceneModel.Called("two")], SceneModel.To(model.Bob), SceneModel.To(model.Carol) with { NoAnswer = TimeSpan.FromSeconds(1) }),
            SceneModel.Route("quick", [SceneModel.Called("quick")], SceneModel.To(model.Bob) with { NoAnswer = TimeSpan.FromSeconds(3) }, SceneModel.To(model.Carol)),
            SceneModel.Route("only calls", [SceneModel.Called("calls"), new MethodCondition(["INVITE"])], SceneModel.To(model.Bob)),
            SceneModel.Route("no calls", [SceneModel.Called("calls")], new Rejection(405, "Calls only")),
            SceneModel.Dialplan(SceneModel.Head("emergency", [SceneModel.Called("112")], isEmergency: true), RouteEdits.None, SceneModel.To(model.Bob)),
        ],
    };

    [Theory]
    [InlineData(503)]
    [InlineData(500)]
    [InlineData(408)]
    public void The_next_target_is_tried(int status)
    {
        var a = Alice.Subscribe("two");
        var b = Bob.ExpectSubscription();
        b.AnswerTo(b.Asked, status);
        var c = Scene.Carol.ExpectSubscription();
        Assert.NotEqual(b.CallId, c.CallId);
        Assert.Equal(0, Scene.Peers[Scene.Model.Bob.Index].Subscriptions.Taken);
        b.Notify(Bob);
        Bob.ExpectResponse(481);
        c.Grant(Scene.Carol);
        a.ExpectSubscribed();
        c.Notify(Scene.Carol, "terminated");
        a.ExpectNotify();
        Scene.Carol.ExpectResponse(200);
        End();
    }

    [Theory]
    [InlineData(486)]
    [InlineData(603)]
    public void A_refusal_ends_the_search(int status)
    {
        var a = Alice.Subscribe("two");
        var b = Bob.ExpectSubscription();
        b.AnswerTo(b.Asked, status);
        a.Expect(status);
        Scene.Carol.ExpectNothing();
        End();
    }

    /// <summary>Alice waits for 32 s: half of that is the first target's, unless the dialplan says less.</summary>
    [Theory]
    [InlineData("two", 16_000)]
    [InlineData("quick", 3_000)]
    public void A_silent_target_gets_its_share_of_the_time(string called, long share)
    {
        var a = Alice.Subscribe(called);
        Scene.Advance(share - 1);
        Scene.Carol.ExpectNothing();
        Scene.Advance(1);
        var c = Scene.Carol.ExpectSubscription();
        Bob.Take();
        c.Grant(Scene.Carol);
        a.ExpectSubscribed();
        Scene.Advance(Timeout - 1);
        c.Notify(Scene.Carol, "terminated");
        a.ExpectNotify();
        Scene.Carol.ExpectResponse(200);
        Bob.Take();
        End();
    }

    [Fact]
    public void When_all_are_silent_the_answer_is_504()
    {
        var a = Alice.Subscribe("two");
        Scene.Advance(Timeout);
        a.Expect(504);
        Bob.Take();
        Scene.Carol.Take();
        Assert.Equal(0, Scene.Calls.Owners);
        Scene.End();
    }

    /// <summary>The first target has notified, so that only its answer is late.</summary>
    [Fact]
    public void A_target_that_notified_is_not_left()
    {
        var a = Alice.Subscribe("two");
        var b = Bob.ExpectSubscription();
        Notified(a, b);
        Scene.Advance(20_000);
        Scene.Carol.ExpectNothing();
        Bob.Take();
        b.Grant(Bob);
        a.ExpectSubscribed();
        Unsubscribe(a, b);
    }

    [Fact]
    public void A_target_that_cannot_be_reached_is_left_at_once()
    {
        var a = Alice.Subscribe("two");
        Bob.ExpectSubscription();
        Scene.Turn(() => Scene.Harness.Unreachable(Bob.Flow));
        Scene.Advance(1);
        var c = Scene.Carol.ExpectSubscription();
        c.AnswerTo(c.Asked, 404);
        a.Expect(404);
        End();
    }

    [Theory]
    [InlineData("echo", 405)]
    [InlineData("barred", 403)]
    [InlineData("calls", 405)]
    public void What_has_no_target_is_refused(string called, int status)
    {
        Alice.Subscribe(called).Expect(status);
        End();
    }

    [Fact]
    public void A_stranger_and_what_is_not_understood_are_refused()
    {
        var stranger = Scene.Phone("eve", SceneModel.Inside, "127.91.0.66", 5060);
        stranger.Subscribe().Expect(403);
        Alice.Subscribe(headers: "Require: eventlist\r\n").Expect(420);
        Alice.Subscribe(headers: "Max-Forwards: 0\r\n").Expect(483);
        var a = Alice.Dialog();
        a.Request("SUBSCRIBE", "Expires: 600\r\n");
        a.Expect(400);
        a.SetTarget("http://x");
        a.Request("SUBSCRIBE", "Event: dialog\r\n");
        a.Expect(416);
        End();
    }

    [Fact]
    public void While_draining_those_that_stand_go_on()
    {
        var (a, b) = Subscribed();
        Scene.Calls.IsDraining = true;
        Assert.Equal("5", Alice.Subscribe().Expect(503).Header(HeaderId.RetryAfter));
        a.Refresh(Alice);
        b.Grant(Bob, 600, b.ExpectRequest("SUBSCRIBE"));
        a.Expect(200);
        Unsubscribe(a, b);
    }

    [Fact]
    public void Subscriptions_of_a_peer_are_limited()
    {
        var (a, b) = Subscribed();
        var (c, d) = Subscribed();
        Assert.Equal("5", Alice.Subscribe().Expect(503).Header(HeaderId.RetryAfter));
        var e = Alice.Subscribe("112");
        var f = Bob.ExpectSubscription();
        f.AnswerTo(f.Asked, 403);
        e.Expect(403);
        foreach (var (x, y) in new[] { (a, b), (c, d) })
        {
            y.Notify(Bob, "terminated");
            x.ExpectNotify();
            Bob.ExpectResponse(200);
        }

        a = Bob.Subscribe("dave");
        var dave = Scene.Dave.ExpectSubscription();
        Alice.Subscribe("dave").Expect(503);
        dave.AnswerTo(dave.Asked, 486);
        a.Expect(486);
        End();
    }

    private void HangUpAll(CallCause cause = CallCause.GatewayStopped) => Scene.Turn(() => Scene.Calls.HangUpAll(cause));

    [Fact]
    public void The_gateway_stops()
    {
        var (a, b) = Subscribed(name: "presence;id=4");
        b.Notify(Bob, name: "presence;id=4");
        a.ExpectRequest("NOTIFY");
        HangUpAll();
        var last = a.ExpectNotify();
        Assert.StartsWith("terminated;reason=probation;retry-after=", last.Header(HeaderId.SubscriptionState), StringComparison.Ordinal);
        Assert.Equal("presence;id=4", last.Header(HeaderId.Event));
        Bob.ExpectResponse(481);
        var subscribe = b.ExpectRequest("SUBSCRIBE");
        Assert.Equal(("0", "presence;id=4"), (subscribe.Header(HeaderId.Expires), subscribe.Header(HeaderId.Event)));
        HangUpAll();
        Alice.ExpectNothing();
        b.Grant(Bob, 0, subscribe);
        Assert.Equal(0, Scene.Calls.Owners);
        b.Notify(Bob, "terminated", name: "presence;id=4");
        Bob.ExpectResponse(481);
        Scene.Advance(Timeout);
        Alice.Take();
        End();
    }

    [Fact]
    public void The_gateway_stops_and_nobody_answers()
    {
        Subscribed();
        HangUpAll(CallCause.HungUpByOperator);
        Assert.Equal(1, Scene.Calls.Counters.Subscriptions);
        Scene.Advance(Timeout);
        Alice.Take();
        Bob.Take();
        End();
    }

    [Fact]
    public void The_gateway_stops_before_the_answer()
    {
        var a = Alice.Subscribe();
        var b = Bob.ExpectSubscription();
        HangUpAll();
        Assert.NotNull(a.Expect(503).Header(HeaderId.RetryAfter));
        b.Grant(Bob);
        b.Notify(Bob);
        Bob.ExpectResponse(481);
        End();
    }

    /// <summary>A subscriber over TCP has lost its connection: NOTIFYs go out over a new one, or over the one that it refreshes by.</summary>
    [Fact]
    public void Over_connections()
    {
        var first = Scene.Phone("alice", SceneModel.Inside, SceneModel.AliceAddress, 5061, connection: 7);
        var a = first.Subscribe();
        var b = Bob.ExpectSubscription();
        b.Grant(Bob);
        a.ExpectSubscribed();
        Notified(a, b);
        Scene.Harness.Network.Outcome = flow => flow.Connection == 7 ? SendResult.Closed : flow.IsReliable ? SendResult.Queued : SendResult.Sent;
        b.Notify(Bob);
        first.Take();
        Scene.Advance(1);
        Bob.ExpectResponse(503);
        Notified(a, b);

        var second = Scene.Phone("alice", SceneModel.Inside, SceneModel.AliceAddress, 5061, connection: 8);
        second.Send(System.Text.Encoding.UTF8.GetBytes(a.LastRequest.Replace("CSeq: 2 ", "CSeq: 3 ", StringComparison.Ordinal)
            .Replace("branch=z9hG4bK", "branch=z9hG4bKnew", StringComparison.Ordinal).Replace(">\r\nCall-ID", $">;tag={a.RemoteTag}\r\nCall-ID", StringComparison.Ordinal)));
        b.Grant(Bob, 600, b.ExpectRequest("SUBSCRIBE"));
        first.ExpectResponse(200);
        b.Notify(Bob, "terminated");
        var last = first.ExpectRequest("NOTIFY");
        Assert.Equal(8UL, last.Flow.Connection);
        a.AnswerTo(last, 200);
        Bob.ExpectResponse(200);
        End();
    }
}
