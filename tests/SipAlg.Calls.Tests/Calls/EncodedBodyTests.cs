using SipAlg.Calls.Calls;
using SipAlg.Protocol.Sip;
using SipAlg.Testing.Lanes;
using SipAlg.Testing.Phones;

namespace SipAlg.Calls.Tests.Calls;

/// <summary>RFC 3261 §8.2.3 in a dialog: a body that the gateway has to read, and cannot, is refused and changes nothing.</summary>
public sealed class EncodedBodyTests : CallTest
{
    private const string Encoded = "Content-Encoding: gzip\r\n";

    private static void IsRefused(SentMessage response, bool saysType)
    {
        Assert.StartsWith("SIP/2.0 415 ", response.StartLine, StringComparison.Ordinal);
        Assert.Contains("\r\nAccept-Encoding: identity\r\n", response.Text, StringComparison.Ordinal);
        Assert.Equal(saysType ? "application/sdp, multipart/mixed" : null, response.Header(HeaderId.Accept));
    }

    private void StillTalking(PhoneDialog a, PhoneDialog b)
    {
        a.Invite(Alice.Sdp(version: 9));
        b.ExpectRequest("INVITE");
        b.Accept(Bob.Sdp(version: 9));
        a.ExpectAnswered();
        HangUp(a, b);
        Scene.End(CallCause.CallerHungUp, CallOutcome.Answered, 200);
    }

    [Theory]
    [InlineData(Encoded, true)]
    [InlineData("e: deflate\r\n", true)]
    [InlineData("Content-Encoding: identity\r\n", false)]
    public void A_reinvite(string headers, bool isRefused)
    {
        var (a, b) = Answered();
        a.Invite(Alice.Sdp(version: 2), headers);
        if (isRefused)
        {
            IsRefused(a.Expect(415), saysType: true);
            Bob.ExpectNothing();
        }
        else
        {
            b.ExpectRequest("INVITE");
            b.Accept(Bob.Sdp(version: 2));
            a.ExpectAnswered();
        }

        StillTalking(a, b);
    }

    [Fact]
    public void An_update()
    {
        var (a, b) = Answered();
        b.Request("UPDATE", $"Contact: <{Bob.Contact}>\r\n" + Encoded, Bob.Sdp(version: 2));
        IsRefused(b.Expect(415), saysType: true);
        Alice.ExpectNothing();
        StillTalking(a, b);
    }

    /// <summary>RFC 3262 §3: what the PRACK says is refused, what it acknowledges is acknowledged all the same.</summary>
    [Fact]
    public void A_prack()
    {
        var a = Alice.Call(headers: "Supported: 100rel\r\n");
        var b = Bob.ExpectCall();
        b.AnswerReliably(183, 7, Bob.Sdp());
        var ringing = a.Expect(183);
        a.Request("PRACK", $"RAck: {ringing.Header(HeaderId.RSeq)} 2 INVITE\r\n" + Encoded, Alice.Sdp(version: 2));
        IsRefused(a.Expect(415), saysType: true);
        b.AnswerTo(b.ExpectRequest("PRACK"), 200);
        b.Answer(200);
        b.ExpectRequest("ACK");
        a.ExpectAnswered();
        StillTalking(a, b);
    }

    /// <summary>Without its type nobody knows what a body holds (RFC 3261 §20.15).</summary>
    [Theory]
    [InlineData("INVITE")]
    [InlineData("UPDATE")]
    public void One_without_its_type(string method)
    {
        var (a, b) = Answered();
        a.Sequence++;
        Alice.Send($"{method} sip:x@{Scene.Model.InsideAddress} SIP/2.0\r\nVia: SIP/2.0/UDP {Alice.Flow.Remote};rport;branch=z9hG4bKq7alicexuntyped\r\nMax-Forwards: 70\r\n" +
            $"From: <sip:alice@{Alice.Host}>;tag={a.LocalTag}\r\nTo: <sip:bob@gw>;tag={a.RemoteTag}\r\nCall-ID: {a.CallId}\r\nCSeq: {a.Sequence} {method}\r\n" +
            $"Contact: <{Alice.Contact}>\r\nContent-Length: 4\r\n\r\nbody");
        IsRefused(Alice.ExpectResponse(415), saysType: true);
        if (method == "INVITE")
        {
            Alice.Send($"ACK sip:x@{Scene.Model.InsideAddress} SIP/2.0\r\nVia: SIP/2.0/UDP {Alice.Flow.Remote};rport;branch=z9hG4bKq7alicexuntyped\r\nMax-Forwards: 70\r\n" +
                $"From: <sip:alice@{Alice.Host}>;tag={a.LocalTag}\r\nTo: <sip:bob@gw>;tag={a.RemoteTag}\r\nCall-ID: {a.CallId}\r\nCSeq: {a.Sequence} ACK\r\nContent-Length: 0\r\n\r\n");
        }

        Bob.ExpectNothing();
        StillTalking(a, b);
    }

    [Fact]
    public void A_notify_whose_body_would_have_to_be_written_anew()
    {
        var (a, b) = Answered();
        a.Request("NOTIFY", "Event: dialog\r\nSubscription-State: active\r\n" + Encoded, "zipped", "application/dialog-info+xml");
        IsRefused(a.Expect(415), saysType: false);
        Bob.ExpectNothing();
        a.Request("INFO", Encoded, "zipped", "application/x-own");
        b.AnswerTo(b.ExpectRequest("INFO"), 200);
        a.Expect(200);
        StillTalking(a, b);
    }

    /// <summary>A dialog of a call may carry events too (RFC 6665 §4.5.2 speaks against it, and forbids it not): their bodies name nothing of the other side.</summary>
    [Fact]
    public void The_events_of_a_calls_dialog_hide_the_other_side()
    {
        var (a, b) = Answered();
        a.Request("NOTIFY", "Event: dialog\r\nSubscription-State: active\r\n", $"""
            <?xml version="1.0"?>
            <dialog-info xmlns="urn:ietf:params:xml:ns:dialog-info" version="1" state="full" entity="sip:alice@{Alice.Host}">
            <dialog id="1" call-id="{a.CallId}" local-tag="{a.LocalTag}" remote-tag="{a.RemoteTag}"><state>confirmed</state>
            <local><target uri="sip:alice@{Alice.Flow.Remote}"/></local></dialog></dialog-info>
            """, "application/dialog-info+xml");
        var notify = b.ExpectRequest("NOTIFY");
        Assert.Contains($"call-id=\"{b.CallId}\"", notify.Text, StringComparison.Ordinal);
        Assert.DoesNotContain(Alice.Host, notify.Text, StringComparison.Ordinal);
        b.AnswerTo(notify, 200);
        a.Expect(200);
        StillTalking(a, b);
    }
}
