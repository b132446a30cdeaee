using SipAlg.Calls.Calls;
using SipAlg.Protocol.Sip;
using SipAlg.Testing.Calls;
using SipAlg.Testing.Lanes;

namespace SipAlg.Calls.Tests.Calls.NextHops;

/// <summary>Targets that ring together: one wins.</summary>
public sealed class RingTests : RingTest
{
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

    [Fact]
    public void A_caller_that_takes_no_forks_sees_one_dialog()
    {
        MergesForks = true;
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
