using SipAlg.Calls.Calls;
using SipAlg.Calls.Dialplan;
using SipAlg.Calls.Model;
using SipAlg.Calls.Peers;
using SipAlg.Protocol.Sip;
using SipAlg.Signaling.Resolution;
using SipAlg.Signaling.Transports;
using SipAlg.Testing.Calls;

namespace SipAlg.Calls.Tests.Calls.NextHops;

/// <summary>RFC 3263 §4.3: a target that is at several places, and one whose name has to be looked for first.</summary>
public sealed class PlaceTests : NextHopTest
{
    private const string BobAt = SceneModel.BobAddress + ":5060";
    private const string CarolAt = SceneModel.CarolAddress + ":5060";

    private double? _perSecond;

    protected override SceneOptions Options => new()
    {
        Peer = peer => peer.Name == "bob"
            ? peer with { Address = new PeerAddress { Host = "pbx.example" }, AcceptFrom = [.. peer.AcceptFrom, new(SceneModel.Endpoint(SceneModel.CarolAddress, 0).Address, 32)], Limits = new PeerLimits(1, _perSecond) }
            : peer,
        Routes = model =>
        [
            Route("two", [SceneModel.To(model.Bob) with { NoAnswer = TimeSpan.FromSeconds(20) }, SceneModel.To(model.Dave)]),
            Route("none", [SceneModel.To(model.Bob), SceneModel.To(model.Dave)], head => head with { TryNextOn = new StatusSet([]) }),
            Route("name", [Uri("sip:ext@host.example")]),
            Route("name-then", [Uri("sip:ext@host.example;transport=udp"), SceneModel.To(model.Dave)], head => head with { TryNextOn = new StatusSet([]) }),
            Route("tls", [Uri("sips:ext@127.92.0.30")]),
            SceneModel.Dialplan(
                SceneModel.Head("ring", [SceneModel.Called("ring")]) with { RingsAll = true }, RouteEdits.None,
                Uri("sip:ext@host.example") with { Priority = 1 }, SceneModel.To(model.Dave) with { Priority = 1 }),
        ],
    };

    private void BobIsAt(params string[] endpoints) => Scene.Peers[1].Hops.Set(SceneNames.Places("pbx.example", endpoints));

    [Fact]
    public void A_peer_whose_name_is_not_found_is_passed_over()
    {
        Scene.Peers[1].Hops.Miss();
        var a = Alice.Call("two");
        Completes(a, Dave.ExpectCall());
        Assert.Empty(Scene.Names.Open);
        Scene.End(CallCause.CallerHungUp, CallOutcome.Answered, 200);
    }

    /// <summary>As right after a start: the first look-up is under way.</summary>
    [Fact]
    public void A_call_waits_until_a_peers_name_has_been_looked_for()
    {
        Scene.Names.Set("pbx.example", BobAt);
        var a = Alice.Call("two");
        Bob.ExpectNothing();
        Assert.Equal("pbx.example", Assert.Single(Scene.Names.Open).Target.Host);
        Scene.Resolve();
        Completes(a, Bob.ExpectCall());
        Assert.Equal("bob", Scene.End(CallCause.CallerHungUp, CallOutcome.Answered, 200).ToPeer);
    }

    [Fact]
    public void A_call_that_has_waited_in_vain_goes_on()
    {
        var a = Alice.Call("two");
        Scene.Resolve();
        Completes(a, Dave.ExpectCall());
        Scene.End(CallCause.CallerHungUp, CallOutcome.Answered, 200);
    }

    [Fact]
    public void A_caller_that_does_not_want_to_wait_gives_up()
    {
        Scene.Names.Set("pbx.example", BobAt);
        var a = Alice.Call("two");
        a.Cancel();
        Scene.Resolve();
        Bob.ExpectNothing();
        Alice.Take();
        a.Ack();
        Scene.End();
    }

    [Theory]
    [InlineData("two")]
    [InlineData("none")]
    public void After_503_the_peers_next_place_is_asked_whatever_the_route_says(string called)
    {
        BobIsAt(BobAt, CarolAt);
        var a = Alice.Call(called);
        var b = Bob.ExpectCall();
        Assert.StartsWith($"INVITE sip:{called}@pbx.example SIP/2.0\r\n", b.Asked.Text, StringComparison.Ordinal);
        Refuse(b, 503);
        var c = Carol.ExpectCall();
        Assert.NotEqual(b.Asked.Header(HeaderId.CallId), c.Asked.Header(HeaderId.CallId));
        Dave.ExpectNothing();
        Completes(a, c);
        Assert.Equal("bob", Scene.End(CallCause.CallerHungUp, CallOutcome.Answered, 200).ToPeer);
        Assert.Equal((1, 1), (Scene.Peers[1].Attempts[(int)AttemptOutcome.Refused], Scene.Peers[1].Attempts[(int)AttemptOutcome.Answered]));
    }

    [Fact]
    public void The_next_place_is_no_further_call_to_the_peers_limits()
    {
        _perSecond = 1;
        BobIsAt(BobAt, CarolAt);
        var a = Alice.Call("two");
        Refuse(Bob.ExpectCall(), 503);
        Completes(a, Carol.ExpectCall());
        Scene.End(CallCause.CallerHungUp, CallOutcome.Answered, 200);
        Assert.Equal(0, Scene.Peers[1].ActiveCalls);
    }

    [Fact]
    public void After_icmp_the_next_place_is_asked()
    {
        BobIsAt(BobAt, CarolAt);
        var a = Alice.Call("two");
        Bob.ExpectCall();
        Scene.Turn(() => Scene.Harness.Unreachable(Bob.Flow, UnreachableReason.Port));
        Scene.Advance(1);
        Completes(a, Carol.ExpectCall());
        Scene.End(CallCause.CallerHungUp, CallOutcome.Answered, 200);
    }

    [Fact]
    public void After_silence_the_next_place_is_asked()
    {
        BobIsAt(BobAt, CarolAt);
        var a = Alice.Call("none");
        Bob.ExpectCall();
        Scene.Advance(64 * CallScene.T1);
        Completes(a, Carol.ExpectCall());
        Assert.Equal("bob", Scene.End(CallCause.CallerHungUp, CallOutcome.Answered, 200).ToPeer);
    }

    [Fact]
    public void A_place_that_failed_goes_last_for_a_while()
    {
        BobIsAt(BobAt, CarolAt);
        var first = Alice.Call("none");
        Bob.ExpectCall();
        Scene.Turn(() => Scene.Harness.Unreachable(Bob.Flow, UnreachableReason.Port));
        Scene.Advance(1);
        Completes(first, Carol.ExpectCall());

        Completes(Alice.Call("none"), Carol.ExpectCall());

        Scene.Advance((long)PeerHops.Rest.TotalMilliseconds);
        Completes(Alice.Call("none"), Bob.ExpectCall());
        Scene.End();
    }

    /// <summary>RFC 3261 §21.5.4: of one of several servers Retry-After says how long the others go first.</summary>
    [Fact]
    public void A_place_that_asks_for_a_rest_gets_it()
    {
        BobIsAt(BobAt, CarolAt);
        var a = Alice.Call("none");
        Refuse(Bob.ExpectCall(), 503, headers: "Retry-After: 120\r\n");
        Completes(a, Carol.ExpectCall());
        Assert.Equal(TimeSpan.Zero, Scene.Peers[1].RestLeft(Scene.Calls.Room.Time));

        Scene.Advance(60_000);
        Completes(Alice.Call("none"), Carol.ExpectCall());
        Scene.End();
    }

    [Fact]
    public void When_all_places_fail_the_target_has()
    {
        BobIsAt(BobAt, CarolAt);
        var a = Alice.Call("two");
        Refuse(Bob.ExpectCall(), 503);
        Refuse(Carol.ExpectCall(), 503, headers: "Retry-After: 120\r\n");
        Completes(a, Dave.ExpectCall());
        Assert.Equal(TimeSpan.FromSeconds(120), Scene.Peers[1].RestLeft(Scene.Calls.Room.Time));
        Scene.End(CallCause.CallerHungUp, CallOutcome.Answered, 200);
    }

    [Theory]
    [InlineData(486)]
    [InlineData(500)]
    [InlineData(600)]
    public void Another_refusal_is_the_peers(int status)
    {
        BobIsAt(BobAt, CarolAt);
        var a = Alice.Call("none");
        Refuse(Bob.ExpectCall(), status);
        Carol.ExpectNothing();
        Fails(a, status, CallCause.CalleeRefused, "bob");
    }

    /// <summary>A target has its time once, not at each of its places.</summary>
    [Fact]
    public void All_places_share_the_targets_time()
    {
        BobIsAt(BobAt, CarolAt);
        var a = Alice.Call("two");
        var b = Bob.ExpectCall();
        b.Answer(100);
        Scene.Advance(15_000);
        Refuse(b, 503);
        var c = Carol.ExpectCall();
        c.Answer(180);
        a.Expect(180);
        Scene.Advance(4_999);
        Dave.ExpectNothing();
        Scene.Advance(1);
        c.AnswerTo(c.ExpectRequest("CANCEL"), 200);
        Refuse(c, 487);
        Completes(a, Dave.ExpectCall());
        Scene.End(CallCause.CallerHungUp, CallOutcome.Answered, 200);
    }

    [Fact]
    public void A_place_that_the_realm_cannot_reach_is_left_out()
    {
        BobIsAt("[2001:db8::1]:5060", CarolAt);
        var a = Alice.Call("two");
        Completes(a, Carol.ExpectCall());
        Scene.End(CallCause.CallerHungUp, CallOutcome.Answered, 200);
    }

    [Fact]
    public void A_call_waits_until_its_target_is_found()
    {
        Scene.Names.Set("host.example", CarolAt);
        var a = Alice.Call("name");
        a.Expect(100);
        var question = Assert.Single(Scene.Names.Open);
        Assert.Equal(new SipTarget("host.example", 0, null, false), question.Target);
        Assert.True(question.Reach.Has(Transport.Udp, isV4: true));
        Assert.False(question.Reach.Has(Transport.Udp, isV4: false));

        Scene.Resolve();
        var c = Carol.ExpectCall();
        Assert.StartsWith("INVITE sip:ext@host.example SIP/2.0\r\n", c.Asked.Text, StringComparison.Ordinal);
        Completes(a, c);
        Scene.End(CallCause.CallerHungUp, CallOutcome.Answered, 200);
    }

    [Fact]
    public void The_caller_may_give_up_meanwhile()
    {
        Scene.Names.Set("host.example", CarolAt);
        var a = Alice.Call("name");
        a.Cancel();
        a.Expect(200);
        a.Expect(487);
        Scene.End(CallCause.CallerCancelled, CallOutcome.Cancelled, 487);

        Scene.Resolve();
        Carol.ExpectNothing();
        Assert.Equal(0, Scene.Calls.Owners);
    }

    [Fact]
    public void The_operator_may_end_it_meanwhile()
    {
        var a = Alice.Call("name");
        Scene.Turn(() => Scene.Calls.HangUpAll(CallCause.HungUpByOperator));
        a.Expect(480);
        Scene.Resolve();
        Scene.End(CallCause.HungUpByOperator, CallOutcome.Rejected, 480);
    }

    [Fact]
    public void What_is_not_found_leads_on()
    {
        var a = Alice.Call("name-then");
        Scene.Resolve();
        Completes(a, Dave.ExpectCall());

        var alone = Alice.Call("name");
        Scene.Resolve();
        alone.Expect(503);
        Scene.End();
    }

    [Fact]
    public void Each_place_of_a_name_is_tried()
    {
        Scene.Names.Set("host.example", BobAt, CarolAt);
        var a = Alice.Call("name");
        Scene.Resolve();
        Refuse(Bob.ExpectCall(), 503);
        Completes(a, Carol.ExpectCall());
        Scene.End(CallCause.CallerHungUp, CallOutcome.Answered, 200);
    }

    [Fact]
    public void Others_ring_while_a_name_is_looked_for()
    {
        Scene.Names.Set("host.example", CarolAt);
        var a = Alice.Call("ring");
        var d = Dave.ExpectCall();
        Scene.Resolve();
        var c = Carol.ExpectCall();
        d.Answer(180);
        a.Expect(180);
        d.Accept();
        a.ExpectAnswered();
        c.Answer(180);
        c.AnswerTo(c.ExpectRequest("CANCEL"), 200);
        Refuse(c, 487);
        HangUp(a, d);
        Scene.End(CallCause.CallerHungUp, CallOutcome.Answered, 200);
    }

    [Fact]
    public void Who_answers_first_ends_the_search()
    {
        Scene.Names.Set("host.example", CarolAt);
        var a = Alice.Call("ring");
        var d = Dave.ExpectCall();
        d.Accept();
        a.ExpectAnswered();
        Scene.Resolve();
        Carol.ExpectNothing();
        HangUp(a, d);
        Scene.End(CallCause.CallerHungUp, CallOutcome.Answered, 200);
    }

    [Fact]
    public void The_call_goes_on_to_the_search_when_the_other_one_fails()
    {
        Scene.Names.Set("host.example", CarolAt);
        var a = Alice.Call("ring");
        Refuse(Dave.ExpectCall(), 486);
        Scene.Resolve();
        Completes(a, Carol.ExpectCall());
        Scene.End(CallCause.CallerHungUp, CallOutcome.Answered, 200);
    }

    /// <summary>RFC 3261 §26.2.2: never without TLS.</summary>
    [Fact]
    public void A_secure_uri_is_not_asked_over_anything_else()
    {
        var a = Alice.Call("tls");
        Carol.ExpectNothing();
        Fails(a, 503, CallCause.NoTargetUsable, null);
    }
}
