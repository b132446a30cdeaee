using SipAlg.Protocol.Sip;

namespace SipAlg.Signaling.Tests.Transactions;

/// <summary>Malformed messages are answered without state, or dropped; messages of other lanes are handed over.</summary>
public sealed class RefusalTests
{
    private readonly Scene _scene = new();

    [Theory]
    [InlineData("CSeq: 1 INVITE", "CSeq: 1 OPTIONS", 400, MessageFault.MethodMismatch)]
    [InlineData("CSeq: 1 INVITE", "CSeq: 4294967296 INVITE", 400, MessageFault.BadCSeq)]
    [InlineData("SIP/2.0\r\nVia", "SIP/7.0\r\nVia", 505, MessageFault.Version)]
    [InlineData("To: <sip:alice@192.0.2.1>", "To: \"<sip:alice@192.0.2.1>", 400, MessageFault.BadTo)]
    [InlineData("Content-Length: 0", "Content-Length: 9", 400, MessageFault.BodyCutShort)]
    [InlineData("Max-Forwards: 70", "Max-Forwards: many", 400, MessageFault.BadMaxForwards)]
    [InlineData("sip:alice@192.0.2.1 SIP", "sip:alice@192.0.2.1 x SIP", 400, MessageFault.RequestUri)]
    public void A_malformed_request_is_answered_without_state(string good, string bad, int status, MessageFault fault)
    {
        var request = Scene.Request("INVITE").ReplaceLineEndings("\r\n").Replace(good, bad, StringComparison.Ordinal);
        _scene.Harness.Receive(_scene.Udp, request);
        var answer = _scene.Sent();
        Assert.StartsWith($"SIP/2.0 {status} ", answer.Text, StringComparison.Ordinal);
        Assert.Equal(_scene.Udp, answer.Flow);
        Assert.Contains(";tag=", answer.Text[answer.Text.IndexOf("\r\nTo:", StringComparison.Ordinal)..], StringComparison.Ordinal);
        Assert.Equal(1, _scene.Counters.Malformed[(int)fault]);
        Assert.Empty(_scene.Told());
        _scene.AssertNothingIsLeft();
    }

    [Theory]
    [InlineData("INVITE", "CSeq: 1 INVITE\r\n")]
    [InlineData("INVITE", "Call-ID: call-2\r\n")]
    [InlineData("INVITE", "From: <sip:bob@203.0.113.5>;tag=theirs\r\n")]
    [InlineData("ACK", "Max-Forwards: 70\r\n", "Max-Forwards: x\r\n")]
    [InlineData("INVITE", "INVITE sip:alice@192.0.2.1 SIP/2.0\r\n", "SIP/2.0 99 Low\r\n")]
    [InlineData("INVITE", "INVITE sip:alice@192.0.2.1 SIP/2.0\r\n", "SIP/3.0 200 OK\r\n")]
    [InlineData("INVITE", "INVITE sip:alice@192.0.2.1 SIP/2.0\r\n", "hello\r\n")]
    public void What_cannot_or_must_not_be_answered_is_dropped(string method, string good, string bad = "")
    {
        var request = Scene.Request(method).ReplaceLineEndings("\r\n");
        Assert.Contains(good, request, StringComparison.Ordinal);
        _scene.Harness.Receive(_scene.Udp, request.Replace(good, bad, StringComparison.Ordinal));
        Assert.Empty(_scene.Times());
        Assert.Equal(1, _scene.Counters.Malformed.Sum());
        Assert.Empty(_scene.Told());
        _scene.AssertNothingIsLeft();
    }

    [Fact]
    public void A_request_of_another_lanes_dialog_is_handed_over()
    {
        var scene = new Scene(lane: 1, lanes: 3);
        scene.Harness.Receive(scene.Udp, Scene.Request("BYE", to: ";tag=02000000000123456789abcdef"));
        Assert.Equal(2, Assert.Single(scene.Harness.Lane.HandedOver).Lane);
        Assert.Empty(scene.Told());

        scene.Harness.Receive(scene.Udp, Scene.Request("BYE", to: ";tag=03000000000123456789abcdef"));
        Assert.Equal(["request BYE"], scene.Told());
    }

    [Fact]
    public void An_answer_to_another_lanes_request_is_handed_over()
    {
        var scene = new Scene(lane: 1, lanes: 2);
        var (_, request) = scene.Send(SipMethod.Bye, scene.Udp);
        scene.Harness.Receive(scene.Udp, Scene.Answer(request, 200).Replace("z9hG4bK01", "z9hG4bK00", StringComparison.Ordinal));
        Assert.Equal(0, Assert.Single(scene.Harness.Lane.HandedOver).Lane);
        Assert.Empty(scene.Told());
        scene.Harness.Receive(scene.Udp, Scene.Answer(request, 200));
        Assert.Equal(["response 200 BYE"], scene.Told());
    }
}
