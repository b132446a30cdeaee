using System.Text;
using SipAlg.Calls.Calls;
using SipAlg.Protocol.Sip;
using SipAlg.Testing.Calls;
using SipAlg.Testing.Lanes;
using SipAlg.Testing.Phones;

namespace SipAlg.Calls.Tests.Calls;

/// <summary>Reliable provisional responses (RFC 3262), end to end and on one leg only.</summary>
public sealed class PrackTests : CallTest
{
    private const string Supported = "Supported: 100rel\r\n";
    private const string Required = "Require: 100rel\r\n";

    private static string Body(SentMessage sent) => Encoding.UTF8.GetString(sent.Parse().BodyOctets);

    private (PhoneDialog A, PhoneDialog B) Asked(string headers, string? offer = null)
    {
        var a = Alice.Call(headers: headers, body: offer);
        return (a, Bob.ExpectCall());
    }

    private void EndAnswered(PhoneDialog a, PhoneDialog b)
    {
        HangUp(a, b);
        Scene.End(CallCause.CallerHungUp, CallOutcome.Answered, 200);
    }

    [Fact]
    public void End_to_end_with_our_own_numbers()
    {
        var (a, b) = Asked(Supported);
        Assert.Contains("Supported: 100rel, replaces, timer\r\n", b.Asked.Text, StringComparison.Ordinal);
        b.AnswerReliably(183, 4711, Bob.Sdp());
        var ringing = a.Expect(183);
        Assert.Equal("100rel", ringing.Header(HeaderId.Require));
        Assert.NotEqual("4711", ringing.Header(HeaderId.RSeq));
        Bob.ExpectNothing();
        a.Prack(ringing);
        var prack = b.ExpectRequest("PRACK");
        Assert.Equal("4711 1 INVITE", prack.Header(HeaderId.RAck));
        Alice.ExpectNothing();
        b.AnswerTo(prack, 200);
        Alice.ExpectResponse(200);
        b.Answer(200);
        b.ExpectRequest("ACK");
        Assert.Equal("", Body(a.ExpectAnswered()));
        EndAnswered(a, b);
    }

    [Fact]
    public void The_next_one_waits_for_the_prack()
    {
        var (a, b) = Asked(Supported);
        b.AnswerReliably(183, 1, Bob.Sdp());
        var first = a.Expect(183);
        b.AnswerReliably(180, 2);
        Alice.ExpectNothing();
        a.Prack(first);
        var acknowledged = b.ExpectRequest("PRACK");
        Assert.Equal("1 1 INVITE", acknowledged.Header(HeaderId.RAck));
        b.AnswerTo(acknowledged, 200);
        var second = a.Expect(180);
        Alice.ExpectResponse(200);
        Assert.Equal(uint.Parse(first.Header(HeaderId.RSeq)!) + 1, uint.Parse(second.Header(HeaderId.RSeq)!));
        a.Prack(second);
        var prack = b.ExpectRequest("PRACK");
        Assert.Equal("2 1 INVITE", prack.Header(HeaderId.RAck));
        b.AnswerTo(prack, 200);
        Alice.ExpectResponse(200);
        b.Accept();
        a.ExpectAnswered();
        EndAnswered(a, b);
    }

    [Fact]
    public void A_2xx_waits_for_the_prack_of_sdp()
    {
        var (a, b) = Asked(Supported);
        b.AnswerReliably(183, 1, Bob.Sdp());
        var first = a.Expect(183);
        b.Answer(200);
        b.Answer(200);
        Alice.ExpectNothing();
        Bob.ExpectNothing();
        a.Prack(first);
        b.AnswerTo(b.ExpectRequest("PRACK"), 200);
        b.ExpectRequest("ACK");
        a.ExpectAnswered();
        Alice.ExpectResponse(200);
        EndAnswered(a, b);
    }

    [Fact]
    public void A_2xx_does_not_wait_for_the_prack_of_a_mere_180()
    {
        var (a, b) = Asked(Supported);
        b.AnswerReliably(180, 1);
        var ringing = a.Expect(180);
        b.Accept();
        a.ExpectAnswered();
        a.Prack(ringing);
        b.AnswerTo(b.ExpectRequest("PRACK"), 200);
        Alice.ExpectResponse(200);
        EndAnswered(a, b);
    }

    [Fact]
    public void It_is_sent_again_until_the_prack_comes()
    {
        var (a, b) = Asked(Supported);
        b.AnswerReliably(183, 1, Bob.Sdp());
        var first = a.Expect(183);
        Scene.Advance(CallScene.T1);
        Assert.Equal(first.Octets, a.Expect(183).Octets);
        Scene.Advance(2 * CallScene.T1);
        Assert.Equal(first.Octets, a.Expect(183).Octets);
        a.Prack(first);
        b.AnswerTo(b.ExpectRequest("PRACK"), 200);
        Alice.ExpectResponse(200);
        Scene.Advance(20 * CallScene.T1);
        Alice.ExpectNothing();
        b.Answer(200);
        b.ExpectRequest("ACK");
        a.ExpectAnswered();
        EndAnswered(a, b);
    }

    [Fact]
    public void Without_prack_the_call_is_refused()
    {
        var (a, b) = Asked(Supported);
        b.AnswerReliably(183, 1, Bob.Sdp());
        a.Expect(183);
        Scene.Advance(64 * CallScene.T1);
        Alice.Take();
        b.ExpectCancel();
        Scene.End(CallCause.PrackMissing, CallOutcome.Failed, 504);
    }

    [Fact]
    public void A_prack_of_something_else_is_481()
    {
        var (a, b) = Asked(Supported);
        b.AnswerReliably(183, 1, Bob.Sdp());
        var first = a.Expect(183);
        a.Prack(first, offset: 1);
        Alice.ExpectResponse(481);
        a.Request("PRACK", "RAck: nonsense\r\n");
        Alice.ExpectResponse(481);
        a.Request("PRACK");
        Alice.ExpectResponse(481);
        Bob.ExpectNothing();
        a.Cancel();
        Alice.ExpectResponse(200);
        a.Expect(487);
        b.ExpectCancel();
        Scene.End(CallCause.CallerCancelled, CallOutcome.Cancelled, 487);
    }

    [Fact]
    public void The_gateway_acknowledges_for_a_caller_that_cannot()
    {
        var (a, b) = Asked("");
        b.AnswerReliably(183, 7, Bob.Sdp());
        var prack = b.ExpectRequest("PRACK");
        Assert.Equal("7 1 INVITE", prack.Header(HeaderId.RAck));
        b.AnswerTo(prack, 200);
        var ringing = a.Expect(183);
        Assert.Null(ringing.Header(HeaderId.RSeq));
        Assert.Null(ringing.Header(HeaderId.Require));
        Assert.Contains("m=audio", Body(ringing), StringComparison.Ordinal);
        b.AnswerReliably(183, 7, Bob.Sdp());
        Bob.ExpectNothing();
        Alice.ExpectNothing();
        b.AnswerReliably(180, 8);
        b.AnswerTo(b.ExpectRequest("PRACK"), 200);
        a.Expect(180);
        b.AnswerReliably(180, 10);
        Bob.ExpectNothing();
        b.Answer(200);
        b.ExpectRequest("ACK");
        Assert.Equal(Body(ringing), Body(a.ExpectAnswered()));
        EndAnswered(a, b);
    }

    /// <summary>RFC 3264 §4: the caller has seen the answer in an unreliable 183 only, so its exchange is open, and no other may begin.</summary>
    [Fact]
    public void An_early_update_has_to_wait_for_a_caller_without_prack()
    {
        var (a, b) = Asked("");
        b.AnswerReliably(183, 7, Bob.Sdp());
        b.AnswerTo(b.ExpectRequest("PRACK"), 200);
        a.Expect(183);
        b.Request("UPDATE", body: Bob.Sdp(version: 2));
        Bob.ExpectResponse(491);
        Alice.ExpectNothing();
        b.Answer(200);
        b.ExpectRequest("ACK");
        a.ExpectAnswered();
        b.Request("UPDATE", body: Bob.Sdp(version: 3));
        a.AnswerTo(a.ExpectRequest("UPDATE"), 200, Alice.Sdp(version: 2));
        Bob.ExpectResponse(200);
        EndAnswered(a, b);
    }

    [Fact]
    public void The_gateway_is_reliable_towards_a_caller_that_demands_it()
    {
        var (a, b) = Asked(Required);
        b.Answer(180);
        var ringing = a.Expect(180);
        Assert.Equal("100rel", ringing.Header(HeaderId.Require));
        b.Answer(183, Bob.Sdp());
        Alice.ExpectNothing();
        a.Prack(ringing);
        Alice.ExpectResponse(200);
        var next = a.Expect(183);
        Bob.ExpectNothing();
        b.Answer(200, Bob.Sdp());
        Alice.ExpectNothing();
        a.Prack(next);
        Alice.ExpectResponse(200);
        b.ExpectRequest("ACK");
        Assert.Equal("", Body(a.ExpectAnswered()));
        EndAnswered(a, b);
    }

    [Fact]
    public void An_offer_in_a_prack_is_answered_in_its_2xx()
    {
        var (a, b) = Asked(Supported);
        b.AnswerReliably(183, 1, Bob.Sdp());
        var first = a.Expect(183);
        a.Prack(first, Alice.Sdp(version: 2, attributes: "a=sendonly\r\n"));
        var prack = b.ExpectRequest("PRACK");
        Assert.Contains("a=sendonly", Body(prack), StringComparison.Ordinal);
        b.AnswerTo(prack, 200, Bob.Sdp(version: 2, attributes: "a=recvonly\r\n"));
        Assert.Contains("a=recvonly", Body(Alice.ExpectResponse(200)), StringComparison.Ordinal);
        b.Answer(200);
        b.ExpectRequest("ACK");
        a.ExpectAnswered();
        EndAnswered(a, b);
    }

    /// <summary>RFC 3261 §14.2 for PRACK: the offer is refused, the response that it came with is acknowledged.</summary>
    [Fact]
    public void An_offer_in_a_prack_that_crosses_an_update_is_491()
    {
        var (a, b) = Asked(Supported);
        b.AnswerReliably(183, 1, Bob.Sdp());
        a.Prack(a.Expect(183));
        b.AnswerTo(b.ExpectRequest("PRACK"), 200);
        Alice.ExpectResponse(200);
        b.AnswerReliably(180, 2);
        var second = a.Expect(180);
        b.Request("UPDATE", body: Bob.Sdp(version: 2));
        var update = a.ExpectRequest("UPDATE");
        a.Prack(second, Alice.Sdp(version: 2));
        Alice.ExpectResponse(491);
        var prack = b.ExpectRequest("PRACK");
        Assert.Equal("2 1 INVITE", prack.Header(HeaderId.RAck));
        Assert.Equal("", Body(prack));
        b.AnswerTo(prack, 200);
        a.AnswerTo(update, 200, Alice.Sdp(version: 3));
        Bob.ExpectResponse(200);
        b.Answer(200);
        b.ExpectRequest("ACK");
        a.ExpectAnswered();
        EndAnswered(a, b);
    }

    [Fact]
    public void An_answer_that_crosses_an_early_update()
    {
        var (a, b) = Asked(Supported, offer: "");
        b.AnswerReliably(183, 1, Bob.Sdp());
        a.Prack(a.Expect(183), Alice.Sdp());
        b.AnswerTo(b.ExpectRequest("PRACK"), 200);
        Alice.ExpectResponse(200);
        a.Request("UPDATE", body: Alice.Sdp(version: 2, media: "m=video 5000 RTP/AVP 96\r\n"));
        var update = b.ExpectRequest("UPDATE");
        b.Answer(200);
        b.ExpectRequest("ACK");
        Alice.ExpectResponse(200);
        a.Ack(sequence: a.Sequence - 2);
        b.AnswerTo(update, 200, Bob.Sdp(version: 2, media: "m=video 5000 RTP/AVP 96\r\n"));
        Assert.DoesNotContain("m=video 0", Body(Alice.ExpectResponse(200)), StringComparison.Ordinal);
        Assert.Equal(4, Scene.PortsInUse);
        EndAnswered(a, b);
    }

    [Fact]
    public void An_offer_in_a_reliable_183_is_answered_in_the_prack()
    {
        var (a, b) = Asked(Supported, offer: "");
        b.AnswerReliably(183, 1, Bob.Sdp());
        var first = a.Expect(183);
        Assert.Contains("m=audio", Body(first), StringComparison.Ordinal);
        a.Prack(first, Alice.Sdp());
        var prack = b.ExpectRequest("PRACK");
        Assert.Contains("m=audio", Body(prack), StringComparison.Ordinal);
        b.AnswerTo(prack, 200);
        Alice.ExpectResponse(200);
        b.Answer(200);
        b.ExpectRequest("ACK");
        a.ExpectAnswered();
        EndAnswered(a, b);
    }

    [Fact]
    public void An_invite_without_an_offer_promises_no_prack_for_a_caller_that_has_none()
    {
        var (a, b) = Asked("", offer: "");
        Assert.DoesNotContain("100rel", b.Asked.Text, StringComparison.Ordinal);
        b.Answer(200, Bob.Sdp());
        a.Expect(200);
        a.Ack(Alice.Sdp());
        b.ExpectRequest("ACK");
        EndAnswered(a, b);
    }

    [Fact]
    public void A_call_cancelled_while_the_callees_2xx_waits_is_taken_back()
    {
        var (a, b) = Asked(Supported);
        b.AnswerReliably(183, 1, Bob.Sdp());
        a.Expect(183);
        b.Answer(200);
        a.Cancel();
        Alice.ExpectResponse(200);
        a.Expect(487);
        b.ExpectRequest("ACK");
        b.ExpectBye();
        Scene.End(CallCause.CallerCancelled, CallOutcome.Cancelled, 487);
    }

    [Fact]
    public void An_offer_that_went_nowhere_leaves_its_tag_behind()
    {
        using var scene = new CallScene(new SceneOptions
        {
            Routes = model => [SceneModel.Dialplan(SceneModel.Head("two", [SceneModel.Called("both")]), SipAlg.Calls.Dialplan.RouteEdits.None, SceneModel.To(model.Bob), SceneModel.To(model.Carol))],
        });
        var a = scene.Alice.Call("both", body: "", headers: Supported);
        var b = scene.Bob.ExpectCall();
        b.AnswerReliably(183, 1, scene.Bob.Sdp());
        var first = a.Expect(183);
        b.Answer(503);
        b.ExpectRequest("ACK");
        var c = scene.Carol.ExpectCall();
        c.Answer(200, scene.Carol.Sdp());
        var other = a.Another();
        var answer = other.Expect(200);
        Assert.NotEqual(first.Header(HeaderId.To), answer.Header(HeaderId.To));
        other.Ack(scene.Alice.Sdp());
        c.ExpectRequest("ACK");
        HangUp(other, c);
        scene.End(CallCause.CallerHungUp, CallOutcome.Answered, 200);
    }

    [Fact]
    public void Two_early_dialogs_are_acknowledged_each_by_itself()
    {
        var (a, b) = Asked(Supported);
        var fork = new PhoneDialog(Bob, b.Asked);
        b.AnswerReliably(183, 10, Bob.Sdp());
        var first = a.Expect(183);
        fork.AnswerReliably(183, 20, Bob.Sdp(port: 5000));
        var other = a.Another();
        var second = other.Expect(183);
        other.Prack(second);
        var prack = fork.ExpectRequest("PRACK");
        Assert.Equal("20 1 INVITE", prack.Header(HeaderId.RAck));
        fork.AnswerTo(prack, 200);
        Alice.ExpectResponse(200);
        a.Prack(first);
        b.AnswerTo(b.ExpectRequest("PRACK"), 200);
        Alice.ExpectResponse(200);
        b.Answer(200);
        b.ExpectRequest("ACK");
        a.ExpectAnswered();
        EndAnswered(a, b);
    }
}
