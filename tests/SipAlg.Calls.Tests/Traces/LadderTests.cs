using System.Text;
using SipAlg.Calls.Authentication;
using SipAlg.Calls.Calls;
using SipAlg.Calls.Lanes;
using SipAlg.Calls.Tests.Calls;
using SipAlg.Signaling.Transports;
using SipAlg.Testing.Calls;

namespace SipAlg.Calls.Tests.Traces;

/// <summary>Every message of a call, of both of its sides and all who were asked, is kept in its order; and of what became no call, too.</summary>
public sealed class LadderTests : CallTest
{
    private CallRecord Only => Assert.Single(Scene.Journal.Ended);

    [Fact]
    public void Of_a_call_from_its_invite_to_its_last_answer()
    {
        var (a, b) = Answered();
        HangUp(a, b);
        Scene.End();
        Assert.Equal(
            ["> INVITE", "< INVITE", "< 100", "> 200", "< 200", "< ACK", "> ACK", "> BYE", "< 200", "< BYE", "> 200"],
            Scene.LadderOf(Only));
    }

    [Fact]
    public void Both_sides_and_their_sdp_before_and_after()
    {
        var (a, b) = Answered();
        HangUp(a, b);
        Scene.End();
        var messages = Scene.MessagesOf(Only);
        var texts = messages.Select(message => Encoding.UTF8.GetString(message.Octets)).ToArray();
        Assert.Contains($"c=IN IP4 {SceneModel.AliceAddress}", texts[0], StringComparison.Ordinal);
        Assert.Contains($"c=IN IP4 {Scene.Model.OutsideAddress}", texts[1], StringComparison.Ordinal);
        Assert.Equal((Alice.Flow.Remote, Alice.Flow.Local, Transport.Udp), (messages[0].Flow.Remote, messages[0].Flow.Local, messages[0].Flow.Transport));
        Assert.Equal(Bob.Flow.Remote, messages[1].Flow.Remote);
    }

    [Fact]
    public void Repetitions_of_both_sides()
    {
        var a = Alice.Call();
        Scene.Advance(500);
        var b = Bob.ExpectCall();
        b.Answer(486);
        Scene.End();
        Assert.Equal(["> INVITE", "< INVITE", "< 100", "< INVITE again", "> 486", "< ACK", "< 486"], Scene.LadderOf(Only)[..7]);
        Assert.All(Scene.LadderOf(Only)[7..], rung => Assert.Equal("< 486 again", rung));
    }

    [Fact]
    public void The_ack_of_a_refusal_and_a_cancel()
    {
        var (a, b) = Ringing();
        a.Cancel();
        b.ExpectRequest("CANCEL");
        Scene.End();
        var ladder = Scene.LadderOf(Only);
        Assert.Equal(["> INVITE", "< INVITE", "< 100", "> 180", "< 180", "> CANCEL", "< 200", "< CANCEL"], ladder[..8]);
        Assert.Contains("< 487", ladder);
    }

    [Fact]
    public void Requests_that_cross_in_the_dialog()
    {
        var (a, b) = Answered();
        a.Request("INFO", "Content-Type: text/x\r\n");
        b.AnswerTo(b.ExpectRequest("INFO"), 200);
        a.Expect(200);
        HangUp(a, b);
        Scene.End();
        Assert.Equal(["> INFO", "< INFO", "> 200", "< 200"], Scene.LadderOf(Only)[7..11]);
    }

    [Fact]
    public void What_belongs_to_no_call_is_not_kept()
    {
        Alice.Send($"OPTIONS sip:x@y SIP/2.0\r\nVia: SIP/2.0/UDP {Alice.Flow.Remote};branch=z9hG4bKx\r\nMax-Forwards: 70\r\nFrom: <sip:a@b>;tag=1\r\nTo: <sip:x@y>\r\nCall-ID: o\r\nCSeq: 1 OPTIONS\r\nContent-Length: 0\r\n\r\n");
        Alice.ExpectResponse(200);
        var (a, b) = Answered();
        HangUp(a, b);
        Scene.End();
        Assert.Equal(11, Scene.LadderOf(Only).Length);
    }

    [Fact]
    public void A_stranger_has_a_record_and_its_messages()
    {
        var mallory = Scene.Phone("mallory", SceneModel.Outside, "127.92.0.99", 5060);
        mallory.Call("bob").Expect(403);
        Scene.End();
        Assert.Empty(Scene.Journal.Ended);
        var record = Assert.Single(Scene.Journal.Refused);
        Assert.Equal((RefusalReason.UnknownSource, AuthenticationOutcome.Accepted, 403), (record.Refusal!.Reason, record.Refusal.Credentials, record.Status));
        Assert.Equal(("bob", mallory.Flow.Remote), (record.Called, record.CallerAt));
        Assert.Equal(["> INVITE", "< 403"], Scene.LadderOf(record)[..2]);
    }

    [Fact]
    public void Of_many_strangers_a_second_only_some_are_told()
    {
        var strangers = Enumerable.Range(100, 30).Select(number => Scene.Phone($"mallory{number}", SceneModel.Outside, $"127.92.0.{number}", 5060)).ToArray();
        for (var knock = 0; knock < 10; knock++)
        {
            strangers[0].Call("bob");
        }

        Assert.Equal(2, Scene.Journal.Refused.Count);
        Array.ForEach(strangers, stranger => stranger.Call("bob"));
        Assert.Equal(20, Scene.Journal.Refused.Count);
        Scene.Advance(1000);
        strangers[0].Call("bob");
        Assert.Equal(21, Scene.Journal.Refused.Count);
        Scene.End();
    }
}
