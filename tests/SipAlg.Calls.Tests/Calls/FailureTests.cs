using SipAlg.Calls.Calls;
using SipAlg.Protocol.Sip;
using SipAlg.Signaling.Transports;

namespace SipAlg.Calls.Tests.Calls;

/// <summary>Calls that the callee refuses, does not take, or cannot be asked about.</summary>
public sealed class FailureTests : CallTest
{
    [Theory]
    [InlineData(404, "Nobody here")]
    [InlineData(486, "Busy Here")]
    [InlineData(480, "Away")]
    [InlineData(481, "Gone")]
    [InlineData(500, "Broken")]
    [InlineData(503, "Full")]
    [InlineData(600, "Busy Everywhere")]
    [InlineData(603, "No")]
    [InlineData(699, "Never")]
    public void A_failure_crosses_with_its_phrase(int status, string phrase)
    {
        var a = Alice.Call();
        var b = Bob.ExpectCall();
        b.Answer(status, phrase: phrase, headers: "Retry-After: 7\r\nX-Why: because\r\n");
        b.ExpectRequest("ACK");
        var response = a.Expect(status);
        Assert.Equal($"SIP/2.0 {status} {phrase}", response.StartLine);
        Assert.Contains("\r\nX-Why: because\r\n", response.Text, StringComparison.Ordinal);
        Assert.Contains($"\r\nReason: SIP;cause={status};text=\"", response.Text, StringComparison.Ordinal);

        // RFC 3261 §21.5.4: that a peer is overloaded says nothing of the gateway.
        Assert.Equal(status != 503, response.Text.Contains("\r\nRetry-After: 7\r\n", StringComparison.Ordinal));
        Scene.End(CallCause.CalleeRefused, CallOutcome.Failed, status);
    }

    /// <summary>Challenges are for the gateway, which has no credentials.</summary>
    [Theory]
    [InlineData(401, 500)]
    [InlineData(407, 500)]
    public void Challenges_do_not_cross(int status, int seen)
    {
        var a = Alice.Call();
        var b = Bob.ExpectCall();
        b.Answer(status, phrase: "Secret phrase", headers: "WWW-Authenticate: Digest realm=\"inner\"\r\nProxy-Authenticate: Digest realm=\"inner\"\r\n");
        b.ExpectRequest("ACK");
        var response = a.Expect(seen);
        Assert.DoesNotContain("inner", response.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("Secret", response.Text, StringComparison.Ordinal);
        Assert.Contains($"\r\nReason: SIP;cause={status};text=\"", response.Text, StringComparison.Ordinal);
        Scene.End(CallCause.CalleeRefused, CallOutcome.Failed, seen);
    }

    [Fact]
    public void Early_media_before_a_failure_is_given_back()
    {
        var a = Alice.Call();
        var b = Bob.ExpectCall();
        b.Answer(183, Bob.Sdp());
        a.Expect(183);
        Assert.Equal(2, Scene.PortsInUse);
        b.Answer(486, phrase: "Busy");
        b.ExpectRequest("ACK");
        a.Expect(486);
        Scene.End(CallCause.CalleeRefused, CallOutcome.Failed, 486);
    }

    [Fact]
    public void A_description_in_a_failure_stays_behind()
    {
        var a = Alice.Call();
        var b = Bob.ExpectCall();
        b.Answer(488, Bob.Sdp(), "No");
        b.ExpectRequest("ACK");
        Assert.DoesNotContain("m=audio", a.Expect(488).Text, StringComparison.Ordinal);
        Scene.End(CallCause.CalleeRefused, CallOutcome.Failed, 488);
    }

    [Fact]
    public void A_silent_callee_times_out()
    {
        var a = Alice.Call();
        Scene.Advance(31_999);
        Assert.Equal(7, Bob.Take().Length);
        Alice.ExpectNothing();
        Scene.Advance(1);
        a.Expect(408);
        Scene.End(CallCause.TargetTimedOut, CallOutcome.Failed, 408);
    }

    [Fact]
    public void An_unreachable_callee_fails_at_once()
    {
        var a = Alice.Call();
        Bob.ExpectCall();
        Scene.Turn(() => Scene.Harness.Unreachable(Bob.Flow, UnreachableReason.Port));
        Scene.Advance(1);
        a.Expect(503);
        Scene.End(CallCause.TargetUnreachable, CallOutcome.Failed, 503);
    }

    [Fact]
    public void A_callee_that_rings_for_ever_is_given_up()
    {
        var (a, b) = Ringing();
        Scene.Advance(179_999);
        Alice.ExpectNothing();
        Scene.Advance(1);
        a.Expect(480);
        b.ExpectCancel();
        Scene.End(CallCause.NoAnswer, CallOutcome.Failed, 480);
    }

    [Theory]
    [InlineData("nowhere", 404)]
    [InlineData("barred", 403)]
    public void The_dialplan_refuses(string called, int status)
    {
        var a = (called == "barred" ? Alice : Scene.Dave).Call(called);
        if (called == "barred")
        {
            Assert.Equal("SIP/2.0 403 Barred", a.Expect(status).StartLine);
            Scene.End(CallCause.RejectedByRoute, CallOutcome.Rejected, 403);
        }
        else
        {
            Alice.ExpectCall().Answer(status);
            Alice.ExpectRequest("ACK");
            a.Expect(status);
            Scene.End(CallCause.CalleeRefused, CallOutcome.Failed, 404);
        }
    }

    [Fact]
    public void A_malformed_offer_is_488()
    {
        Alice.Call(body: "v=0\r\no=broken\r\n").Expect(488);
        Scene.End(CallCause.BadOffer, CallOutcome.Rejected, 488);
    }

    /// <summary>RFC 3261 §20.15: without a Content-Type nobody knows what the body holds; SDP in it would show addresses.</summary>
    [Fact]
    public void A_body_without_content_type_is_415()
    {
        Alice.Send("INVITE sip:bob@gw SIP/2.0\r\nVia: SIP/2.0/UDP 127.91.0.10;branch=z9hG4bK1\r\nFrom: <sip:a@b>;tag=1\r\n" +
            "To: <sip:bob@gw>\r\nCall-ID: 1\r\nCSeq: 1 INVITE\r\nContact: <sip:a@127.91.0.10>\r\n\r\n" + Alice.Sdp());
        Assert.Contains("application/sdp", Alice.ExpectResponse(415).Header(HeaderId.Accept), StringComparison.Ordinal);
        Bob.ExpectNothing();
        Scene.End();
    }

    [Fact]
    public void A_callees_body_without_content_type_stays_behind()
    {
        var a = Alice.Call();
        var b = Bob.ExpectCall();
        b.Answer(480, headers: "Content-Length: 5\r\n\r\nhello");
        a.Expect(480);
        b.ExpectRequest("ACK");
        Scene.End();
    }
}
