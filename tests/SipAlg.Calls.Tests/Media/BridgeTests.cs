using System.Text;
using SipAlg.Calls.Calls;
using SipAlg.Calls.Tests.Calls;
using SipAlg.Testing.Calls;
using SipAlg.Testing.Lanes;

namespace SipAlg.Calls.Tests.Media;

/// <summary>What becomes of the SDP of a call and of the streams that it describes.</summary>
public sealed class BridgeTests : CallTest
{
    private static string Body(SentMessage sent) => Encoding.UTF8.GetString(sent.Parse().BodyOctets);

    private static string[] Lines(string body, string prefix) => [.. body.Split("\r\n").Where(line => line.StartsWith(prefix, StringComparison.Ordinal))];

    private static int Port(string line) => int.Parse(line.Split(' ')[1]);

    /// <summary>An offer with these m= lines, answered with those; what each side sees.</summary>
    private (string Offer, string Answer) Exchange(string offer, string answer, int ports)
    {
        var a = Alice.Call(body: Alice.Sdp(1, null, offer));
        var b = Bob.ExpectCall();
        b.Accept(Bob.Sdp(1, null, answer));
        var result = (Body(b.Asked), Body(a.ExpectAnswered()));
        Assert.True(SpinWait.SpinUntil(() => Scene.PortsInUse == ports, TimeSpan.FromSeconds(20)), $"{Scene.PortsInUse} ports");
        HangUp(a, b);
        Scene.End(CallCause.CallerHungUp, CallOutcome.Answered, 200);
        return result;
    }

    [Fact]
    public void Every_udp_stream_has_ports_of_its_own()
    {
        const string Streams = "m=audio 4000 RTP/AVP 8\r\nm=video 4002 RTP/AVP 96\r\nm=image 4004 udptl t38\r\na=T38FaxVersion:0\r\nm=audio 4006 RTP/SAVP 0\r\na=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:x\r\n";
        var (offer, answer) = Exchange(Streams, Streams, 8);
        foreach (var body in new[] { offer, answer })
        {
            var ports = Lines(body, "m=").Select(Port).ToArray();
            Assert.Equal(4, ports.Distinct().Count());
            Assert.All(ports, port => Assert.Equal(0, port % 2));
            Assert.DoesNotContain(4000, ports);
            Assert.Contains("a=T38FaxVersion:0\r\n", body, StringComparison.Ordinal);
            Assert.Contains("a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:x\r\n", body, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void A_stream_that_is_not_udp_keeps_its_place_with_port_0()
    {
        var (offer, answer) = Exchange(
            "m=message 4000 TCP/MSRP *\r\na=path:msrp://127.91.0.10:4000/x;tcp\r\nm=audio 4002 RTP/AVP 8\r\nm=application 4004 TCP/BFCP *\r\n",
            "m=message 5000 TCP/MSRP *\r\nm=audio 5002 RTP/AVP 8\r\nm=application 0 TCP/BFCP *\r\n", 2);
        Assert.Equal([0, 0], Lines(offer, "m=").Where((_, index) => index != 1).Select(Port));
        Assert.Equal([0, 0], Lines(answer, "m=").Where((_, index) => index != 1).Select(Port));
        Assert.NotEqual(0, Port(Lines(offer, "m=")[1]));
        Assert.NotEqual(0, Port(Lines(answer, "m=")[1]));
    }

    [Fact]
    public void Streams_offered_or_answered_0_take_no_port()
    {
        var (offer, answer) = Exchange(
            "m=audio 4000 RTP/AVP 8\r\nm=video 0 RTP/AVP 96\r\nm=video 4004 RTP/AVP 97\r\n",
            "m=audio 5000 RTP/AVP 8\r\nm=video 0 RTP/AVP 96\r\nm=video 0 RTP/AVP 97\r\n", 2);
        Assert.Equal(0, Port(Lines(offer, "m=")[1]));
        Assert.Equal([0, 0], Lines(answer, "m=")[1..].Select(Port));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Rtcp_mux_crosses_and_is_agreed_on_end_to_end(bool isTaken)
    {
        var (offer, answer) = Exchange("m=audio 4000 RTP/AVP 8\r\na=rtcp-mux\r\n", isTaken ? "m=audio 5000 RTP/AVP 8\r\na=rtcp-mux\r\n" : "m=audio 5000 RTP/AVP 8\r\n", 2);
        Assert.Contains("a=rtcp-mux\r\n", offer, StringComparison.Ordinal);
        Assert.Equal(isTaken, answer.Contains("a=rtcp-mux\r\n", StringComparison.Ordinal));
    }

    [Fact]
    public void Ipv6_on_one_side()
    {
        var a = Alice.Call("dave");
        var d = Scene.Dave.ExpectCall();
        Assert.StartsWith("INVITE sip:dave@[::1]:5070 SIP/2.0", d.Asked.StartLine);
        Assert.Contains("c=IN IP6 ::1\r\n", Body(d.Asked), StringComparison.Ordinal);
        Assert.DoesNotContain("IP4", Body(d.Asked), StringComparison.Ordinal);
        d.Accept();
        Assert.Contains($"c=IN IP4 {Scene.Model.InsideAddress}\r\n", Body(a.ExpectAnswered()), StringComparison.Ordinal);
        d.Invite(Scene.Dave.Sdp(version: 2, address: "::"));
        Assert.Contains("c=IN IP4 0.0.0.0\r\n", Body(a.ExpectRequest("INVITE")), StringComparison.Ordinal);
        a.Accept();
        d.ExpectAnswered();
        HangUp(a, d);
        Scene.End(CallCause.CallerHungUp, CallOutcome.Answered, 200);
    }

    [Fact]
    public void A_description_inside_multipart_is_rewritten_and_the_rest_left()
    {
        var body = $"preamble\r\n--x\r\nContent-Type: application/sdp\r\n\r\n{Alice.Sdp()}\r\n--x\r\nContent-Type: application/own\r\nContent-ID: <1@q>\r\n\r\nown part\r\n--x--\r\n";
        var a = Alice.Dialog();
        a.Invite(body, "MIME-Version: 1.0\r\n", "multipart/mixed;boundary=\"x\"");
        var b = Bob.ExpectCall();
        var seen = Body(b.Asked);
        Assert.StartsWith("preamble\r\n--x\r\nContent-Type: application/sdp\r\n\r\nv=0\r\n", seen);
        Assert.EndsWith("--x\r\nContent-Type: application/own\r\nContent-ID: <1@q>\r\n\r\nown part\r\n--x--\r\n", seen);
        b.Accept();
        a.ExpectAnswered();
        HangUp(a, b);
        Scene.End(CallCause.CallerHungUp, CallOutcome.Answered, 200);
    }

    [Fact]
    public void Audio_crosses_both_ways_and_back_after_a_refused_reinvite()
    {
        using var fromAlice = Sockets.On(SceneModel.AliceAddress);
        using var fromBob = Sockets.On(SceneModel.BobAddress);
        var a = Alice.Call(body: Alice.Sdp(port: Sockets.Port(fromAlice)));
        var b = Bob.ExpectCall();
        b.Accept(Bob.Sdp(port: Sockets.Port(fromBob)));
        var towardsBob = Sockets.Endpoint(Scene.Model.InsideAddress, Body(a.ExpectAnswered()));
        var towardsAlice = Sockets.Endpoint(Scene.Model.OutsideAddress, Body(b.Asked));
        Sockets.Crosses(fromAlice, towardsBob, fromBob, towardsAlice);
        Sockets.Crosses(fromBob, towardsAlice, fromAlice, towardsBob);

        a.Invite(Alice.Sdp(port: 9, version: 2, address: "0.0.0.0"));
        b.ExpectRequest("INVITE");
        b.Answer(488);
        b.ExpectRequest("ACK");
        a.Expect(488);
        Sockets.Crosses(fromBob, towardsAlice, fromAlice, towardsBob);
        HangUp(a, b);
        var record = Scene.End(CallCause.CallerHungUp, CallOutcome.Answered, 200);
        Assert.Equal((1, 2), (record.PacketsFromCaller, record.PacketsFromCallee));
    }
}
