using SipAlg.Calls.Calls;
using SipAlg.Calls.Dialplan;
using SipAlg.Calls.Model;
using SipAlg.Protocol.Sip;
using SipAlg.Signaling.Transports;
using SipAlg.Testing.Calls;
using SipAlg.Testing.Lanes;
using SipAlg.Testing.Phones;

namespace SipAlg.Calls.Tests.Calls.NextHops;

/// <summary>Targets that ring together: one wins, or the best failure does.</summary>
public sealed class RingTests : NextHopTest
{
    private const string Elsewhere = "SIP;cause=200;text=\"Call completed elsewhere\"";
    private int? _limit;
    private bool _merges;
    private int _mediaPairs = 20;

    protected override SceneOptions Options => new()
    {
        MediaPairs = _mediaPairs,
        Peer = peer => peer.Name switch
        {
            "alice" => peer with { MergesForks = _merges },
            "carol" => peer with { Limits = new PeerLimits(_limit, null) },
            _ => peer,
        },
        Routes = model =>
        [
            Ring("three", Together(SceneModel.To(model.Bob), SceneModel.To(model.Carol), SceneModel.To(model.Dave))),
            Ring("two", Together(SceneModel.To(model.Bob) with { NoAnswer = TimeSpan.FromSeconds(10) }, SceneModel.To(model.Carol) with { NoAnswer = TimeSpan.FromSeconds(20) })),
            Ring("then", [.. Together(SceneModel.To(model.Bob) with { NoAnswer = TimeSpan.FromSeconds(20) }, SceneModel.To(model.Carol)), SceneModel.To(model.Dave) with { Priority = 2 }]),
            Ring("service", Together(SceneModel.To(model.Bob), SceneModel.Service(ServiceKind.Echo), SceneModel.To(model.Carol))),
            Ring("unordered", [SceneModel.To(model.Bob), SceneModel.To(model.Carol)]),
            Ring("crowd", Together([.. Enumerable.Range(6001, 20).Select(port => Uri($"sip:crowd@{SceneModel.BobAddress}:{port}"))])),
        ],
    };

    private static Route Ring(string called, RouteTarget[] targets) => Route(called, targets, head => head with { RingsAll = true });

    private static RouteTarget[] Together(params RouteTarget[] targets) => [.. targets.Select(target => target with { Priority = 1 })];

    private (PhoneDialog A, PhoneDialog B, PhoneDialog C, PhoneDialog D) Three(string offer = "offer")
    {
        var a = Alice.Call("three", offer == "offer" ? null : offer);
        return (a, Bob.ExpectCall(), Carol.ExpectCall(), Dave.ExpectCall());
    }

    /// <summary>Sees the CANCEL of one that has rung, for this reason, and lets it end.</summary>
    private static void Cancelled(PhoneDialog callee, string? reason)
    {
        var cancel = callee.ExpectRequest("CANCEL");
        Assert.Equal(reason, Reason(cancel));
        callee.AnswerTo(cancel, 200);
        Refuse(callee, 487);
    }

    [Fact]
    public void The_first_to_answer_wins_and_the_others_are_told_so()
    {
        var (a, b, c, d) = Three();
        Ports(4);
        b.Answer(180);
        a.Expect(180);
        d.Answer(183, Dave.Sdp());
        a.Another().Expect(183);
        c.Answer(180);
        a.Another().Expect(180);
        c.Accept();
        var answer = a.Another();
        answer.ExpectAnswered();
        Cancelled(b, Elsewhere);
        Cancelled(d, Elsewhere);
        Ports(2);
        HangUp(answer, c);
        var record = Scene.End(CallCause.CallerHungUp, CallOutcome.Answered, 200);
        Assert.Equal(("carol", "outside"), (record.ToPeer, record.ToRealm));
        Assert.Equal([0, 1, 1, 1], Scene.Peers.Select(peer => peer.Attempts.Sum()));
        Assert.Equal(1, Scene.Peers[2].Attempts[(int)SipAlg.Calls.Peers.AttemptOutcome.Answered]);
        Assert.Equal(1, Scene.Peers[3].Attempts[(int)SipAlg.Calls.Peers.AttemptOutcome.Cancelled]);
    }

    /// <summary>RFC 3261 §9.1: one that has not answered at all cannot be cancelled before it does.</summary>
    [Fact]
    public void One_that_rings_too_late_is_cancelled_then()
    {
        var (a, b, c, _) = Three();
        b.Accept();
        a.ExpectAnswered();
        Carol.ExpectNothing();
        c.Answer(180);
        Cancelled(c, Elsewhere);
        HangUp(a, b);
        c.Answer(180);
        Carol.ExpectNothing();
        Scene.End(CallCause.CallerHungUp, CallOutcome.Answered, 200);
    }

    [Fact]
    public void The_reason_of_a_late_cancel_outlives_the_call()
    {
        var (a, b, c, _) = Three();
        b.Accept();
        a.ExpectAnswered();
        HangUp(a, b);
        Assert.Equal(0, Scene.Calls.Count);
        c.Answer(180);
        Cancelled(c, Elsewhere);
        Scene.End(CallCause.CallerHungUp, CallOutcome.Answered, 200);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Who_answers_too_late_gets_ack_and_bye(bool rings)
    {
        var (a, b, c, _) = Three();
        if (rings)
        {
            c.Answer(180);
            a.Expect(180);
        }

        b.Accept();
        (rings ? a.Another() : a).ExpectAnswered();
        if (rings)
        {
            c.ExpectRequest("CANCEL");
        }

        c.Answer(200, Carol.Sdp());
        c.ExpectRequest("ACK");
        c.ExpectBye();
        Alice.ExpectNothing();
        Ports(2);
        b.Bye();
        b.Expect(200);
        Alice.ExpectRequest("BYE");
        Scene.End(CallCause.CalleeHungUp, CallOutcome.Answered, 200);
    }

    [Fact]
    public void All_fail_and_the_best_failure_wins()
    {
        var (a, b, c, d) = Three();
        b.Answer(180);
        a.Expect(180);
        Refuse(b, 486, "Busy", "X-Of: bob\r\n");
        Ports(3);
        Refuse(c, 503);
        Alice.ExpectNothing();
        Refuse(d, 500);
        var response = Fails(a, 486, CallCause.CalleeRefused, "bob");
        Assert.Contains("X-Of: bob\r\n", response.Text, StringComparison.Ordinal);
        Assert.StartsWith("SIP;cause=486;", Reason(response));
    }

    [Fact]
    public void Who_declines_for_everybody_ends_it()
    {
        var (a, b, c, d) = Three();
        b.Answer(180);
        a.Expect(180);
        Refuse(c, 486);
        d.Answer(603, phrase: "No");
        d.ExpectRequest("ACK");
        a.Expect(603);
        Cancelled(b, null);
        var record = Scene.End(CallCause.CalleeRefused, CallOutcome.Failed, 603);
        Assert.Equal("dave", record.ToPeer);
    }

    /// <summary>Each has its own time, counted from its INVITE.</summary>
    [Fact]
    public void Each_rings_as_long_as_it_may()
    {
        var a = Alice.Call("two");
        var (b, c) = (Bob.ExpectCall(), Carol.ExpectCall());
        b.Answer(180);
        c.Answer(180);
        Scene.Advance(9_999);
        Bob.ExpectNothing();
        Scene.Advance(1);
        Cancelled(b, null);
        Ports(2);
        Carol.ExpectNothing();
        Scene.Advance(9_999);
        Carol.ExpectNothing();
        Assert.Equal(2, Alice.Take().Count(sent => sent.StartLine.Contains(" 180 ", StringComparison.Ordinal)));
        Scene.Advance(1);
        Cancelled(c, null);
        var response = Fails(a, 480, CallCause.NoAnswer, "carol");
        Assert.Equal(("SIP/2.0 480 No answer", "SIP;cause=480;text=\"No answer\""), (response.StartLine, Reason(response)));
    }

    [Fact]
    public void One_that_has_rung_long_enough_leaves_the_others_ringing()
    {
        var a = Alice.Call("two");
        var (b, c) = (Bob.ExpectCall(), Carol.ExpectCall());
        b.Answer(180);
        a.Expect(180);
        c.Answer(100);
        Scene.Advance(10_000);
        Cancelled(b, null);
        Completes(a, c);
        Scene.End(CallCause.CallerHungUp, CallOutcome.Answered, 200);
    }

    // ---- the next priority

    [Theory]
    [InlineData(486)]
    [InlineData(503)]
    public void The_next_priority_follows_where_one_failure_leads_on(int other)
    {
        var a = Alice.Call("then");
        var (b, c) = (Bob.ExpectCall(), Carol.ExpectCall());
        b.Answer(180);
        a.Expect(180);
        Refuse(c, other);
        Dave.ExpectNothing();
        Scene.Advance(20_000);
        Cancelled(b, null);
        Completes(a, Dave.ExpectCall());
        Scene.End(CallCause.CallerHungUp, CallOutcome.Answered, 200);
    }

    [Fact]
    public void The_next_priority_does_not_follow_where_none_does()
    {
        var a = Alice.Call("then");
        var (b, c) = (Bob.ExpectCall(), Carol.ExpectCall());
        Refuse(b, 486);
        Refuse(c, 404);
        Dave.ExpectNothing();
        Fails(a, 404, CallCause.CalleeRefused, "carol");
    }

    [Fact]
    public void The_best_failure_of_an_earlier_priority_counts_too()
    {
        var a = Alice.Call("then");
        var (b, c) = (Bob.ExpectCall(), Carol.ExpectCall());
        Refuse(b, 486, "Busy");
        Refuse(c, 503);
        Refuse(Dave.ExpectCall(), 500);
        Assert.Equal("SIP/2.0 486 Busy", Fails(a, 486, CallCause.CalleeRefused, "bob").StartLine);
    }

    [Fact]
    public void Without_priorities_they_come_one_after_another()
    {
        var a = Alice.Call("unordered");
        var b = Bob.ExpectCall();
        Carol.ExpectNothing();
        Refuse(b, 500);
        Completes(a, Carol.ExpectCall());
        Scene.End(CallCause.CallerHungUp, CallOutcome.Answered, 200);
    }

    // ---- the caller gives up

    [Fact]
    public void Cancelled_before_any_of_them_rings()
    {
        var (a, b, c, _) = Three();
        a.Cancel();
        a.Expect(200);
        a.Expect(487);
        Ports(0);
        b.Answer(100);
        b.ExpectCancel();
        c.Answer(200, Carol.Sdp());
        c.ExpectRequest("ACK");
        c.ExpectBye();
        Scene.End(CallCause.CallerCancelled, CallOutcome.Cancelled, 487);
    }

    [Fact]
    public void Cancelled_while_some_ring()
    {
        var (a, b, c, d) = Three();
        b.Answer(180);
        a.Expect(180);
        d.Answer(183, Dave.Sdp());
        a.Another().Expect(183);
        a.Cancel();
        Alice.ExpectResponse(200);
        a.Expect(487);
        Cancelled(b, null);
        Cancelled(d, null);
        c.Answer(180);
        Cancelled(c, null);
        Scene.End(CallCause.CallerCancelled, CallOutcome.Cancelled, 487);
    }

    /// <summary>The one that answers is the one that the caller has just ended; the other rings on.</summary>
    [Fact]
    public void A_bye_on_one_of_them_crosses_its_answer()
    {
        var a = Alice.Call("two");
        var (b, c) = (Bob.ExpectCall(), Carol.ExpectCall());
        b.Answer(180);
        a.Expect(180);
        c.Answer(180);
        var other = a.Another();
        other.Expect(180);
        other.Bye();
        Alice.ExpectResponse(200);
        c.Answer(200, Carol.Sdp());
        c.ExpectBye();
        c.ExpectRequest("ACK");
        Alice.ExpectNothing();
        Ports(2);
        Completes(a, b);
        Scene.End(CallCause.CallerHungUp, CallOutcome.Answered, 200);
    }

    [Fact]
    public void A_bye_ends_one_of_them_and_the_last_one_the_call()
    {
        var (a, b, c, d) = Three();
        Refuse(d, 500);
        b.Answer(180);
        a.Expect(180);
        c.Answer(180);
        var other = a.Another();
        other.Expect(180);
        other.Bye();
        other.Expect(200);
        c.ExpectBye();
        Bob.ExpectNothing();
        a.Bye();
        a.Expect(200);
        a.Expect(487);
        Cancelled(b, null);
        c.ExpectCancel();
        Scene.End(CallCause.CallerCancelled, CallOutcome.Cancelled, 487);
    }

    [Fact]
    public void Ended_by_an_operator()
    {
        var (a, b, c, d) = Three();
        b.Answer(180);
        a.Expect(180);
        Scene.Turn(() => Scene.Calls.HangUpAll(CallCause.HungUpByOperator));
        a.Expect(480);
        Cancelled(b, null);
        c.Answer(180);
        Cancelled(c, null);
        Refuse(d, 486);
        Scene.End(CallCause.HungUpByOperator, CallOutcome.Rejected, 480);
    }

    // ---- targets that cannot be asked

    [Fact]
    public void None_of_them_responds()
    {
        var (a, _, _, _) = Three();
        Scene.Advance(32_000);
        Fails(a, 408, CallCause.TargetTimedOut, Scene.Journal.Ended[0].ToPeer);
    }

    [Fact]
    public void One_is_not_reachable()
    {
        var (a, b, _, d) = Three();
        Scene.Turn(() => Scene.Harness.Unreachable(Carol.Flow, UnreachableReason.Port));
        Scene.Advance(1);
        Ports(3);
        Refuse(d, 486);
        Completes(a, b);
        Scene.End(CallCause.CallerHungUp, CallOutcome.Answered, 200);
    }

    [Fact]
    public void One_has_no_room()
    {
        _limit = 0;
        var a = Alice.Call("three");
        var b = Bob.ExpectCall();
        Dave.ExpectCall();
        Carol.ExpectNothing();
        Completes(a, b);
        Scene.End(CallCause.CallerHungUp, CallOutcome.Answered, 200);
    }

    [Fact]
    public void Ports_for_one_of_two_are_enough()
    {
        _mediaPairs = 1;
        var a = Alice.Call("two");
        var b = Bob.ExpectCall();
        Carol.ExpectNothing();
        Assert.Equal("outside", Assert.Single(Scene.Journal.Exhausted));
        Completes(a, b);
        Scene.End(CallCause.CallerHungUp, CallOutcome.Answered, 200);
    }

    // ---- what is not a peer

    [Fact]
    public void A_service_answers_before_anybody_rings()
    {
        var a = Alice.Call("service");
        a.ExpectAnswered();
        Bob.ExpectNothing();
        Carol.ExpectNothing();
        Ports(1);
        a.Bye();
        a.Expect(200);
        Scene.End(CallCause.CallerHungUp, CallOutcome.Answered, 200);
    }

    [Fact]
    public void A_service_that_cannot_answer_lets_the_others_ring()
    {
        var a = Alice.Call("service", "");
        var (b, c) = (Bob.ExpectCall(), Carol.ExpectCall());
        b.Answer(200, Bob.Sdp());
        a.Expect(200);
        a.Ack(Alice.Sdp());
        b.ExpectRequest("ACK");
        Refuse(c, 486);
        HangUp(a, b);
        Scene.End(CallCause.CallerHungUp, CallOutcome.Answered, 200);
    }

    /// <summary>RFC 5393 §5.3.3: those that ring together share what Max-Breadth allows.</summary>
    [Theory]
    [InlineData(null, 16, null)]
    [InlineData(60, 16, "3")]
    [InlineData(5, 5, "1")]
    [InlineData(0, 1, "0")]
    public void There_is_a_limit_to_how_many_ring(int? breadth, int expected, string? share)
    {
        var phones = Enumerable.Range(6001, 20).Select(port => Scene.Phone($"p{port}", SceneModel.Outside, SceneModel.BobAddress, (ushort)port)).ToArray();
        var a = Alice.Call("crowd", headers: breadth is null ? "" : $"Max-Breadth: {breadth}\r\n");
        var asked = phones.Where(phone => phone.Inbox.Count > 0).Select(phone => phone.ExpectCall()).ToArray();
        Assert.Equal(expected, asked.Length);
        Assert.All(asked, callee => Assert.Equal(share, callee.Asked.Header(HeaderId.MaxBreadth)));
        Ports(expected + 1);

        // Those beyond it are the next to be asked.
        foreach (var callee in asked)
        {
            Refuse(callee, 503);
        }

        Assert.Equal(Math.Min(expected, 20 - expected), phones.Count(phone => phone.Inbox.Count > 0));
        a.Cancel();
        a.Expect(200);
        a.Expect(487);
        Scene.End(CallCause.CallerCancelled, CallOutcome.Cancelled, 487);
    }

    // ---- offers, answers and reliable responses

    [Fact]
    public void A_caller_that_takes_no_forks_sees_one_dialog()
    {
        _merges = true;
        var (a, b, c, d) = Three();
        b.Answer(180);
        var first = a.Expect(180);
        c.Answer(180);
        Assert.Equal(Tag(first), Tag(a.Expect(180)));
        d.Accept();
        Assert.Equal(Tag(first), Tag(a.ExpectAnswered()));
        Cancelled(b, Elsewhere);
        Cancelled(c, Elsewhere);
        HangUp(a, d);
        Scene.End(CallCause.CallerHungUp, CallOutcome.Answered, 200);
    }

    [Fact]
    public void A_delayed_offer_of_the_one_that_answers()
    {
        var (a, b, c, d) = Three(offer: "");
        b.Answer(180);
        a.Expect(180);
        c.Answer(200, Carol.Sdp());
        var answer = a.Another();
        Assert.Contains($"c=IN IP4 {Scene.Model.InsideAddress}\r\n", Body(answer.Expect(200)), StringComparison.Ordinal);
        Cancelled(b, Elsewhere);
        answer.Ack(Alice.Sdp());
        Assert.Contains($"c=IN IP4 {Scene.Model.OutsideAddress}\r\n", Body(c.ExpectRequest("ACK")), StringComparison.Ordinal);
        Refuse(d, 486);
        Ports(2);
        HangUp(answer, c);
        Scene.End(CallCause.CallerHungUp, CallOutcome.Answered, 200);
    }

    /// <summary>RFC 3262 §3: a 2xx waits for the PRACK of SDP before it; the call is as good as answered and nobody's refusal ends it.</summary>
    [Fact]
    public void An_answer_that_waits_for_a_prack_is_not_undone()
    {
        var a = Alice.Call("two", headers: "Supported: 100rel\r\n");
        var (b, c) = (Bob.ExpectCall(), Carol.ExpectCall());
        b.AnswerReliably(183, 1, Bob.Sdp());
        var early = a.Expect(183);
        b.Answer(200, Bob.Sdp());
        Refuse(c, 603);
        Scene.Advance(15_000);
        Assert.All(Alice.Take(), sent => Assert.StartsWith("SIP/2.0 183", sent.StartLine));
        a.Prack(early);
        b.AnswerTo(b.ExpectRequest("PRACK"), 200);
        b.ExpectRequest("ACK");
        a.Expect(200);
        a.ExpectAnswered();
        Ports(2);
        HangUp(a, b);
        Scene.End(CallCause.CallerHungUp, CallOutcome.Answered, 200);
    }

    [Fact]
    public void Another_may_answer_meanwhile()
    {
        var a = Alice.Call("two", headers: "Supported: 100rel\r\n");
        var (b, c) = (Bob.ExpectCall(), Carol.ExpectCall());
        b.AnswerReliably(183, 1, Bob.Sdp());
        a.Expect(183);
        b.Answer(200, Bob.Sdp());
        c.Accept();
        var answer = a.Another();
        answer.ExpectAnswered();
        b.ExpectRequest("ACK");
        b.ExpectBye();
        HangUp(answer, c);
        Scene.End(CallCause.CallerHungUp, CallOutcome.Answered, 200);
    }

    // ---- early media

    /// <summary>The caller hears the latest with SDP; the one before it again when that one is gone; then the one that answers.</summary>
    [Fact]
    public void Early_media_of_two_of_them()
    {
        using var atAlice = new AudioSocket(SceneModel.AliceAddress);
        using var atBob = new AudioSocket(SceneModel.BobAddress);
        using var atCarol = new AudioSocket(SceneModel.CarolAddress);
        var a = Alice.Call("three", Alice.Sdp(port: atAlice.Port));
        var (b, c, d) = (Bob.ExpectCall(), Carol.ExpectCall(), Dave.ExpectCall());
        b.Answer(183, Bob.Sdp(port: atBob.Port));
        var towardsBob = Gateway(a.Expect(183), Scene.Model.InsideAddress);
        var ofBob = Gateway(b.Asked, Scene.Model.OutsideAddress);
        atBob.Reaches(atAlice, ofBob, towardsBob);
        atAlice.Reaches(atBob, towardsBob, ofBob);

        c.Answer(183, Carol.Sdp(port: atCarol.Port));
        var second = a.Another();
        Assert.Equal(towardsBob, Gateway(second.Expect(183), Scene.Model.InsideAddress));
        var ofCarol = Gateway(c.Asked, Scene.Model.OutsideAddress);
        Assert.NotEqual(ofBob, ofCarol);
        atCarol.Reaches(atAlice, ofCarol, towardsBob);
        atAlice.Reaches(atCarol, towardsBob, ofCarol);

        Refuse(c, 486);
        Ports(3);
        atBob.Reaches(atAlice, ofBob, towardsBob);
        atAlice.Reaches(atBob, towardsBob, ofBob);

        b.Accept(Bob.Sdp(port: atBob.Port));
        a.ExpectAnswered();
        Refuse(d, 500);
        atBob.Reaches(atAlice, ofBob, towardsBob);
        Ports(2);
        HangUp(a, b);
        Assert.Equal("bob", Scene.End(CallCause.CallerHungUp, CallOutcome.Answered, 200).ToPeer);
    }

    private static System.Net.IPEndPoint Gateway(SentMessage sent, string address) => AudioSocket.Shown(address, Body(sent));
}
