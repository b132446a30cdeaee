using System.Text;
using SipAlg.Calls.Calls;
using SipAlg.Testing.Lanes;
using SipAlg.Testing.Phones;

namespace SipAlg.Calls.Tests.Calls;

/// <summary>Calls that the gateway answers itself.</summary>
public sealed class ServiceTests : CallTest
{
    private static string Body(SentMessage sent) => Encoding.UTF8.GetString(sent.Parse().BodyOctets);

    private PhoneDialog Called(string service)
    {
        var a = Alice.Call(service);
        a.ExpectAnswered();
        return a;
    }

    private void End(PhoneDialog a)
    {
        a.Bye();
        a.Expect(200);
        Scene.End(CallCause.CallerHungUp, CallOutcome.Answered, 200);
    }

    [Theory]
    [InlineData("echo", "m=audio {0} RTP/AVP 8 0 101")]
    [InlineData("tone", "m=audio {0} RTP/AVP 8 101")]
    public void Answers(string service, string expected)
    {
        var a = Alice.Call(service);
        var body = Body(a.ExpectAnswered());
        var port = body.Split("m=audio ")[1].Split(' ')[0];
        Assert.Contains(string.Format(expected, port), body, StringComparison.Ordinal);
        Assert.Equal(1, Scene.PortsInUse);
        End(a);
    }

    [Theory]
    [InlineData("echo")]
    [InlineData("tone")]
    public void Is_held_and_resumed(string service)
    {
        var a = Called(service);
        a.Invite(Alice.Sdp(version: 2, attributes: "a=sendonly\r\n"));
        Assert.Contains(service == "echo" ? "a=recvonly" : "a=inactive", Body(a.ExpectAnswered()), StringComparison.Ordinal);
        a.Invite(Alice.Sdp(version: 3));
        Assert.Contains(service == "echo" ? "a=sendrecv" : "a=sendonly", Body(a.ExpectAnswered()), StringComparison.Ordinal);
        Assert.Equal(1, Scene.PortsInUse);
        End(a);
    }

    [Fact]
    public void An_offer_that_is_refused_changes_nothing()
    {
        var a = Called("tone");
        a.Invite(Alice.Sdp(2, null, "m=audio 4000 RTP/AVP 18\r\na=rtpmap:18 G729/8000\r\n"));
        a.Expect(488);
        Assert.Equal(1, Scene.PortsInUse);
        End(a);
    }

    [Fact]
    public void All_streams_may_be_switched_off()
    {
        var a = Called("echo");
        a.Invite(Alice.Sdp(2, null, "m=audio 0 RTP/AVP 8\r\n"));
        Assert.Contains("m=audio 0 ", Body(a.ExpectAnswered()), StringComparison.Ordinal);
        End(a);
    }

    [Theory]
    [InlineData("")]
    [InlineData("v=0\r\nbroken\r\n")]
    [InlineData("v=0\r\no=- 1 1 IN IP4 127.91.0.10\r\ns=-\r\nc=IN IP4 127.91.0.10\r\nt=0 0\r\nm=video 4000 RTP/AVP 96\r\n")]
    public void Nothing_to_serve_is_488(string offer)
    {
        var a = Alice.Dialog("echo");
        a.Invite(offer);
        a.Expect(488);
        Scene.End(CallCause.BadOffer, CallOutcome.Rejected, 488);
    }

    [Fact]
    public void Is_ended_by_the_operator()
    {
        var a = Called("echo");
        Scene.Turn(() => Scene.Calls.HangUpAll(CallCause.HungUpByOperator));
        a.ExpectBye();
        Scene.End(CallCause.HungUpByOperator, CallOutcome.Answered, 200);
    }

    [Fact]
    public void Is_cancelled_too_late()
    {
        var a = Alice.Call("echo");
        a.Cancel();
        a.ExpectAnswered();
        a.Expect(200);
        End(a);
    }
}
