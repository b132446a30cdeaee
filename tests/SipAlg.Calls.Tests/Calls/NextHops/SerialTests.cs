using SipAlg.Calls.Calls;
using SipAlg.Calls.Dialplan;
using SipAlg.Calls.Model;
using SipAlg.Signaling.Transports;
using SipAlg.Testing.Calls;
using SipAlg.Testing.Phones;

namespace SipAlg.Calls.Tests.Calls.NextHops;

/// <summary>Targets that are asked one after another: what leads to the next one, and what does not.</summary>
public sealed class SerialTests : NextHopTest
{
    private int? _limit;

    protected override SceneOptions Options => new()
    {
        Peer = peer => peer.Name switch
        {
            "bob" => peer with { Limits = new PeerLimits(_limit, null) },
            "carol" => peer with { Address = peer.Address! with { Transport = Transport.Tcp } },
            _ => peer,
        },
        Routes = model =>
        [
            Route("two", [SceneModel.To(model.Bob) with { NoAnswer = TimeSpan.FromSeconds(20) }, SceneModel.To(model.Dave)]),
            Route("none", [SceneModel.To(model.Bob) with { NoAnswer = TimeSpan.FromSeconds(20) }, SceneModel.To(model.Dave)], head => head with { TryNextOn = new StatusSet([]) }),
            Route("busy", [SceneModel.To(model.Bob), SceneModel.To(model.Dave)], head => head with { TryNextOn = Statuses(486, 486) }),
            Route("tcp", [SceneModel.To(model.Carol), SceneModel.To(model.Dave)], head => head with { TryNextOn = new StatusSet([]) }),
            Route("uris", [Uri("sip:x@no.such.host"), Uri("sip:y@[fe80::1]"), SceneModel.To(model.Dave)], head => head with { TryNextOn = new StatusSet([]) }),
            Route("service-last", [SceneModel.To(model.Bob), SceneModel.Service(ServiceKind.Echo)]),
        ],
    };

    /// <summary>Whatever the route says, silence leads on.</summary>
    [Theory]
    [InlineData("two")]
    [InlineData("none")]
    public void After_no_response(string called)
    {
        var a = Alice.Call(called);
        Bob.ExpectCall();
        Scene.Advance(19_999);
        Dave.ExpectNothing();
        Scene.Advance(1);
        Completes(a, Dave.ExpectCall());
        Assert.Equal("dave", Scene.End(CallCause.CallerHungUp, CallOutcome.Answered, 200).ToPeer);
    }

    [Theory]
    [InlineData("two")]
    [InlineData("none")]
    public void After_ringing_too_long(string called)
    {
        var a = Alice.Call(called);
        var b = Bob.ExpectCall();
        b.Answer(180);
        a.Expect(180);
        Scene.Advance(20_000);
        var cancel = b.ExpectRequest("CANCEL");
        Assert.Null(Reason(cancel));
        b.AnswerTo(cancel, 200);
        Refuse(b, 487);
        Completes(a, Dave.ExpectCall());
        Scene.End(CallCause.CallerHungUp, CallOutcome.Answered, 200);
    }

    [Theory]
    [InlineData(UnreachableReason.Port)]
    [InlineData(UnreachableReason.Host)]
    public void After_icmp_said_that_nobody_is_there(UnreachableReason reason)
    {
        var a = Alice.Call("none");
        Bob.ExpectCall();
        Scene.Turn(() => Scene.Harness.Unreachable(Bob.Flow, reason));
        Scene.Advance(1);
        Completes(a, Dave.ExpectCall());
        Scene.End(CallCause.CallerHungUp, CallOutcome.Answered, 200);
    }

    [Theory]
    [InlineData(ConnectFailure.Refused)]
    [InlineData(ConnectFailure.Timeout)]
    public void After_a_connection_that_was_not_to_be_had(ConnectFailure reason)
    {
        var carol = Scene.Phone("tess", SceneModel.Outside, SceneModel.CarolAddress, 5060, connection: 9);
        var a = Alice.Call("tcp");
        var invite = carol.ExpectCall().Asked;
        Scene.Turn(() => Scene.Harness.ConnectionFailed(invite.Flow, reason));
        Scene.Advance(1);
        Completes(a, Dave.ExpectCall());
        Scene.End(CallCause.CallerHungUp, CallOutcome.Answered, 200);
    }

    [Fact]
    public void After_targets_that_have_no_usable_address()
    {
        var a = Alice.Call("uris");
        Scene.Resolve();
        Completes(a, Dave.ExpectCall());
        Scene.End(CallCause.CallerHungUp, CallOutcome.Answered, 200);
    }

    [Fact]
    public void After_a_target_whose_limit_is_reached()
    {
        _limit = 0;
        var a = Alice.Call("none");
        Bob.ExpectNothing();
        Completes(a, Dave.ExpectCall());
        Scene.End(CallCause.CallerHungUp, CallOutcome.Answered, 200);
    }

    [Theory]
    [InlineData("none", 503)]
    [InlineData("none", 408)]
    [InlineData("busy", 503)]
    [InlineData("busy", 600)]
    [InlineData("two", 486)]
    [InlineData("two", 501)]
    public void Not_after_a_status_that_the_route_does_not_name(string called, int status)
    {
        var a = Alice.Call(called);
        Refuse(Bob.ExpectCall(), status);
        Dave.ExpectNothing();
        Fails(a, status, CallCause.CalleeRefused, "bob");
    }

    [Fact]
    public void After_a_status_that_it_names()
    {
        var a = Alice.Call("busy");
        Refuse(Bob.ExpectCall(), 486);
        Completes(a, Dave.ExpectCall());
        Scene.End(CallCause.CallerHungUp, CallOutcome.Answered, 200);
    }

    /// <summary>An answer that cannot be served is an answer: the callee has picked up.</summary>
    [Fact]
    public void Never_after_an_answer()
    {
        var a = Alice.Call("two");
        var b = Bob.ExpectCall();
        b.Answer(200);
        b.ExpectRequest("ACK");
        b.ExpectBye();
        Dave.ExpectNothing();
        Fails(a, 502, CallCause.NoSdpAnswer, "bob");
    }

    [Fact]
    public void Never_after_an_answered_call()
    {
        var a = Alice.Call("two");
        var b = Bob.ExpectCall();
        b.Accept();
        a.ExpectAnswered();
        b.Bye();
        b.Expect(200);
        a.ExpectBye();
        Dave.ExpectNothing();
        Scene.End(CallCause.CalleeHungUp, CallOutcome.Answered, 200);
    }

    [Fact]
    public void The_ports_of_one_that_failed_go_before_the_next_is_asked()
    {
        var a = Alice.Call("two");
        var b = Bob.ExpectCall();
        b.Answer(183, Bob.Sdp());
        a.Expect(183);
        Ports(2);
        Refuse(b, 500);
        var d = Dave.ExpectCall();
        Ports(2);
        d.Answer(183, Dave.Sdp());
        Assert.NotEqual("", Body(a.Another().Expect(183)));
        Completes(a, d);
        Scene.End(CallCause.CallerHungUp, CallOutcome.Answered, 200);
    }

    /// <summary>RFC 3261 §13.2.1: one answer in a dialog, so that the service needs another one.</summary>
    [Fact]
    public void A_service_behind_early_media_answers_in_a_dialog_of_its_own()
    {
        var a = Alice.Call("service-last");
        var b = Bob.ExpectCall();
        b.Answer(183, Bob.Sdp());
        var early = a.Expect(183);
        Refuse(b, 500);
        var answered = a.ExpectAnswered();
        Assert.NotEqual(Tag(early), Tag(answered));
        Ports(1);
        a.Bye();
        a.Expect(200);
        var record = Scene.End(CallCause.CallerHungUp, CallOutcome.Answered, 200);
        Assert.Null(record.ToPeer);
        Assert.Null(record.ToRealm);
    }

    [Fact]
    public void The_callers_cancel_at_the_second_says_why_as_the_caller_did()
    {
        var a = Alice.Call("two");
        Refuse(Bob.ExpectCall(), 500);
        var d = Dave.ExpectCall();
        d.Answer(180);
        a.Expect(180);
        a.Cancel("Reason: SIP;cause=200;text=\"Call completed elsewhere\"\r\n");
        a.Expect(200);
        a.Expect(487);
        Assert.Equal("SIP;cause=200;text=\"Call completed elsewhere\"", Reason(Cancelled(d)));
        Scene.End(CallCause.CallerCancelled, CallOutcome.Cancelled, 487);
    }

    private static Testing.Lanes.SentMessage Cancelled(PhoneDialog callee)
    {
        var cancel = callee.ExpectRequest("CANCEL");
        callee.AnswerTo(cancel, 200);
        Refuse(callee, 487);
        return cancel;
    }
}
