using System.Text;
using SipAlg.Calls.Calls;
using SipAlg.Protocol.Sip;
using SipAlg.Testing.Calls;
using SipAlg.Testing.Lanes;
using SipAlg.Testing.Phones;

namespace SipAlg.Calls.Tests.Calls;

/// <summary>A next hop that forks: RFC 3261 §12.1.2, §13.2.2.4; RFC 6228.</summary>
public sealed class EarlyDialogTests : CallTest
{
    private bool _merges;

    protected override SceneOptions Options => new() { Peer = peer => peer.Name == "alice" ? peer with { MergesForks = _merges } : peer };

    private static string Body(SentMessage sent) => Encoding.UTF8.GetString(sent.Parse().BodyOctets);

    private static string Port(SentMessage sent) => Array.Find(Body(sent).Split("\r\n"), line => line.StartsWith("m=audio", StringComparison.Ordinal))!.Split(' ')[1];

    private static string Tag(SentMessage sent) => Encoding.UTF8.GetString(sent.Parse()[sent.Parse().ToTag]);

    [Fact]
    public void Each_is_one_of_its_own_for_the_caller_on_the_same_ports()
    {
        var a = Alice.Call();
        var b = Bob.ExpectCall();
        var fork = new PhoneDialog(Bob, b.Asked);
        b.Answer(183, Bob.Sdp());
        var first = a.Expect(183);
        fork.Answer(183, Bob.Sdp(port: 5000));
        var second = a.Another().Expect(183);
        Assert.NotEqual(Tag(first), Tag(second));
        Assert.Equal(Port(first), Port(second));
        Assert.Equal(4, Scene.PortsInUse + 2);
        b.Answer(180);
        Assert.Equal(Tag(first), Tag(a.Expect(180)));
        fork.Answer(200, Bob.Sdp(port: 5000));
        fork.ExpectRequest("ACK");
        var answer = a.ExpectAnswered();
        Assert.Equal(Tag(second), Tag(answer));
        Assert.Equal(Port(first), Port(answer));
        HangUp(a, fork);
        Scene.End(CallCause.CallerHungUp, CallOutcome.Answered, 200);
    }

    [Fact]
    public void One_tag_for_a_caller_that_takes_no_more()
    {
        _merges = true;
        var a = Alice.Call();
        var b = Bob.ExpectCall();
        var fork = new PhoneDialog(Bob, b.Asked);
        b.Answer(183, Bob.Sdp());
        var first = a.Expect(183);
        fork.Answer(183, Bob.Sdp(port: 5000));
        var second = a.Expect(183);
        Assert.Equal(Tag(first), Tag(second));
        Assert.Equal("", Body(second));
        b.Answer(183, Bob.Sdp());
        Assert.Equal(Body(first), Body(a.Expect(183)));
        fork.Answer(200, Bob.Sdp(port: 5000));
        fork.ExpectRequest("ACK");
        var answer = a.ExpectAnswered();
        Assert.Equal(Tag(first), Tag(answer));
        Assert.Equal(Port(first), Port(answer));
        a.Invite(Alice.Sdp(version: 2));
        fork.ExpectRequest("INVITE");
        fork.Accept(Bob.Sdp(port: 5000));
        a.ExpectAnswered();
        HangUp(a, fork);
        Scene.End(CallCause.CallerHungUp, CallOutcome.Answered, 200);
    }

    [Fact]
    public void The_second_to_answer_gets_ack_and_bye()
    {
        var a = Alice.Call();
        var b = Bob.ExpectCall();
        var fork = new PhoneDialog(Bob, b.Asked);
        b.Answer(180);
        a.Expect(180);
        fork.Answer(180);
        a.Another().Expect(180);
        b.Accept();
        a.ExpectAnswered();
        fork.Answer(200, Bob.Sdp(port: 5000));
        fork.ExpectRequest("ACK");
        fork.ExpectBye();
        Alice.ExpectNothing();
        HangUp(a, b);
        Scene.End(CallCause.CallerHungUp, CallOutcome.Answered, 200);
    }

    [Fact]
    public void A_target_that_follows_one_with_early_media_gets_another_tag()
    {
        using var scene = new CallScene(new SceneOptions
        {
            Routes = model => [SceneModel.Dialplan(SceneModel.Head("two", [SceneModel.Called("both")]), SipAlg.Calls.Dialplan.RouteEdits.None, SceneModel.To(model.Bob), SceneModel.To(model.Carol))],
        });
        var a = scene.Alice.Call("both");
        var b = scene.Bob.ExpectCall();
        b.Answer(183, scene.Bob.Sdp());
        var first = a.Expect(183);
        b.Answer(503);
        b.ExpectRequest("ACK");
        var c = scene.Carol.ExpectCall();
        c.Answer(183, scene.Carol.Sdp());
        var second = a.Expect(183);
        Assert.NotEqual(Tag(first), Tag(second));
        Assert.Equal(Port(first), Port(second));
        c.Accept(scene.Carol.Sdp());
        a.ExpectAnswered();
        HangUp(a, c);
        scene.End(CallCause.CallerHungUp, CallOutcome.Answered, 200);
    }

    [Fact]
    public void A_target_that_follows_one_without_sdp_keeps_the_tag()
    {
        using var scene = new CallScene(new SceneOptions
        {
            Routes = model => [SceneModel.Dialplan(SceneModel.Head("two", [SceneModel.Called("both")]), SipAlg.Calls.Dialplan.RouteEdits.None, SceneModel.To(model.Bob), SceneModel.To(model.Carol))],
        });
        var a = scene.Alice.Call("both");
        var b = scene.Bob.ExpectCall();
        b.Answer(180);
        var first = a.Expect(180);
        b.Answer(503);
        b.ExpectRequest("ACK");
        var c = scene.Carol.ExpectCall();
        c.Accept(scene.Carol.Sdp());
        Assert.Equal(Tag(first), Tag(a.ExpectAnswered()));
        HangUp(a, c);
        scene.End(CallCause.CallerHungUp, CallOutcome.Answered, 200);
    }

    [Fact]
    public void More_than_sixteen_are_not_told_apart_but_any_may_answer()
    {
        var a = Alice.Call();
        var b = Bob.ExpectCall();
        for (var fork = 0; fork < 40; fork++)
        {
            new PhoneDialog(Bob, b.Asked).Answer(180);
        }

        Assert.Equal(16, Alice.Take().Count(sent => sent.StartLine.Contains(" 180 ", StringComparison.Ordinal)));
        b.Accept();
        a.ExpectAnswered();
        HangUp(a, b);
        Scene.End(CallCause.CallerHungUp, CallOutcome.Answered, 200);
    }

    [Fact]
    public void The_callers_bye_ends_one_early_dialog_and_the_last_one_the_call()
    {
        var a = Alice.Call();
        var b = Bob.ExpectCall();
        var fork = new PhoneDialog(Bob, b.Asked);
        b.Answer(180);
        a.Expect(180);
        fork.Answer(180);
        var other = a.Another();
        other.Expect(180);
        other.Bye();
        other.Expect(200);
        fork.ExpectBye();
        Bob.ExpectNothing();
        a.Bye();
        a.Expect(200);
        a.Expect(487);
        b.ExpectCancel();
        Scene.End(CallCause.CallerCancelled, CallOutcome.Cancelled, 487);
    }

    /// <summary>RFC 3262 §3 speaks of a dialog that stands: nobody waits for the PRACK of one that the caller has ended.</summary>
    [Fact]
    public void A_reliable_response_is_not_repeated_in_an_early_dialog_that_the_caller_has_ended()
    {
        var a = Alice.Call(headers: "Supported: 100rel\r\n");
        var b = Bob.ExpectCall();
        var fork = new PhoneDialog(Bob, b.Asked);
        b.Answer(180);
        a.Expect(180);
        fork.AnswerReliably(183, 1, Bob.Sdp());
        var other = a.Another();
        other.Expect(183);
        other.Bye();
        other.Expect(200);
        fork.ExpectBye();
        fork.Answer(180);
        Scene.Advance(64 * CallScene.T1);
        Alice.ExpectNothing();
        b.Accept();
        a.ExpectAnswered();
        HangUp(a, b);
        Scene.End(CallCause.CallerHungUp, CallOutcome.Answered, 200);
    }

    /// <summary>The one that answers is the one that the caller has just ended: it has its BYE, and the others are cancelled by who forked.</summary>
    [Fact]
    public void The_callers_bye_crosses_the_answer_of_its_early_dialog()
    {
        var a = Alice.Call();
        var b = Bob.ExpectCall();
        var fork = new PhoneDialog(Bob, b.Asked);
        b.Answer(180);
        a.Expect(180);
        fork.Answer(180);
        var other = a.Another();
        other.Expect(180);
        other.Bye();
        other.Expect(200);
        fork.ExpectBye();
        fork.Answer(200, Bob.Sdp());
        fork.ExpectRequest("ACK");
        Bob.ExpectNothing();
        a.Expect(487);
        Scene.End(CallCause.CallerCancelled, CallOutcome.Cancelled, 487);
    }

    [Fact]
    public void The_callers_bye_on_the_dialog_of_a_target_that_failed_leaves_the_next_one_ringing()
    {
        using var scene = new CallScene(new SceneOptions
        {
            Routes = model => [SceneModel.Dialplan(SceneModel.Head("two", [SceneModel.Called("both")]), SipAlg.Calls.Dialplan.RouteEdits.None, SceneModel.To(model.Bob), SceneModel.To(model.Carol))],
        });
        var a = scene.Alice.Call("both");
        var b = scene.Bob.ExpectCall();
        b.Answer(183, scene.Bob.Sdp());
        a.Expect(183);
        var second = a.Another();
        b.Answer(503);
        b.ExpectRequest("ACK");
        var c = scene.Carol.ExpectCall();
        c.Answer(180);
        second.Expect(180);
        a.Bye();
        a.Expect(200);
        scene.Carol.ExpectNothing();
        c.Accept(scene.Carol.Sdp());
        second.ExpectAnswered();
        HangUp(second, c);
        scene.End(CallCause.CallerHungUp, CallOutcome.Answered, 200);
    }

    /// <summary>RFC 3261 §12.1: CSeq and o= of a dialog begin with the INVITE, whatever came of another one meanwhile.</summary>
    [Fact]
    public void One_that_comes_after_requests_in_another_begins_anew()
    {
        var a = Alice.Call(headers: "Supported: 100rel\r\n");
        var b = Bob.ExpectCall();
        var other = a.Another();
        b.AnswerReliably(183, 1, Bob.Sdp());
        a.Prack(a.Expect(183));
        b.AnswerTo(b.ExpectRequest("PRACK"), 200);
        a.Expect(200);
        a.Request("UPDATE", body: Alice.Sdp(version: 2, attributes: "a=sendonly\r\n"));
        b.AnswerTo(b.ExpectRequest("UPDATE"), 200, Bob.Sdp(version: 2, attributes: "a=recvonly\r\n"));
        a.Expect(200);
        b.Sequence = 40;
        b.Request("INFO");
        a.AnswerTo(a.ExpectRequest("INFO"), 200);
        Bob.ExpectResponse(200);

        var fork = new PhoneDialog(Bob, b.Asked);
        fork.AnswerReliably(183, 1, Bob.Sdp(port: 5000));
        var second = other.Expect(183);
        other.Prack(second);
        var prack = fork.ExpectRequest("PRACK");
        Assert.Contains("CSeq: 2 PRACK", prack.Text, StringComparison.Ordinal);
        fork.AnswerTo(prack, 200);
        other.Expect(200);
        other.Request("UPDATE", body: Alice.Sdp(version: 2, attributes: "a=inactive\r\n"));
        var update = fork.ExpectRequest("UPDATE");
        Assert.Equal("2", Body(update).Split("\r\n")[1].Split(' ')[2]);
        fork.AnswerTo(update, 200, Bob.Sdp(port: 5000, version: 2, attributes: "a=inactive\r\n"));
        other.Expect(200);
        fork.Request("INFO");
        var info = other.ExpectRequest("INFO");
        Assert.Contains("CSeq: 1 INFO", info.Text, StringComparison.Ordinal);
        other.AnswerTo(info, 200);
        Bob.ExpectResponse(200);
        a.Cancel();
        a.Expect(200);
        a.Expect(487);
        b.ExpectCancel();
        Scene.End(CallCause.CallerCancelled, CallOutcome.Cancelled, 487);
    }

    [Fact]
    public void A_cancel_ends_all_of_them()
    {
        var a = Alice.Call();
        var b = Bob.ExpectCall();
        var fork = new PhoneDialog(Bob, b.Asked);
        b.Answer(183, Bob.Sdp());
        a.Expect(183);
        fork.Answer(183, Bob.Sdp(port: 5000));
        a.Another().Expect(183);
        a.Cancel();
        Alice.ExpectResponse(200);
        a.Expect(487);
        b.ExpectCancel();
        Scene.End(CallCause.CallerCancelled, CallOutcome.Cancelled, 487);
    }

    [Theory]
    [InlineData(180)]
    [InlineData(181)]
    [InlineData(182)]
    [InlineData(183)]
    [InlineData(199)]
    public void Every_provisional_crosses_with_its_phrase_and_headers(int status)
    {
        var a = Alice.Call();
        var b = Bob.ExpectCall();
        b.Answer(status, status == 199 ? "" : Bob.Sdp(), "As it came", "X-Kept: yes\r\n");
        var crossed = a.Expect(status);
        Assert.Equal($"SIP/2.0 {status} As it came", crossed.StartLine);
        Assert.Contains("X-Kept: yes\r\n", crossed.Text, StringComparison.Ordinal);
        Assert.Equal(status != 199, crossed.Parse().Has(HeaderId.ContentType));
        b.Accept();
        a.ExpectAnswered();
        HangUp(a, b);
        Scene.End(CallCause.CallerHungUp, CallOutcome.Answered, 200);
    }
}
