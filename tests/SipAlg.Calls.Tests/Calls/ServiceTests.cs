using System.Net;
using System.Net.Sockets;
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

    /// <summary>Its answer would fit no message.</summary>
    [Fact]
    public void An_offer_that_cannot_be_answered_changes_nothing()
    {
        using var before = Listener();
        using var other = Listener();
        var a = Alice.Dialog("echo");
        a.Invite(Alice.Sdp(PortOf(before), address: "127.0.0.1"));
        var body = Body(a.ExpectAnswered());
        var service = new IPEndPoint(IPAddress.Parse(Scene.Model.InsideAddress), int.Parse(body.Split("m=audio ")[1].Split(' ')[0]));
        a.Invite(Alice.Sdp(PortOf(other), 2, "127.0.0.1", $"a=fmtp:8 {new string('x', 64_000)}\r\n", "m=audio 4002 RTP/AVP 8\r\n"));
        a.Expect(513);
        Assert.True(SpinWait.SpinUntil(() => Scene.PortsInUse == 1, TimeSpan.FromSeconds(20)), $"{Scene.PortsInUse} ports");
        var packet = new byte[172];
        packet[0] = 0x80;
        before.SendTo(packet, service);
        Assert.Equal(172, before.Receive(new byte[1500]));
        Assert.Equal(0, other.Available);
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

    /// <summary>SDP names any address: before its ACK (RFC 3261 §13.2.2.4) an INVITE makes nobody hear a tone.</summary>
    [Fact]
    public void A_tone_begins_with_the_ack()
    {
        using var unconfirmed = Listener();
        using var confirmed = Listener();
        var a = Alice.Dialog("tone");
        a.Invite(Alice.Sdp(PortOf(unconfirmed), address: "127.0.0.1"));
        a.Expect(200);
        var b = Alice.Dialog("tone");
        b.Invite(Alice.Sdp(PortOf(confirmed), address: "127.0.0.1"));
        b.ExpectAnswered();
        for (var packet = 0; packet < 3; packet++)
        {
            Assert.Equal(172, confirmed.Receive(new byte[1500]));
        }

        Assert.Equal(0, unconfirmed.Available);
        a.Ack();
        Assert.Equal(172, unconfirmed.Receive(new byte[1500]));
        b.Bye();
        b.Expect(200);
        a.Bye();
        a.Expect(200);
        Scene.End();
    }

    /// <summary>RFC 3264 §5.1: to who only sends, nothing is sent.</summary>
    [Fact]
    public void A_tone_is_silent_while_the_call_is_held()
    {
        using var held = Listener();
        using var other = Listener();
        var a = Alice.Dialog("tone");
        a.Invite(Alice.Sdp(PortOf(held), address: "127.0.0.1"));
        a.ExpectAnswered();
        held.Receive(new byte[1500]);
        var b = Alice.Dialog("tone");
        b.Invite(Alice.Sdp(PortOf(other), address: "127.0.0.1"));
        b.ExpectAnswered();
        a.Invite(Alice.Sdp(PortOf(held), version: 2, address: "127.0.0.1", attributes: "a=sendonly\r\n"));
        a.ExpectAnswered();
        other.Receive(new byte[1500]);
        while (held.Available > 0)
        {
            held.Receive(new byte[1500]);
        }

        for (var packet = 0; packet < 5; packet++)
        {
            other.Receive(new byte[1500]);
        }

        Assert.Equal(0, held.Available);
        a.Invite(Alice.Sdp(PortOf(held), version: 3, address: "127.0.0.1"));
        a.ExpectAnswered();
        Assert.Equal(172, held.Receive(new byte[1500]));
        a.Bye();
        a.Expect(200);
        b.Bye();
        b.Expect(200);
        Scene.End();
    }

    private static Socket Listener()
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp) { ReceiveTimeout = 30_000 };
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return socket;
    }

    private static int PortOf(Socket socket) => ((IPEndPoint)socket.LocalEndPoint!).Port;

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
