using SipAlg.Calls.Calls;
using SipAlg.Calls.Model;
using SipAlg.Protocol.Sip;
using SipAlg.Signaling.Transports;
using SipAlg.Testing.Calls;

namespace SipAlg.Calls.Tests.Calls;

/// <summary>The way that messages take: routes (RFC 3261 §12.2.1.1, §16.12.1.2), TCP, and large requests (§18.1.1).</summary>
public sealed class RoutingTests : CallTest
{
    protected override SceneOptions Options => new()
    {
        Peer = peer => peer.Name switch
        {
            "carol" => peer with { LargeRequests = LargeRequests.Tcp },
            "dave" => peer with { LargeRequests = LargeRequests.Udp },
            _ => peer,
        },
        Routes = model => [SceneModel.Route("carol", [SceneModel.Called("carol")], SceneModel.To(model.Carol))],
    };

    [Fact]
    public void Record_routes_lead_the_requests_of_both_sides()
    {
        var a = Alice.Call(headers: "Record-Route: <sip:127.91.0.10;lr>, <sip:p1.q7alicex.example;lr>\r\n");
        var b = Bob.ExpectCall();
        b.Answer(200, Bob.Sdp(), headers: "Record-Route: <sip:p2.q7bobx.example;lr>, <sip:127.92.0.20;lr>\r\n");
        Assert.Equal("<sip:127.92.0.20;lr>, <sip:p2.q7bobx.example;lr>", b.ExpectRequest("ACK").Header(HeaderId.Route));
        Assert.Contains("Record-Route: <sip:127.91.0.10;lr>, <sip:p1.q7alicex.example;lr>\r\n", a.ExpectAnswered().Text, StringComparison.Ordinal);
        b.Bye();
        b.Expect(200);
        Assert.Equal("<sip:127.91.0.10;lr>, <sip:p1.q7alicex.example;lr>", a.ExpectBye().Header(HeaderId.Route));
        Scene.End(CallCause.CalleeHungUp, CallOutcome.Answered, 200);
    }

    [Fact]
    public void A_strict_router_takes_the_request_uri()
    {
        var a = Alice.Call();
        var b = Bob.ExpectCall();
        b.Answer(200, Bob.Sdp(), headers: "Record-Route: <sip:p2.q7bobx.example;lr>, <sip:127.92.0.20>\r\n");
        var ack = b.ExpectRequest("ACK");
        Assert.Equal("ACK sip:127.92.0.20 SIP/2.0", ack.StartLine);
        Assert.Equal($"<sip:p2.q7bobx.example;lr>, <{Bob.Contact}>", ack.Header(HeaderId.Route));
        a.ExpectAnswered();
        HangUp(a, b);
        Scene.End(CallCause.CallerHungUp, CallOutcome.Answered, 200);
    }

    [Fact]
    public void A_caller_over_tcp_and_a_callee_over_udp()
    {
        var tess = Scene.Phone("tess", SceneModel.Inside, SceneModel.AliceAddress, 5065, connection: 7);
        var a = tess.Call();
        var b = Bob.ExpectCall();
        Assert.StartsWith("SIP/2.0/UDP", b.Asked.Header(HeaderId.Via));
        b.Accept();
        Assert.Contains(";transport=tcp>", a.ExpectAnswered().Header(HeaderId.Contact), StringComparison.Ordinal);
        b.Bye();
        b.Expect(200);
        Assert.StartsWith("SIP/2.0/TCP", a.ExpectBye().Header(HeaderId.Via));
        Scene.End(CallCause.CalleeHungUp, CallOutcome.Answered, 200);
    }

    [Fact]
    public void A_bye_whose_connection_is_gone_goes_over_a_new_one()
    {
        var tess = Scene.Phone("tess", SceneModel.Inside, SceneModel.AliceAddress, 5065, connection: 7);
        var a = tess.Call();
        var b = Bob.ExpectCall();
        b.Accept();
        a.ExpectAnswered();
        Scene.Harness.Network.Outcome = flow => flow.Connection == 7 ? SendResult.Closed : flow.IsReliable ? SendResult.Connecting : SendResult.Sent;
        b.Bye();
        b.Expect(200);
        var lost = a.ExpectRequest("BYE");
        Scene.Advance(1);
        var bye = a.ExpectBye();
        Assert.Equal((SendResult.Closed, SendResult.Connecting), (lost.Result, bye.Result));
        Scene.End(CallCause.CalleeHungUp, CallOutcome.Answered, 200);
    }

    [Fact]
    public void A_bye_that_reaches_nobody_ends_all_the_same()
    {
        var tess = Scene.Phone("tess", SceneModel.Inside, SceneModel.AliceAddress, 5065, connection: 7);
        var a = tess.Call();
        var b = Bob.ExpectCall();
        b.Accept();
        a.ExpectAnswered();
        Scene.Harness.Network.Outcome = flow => flow.IsReliable ? SendResult.Closed : SendResult.Sent;
        b.Bye();
        b.Expect(200);
        Scene.End(CallCause.CalleeHungUp, CallOutcome.Answered, 200);
    }

    private static string Large => "X-Large: " + new string('x', 1300) + "\r\n";

    [Fact]
    public void A_large_request_goes_over_tcp_and_falls_back()
    {
        var a = Alice.Call(headers: Large);
        Bob.ExpectNothing();
        var first = Assert.Single(Scene.Unclaimed);
        Assert.Equal(Transport.Tcp, first.Flow.Transport);
        Assert.StartsWith("SIP/2.0/TCP", first.Header(HeaderId.Via));
        Scene.Turn(() => Scene.Harness.ConnectionFailed(first.Flow, ConnectFailure.Refused));
        var b = Bob.ExpectCall();
        Assert.StartsWith("SIP/2.0/UDP", b.Asked.Header(HeaderId.Via));
        b.Accept();
        a.ExpectAnswered();

        // That bob takes no connection is remembered, also for large requests in a dialog.
        a.Invite(Alice.Sdp(version: 2), Large);
        b.ExpectRequest("INVITE");
        b.Accept();
        a.ExpectAnswered();
        HangUp(a, b);
        Scene.End(CallCause.CallerHungUp, CallOutcome.Answered, 200);
    }

    [Fact]
    public void A_large_reinvite_goes_over_tcp_too()
    {
        var (a, _) = Answered();
        a.Invite(Alice.Sdp(version: 2), Large);
        Bob.ExpectNothing();
        Assert.Equal(Transport.Tcp, Assert.Single(Scene.Unclaimed).Flow.Transport);
    }

    [Fact]
    public void Over_udp_or_tcp_alone_where_the_peer_says_so()
    {
        Alice.Call("dave", headers: Large);
        Scene.Dave.ExpectCall();
        var a = Alice.Call("carol", headers: Large);
        var first = Assert.Single(Scene.Unclaimed);
        Assert.Equal(Transport.Tcp, first.Flow.Transport);
        Scene.Turn(() => Scene.Harness.ConnectionFailed(first.Flow, ConnectFailure.Refused));
        Scene.Advance(1);
        a.Expect(503);
        Scene.Carol.ExpectNothing();
    }
}
