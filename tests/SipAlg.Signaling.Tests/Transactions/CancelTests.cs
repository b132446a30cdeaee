using SipAlg.Protocol.Sip;

namespace SipAlg.Signaling.Tests.Transactions;

/// <summary>RFC 3261 §9, in both directions.</summary>
public sealed class CancelTests
{
    private readonly Scene _scene = new();

    [Fact]
    public void Nothing_is_cancelled_before_a_provisional_response()
    {
        var (invite, _) = _scene.Send(SipMethod.Invite, _scene.Udp);
        Assert.False(_scene.Transactions.TryCancel(invite));
        Assert.Empty(_scene.Times());
    }

    [Fact]
    public void The_CANCEL_is_made_of_the_INVITE()
    {
        var (invite, request) = Ringing();
        Assert.True(_scene.Transactions.TryCancel(invite));
        var expected = $"""
            CANCEL sip:bob@203.0.113.5 SIP/2.0
            Via: {request.Header(HeaderId.Via)}
            Max-Forwards: 70
            Route: <sip:a.example;lr>
            From: <sip:alice@192.0.2.1>;tag=ours
            To: <sip:bob@203.0.113.5>
            Call-ID: call-1
            CSeq: 17 CANCEL
            Content-Length: 0


            """;
        Assert.Equal(expected.ReplaceLineEndings("\r\n"), _scene.Sent().Text);
        Assert.False(_scene.Transactions.TryCancel(invite));
    }

    [Fact]
    public void A_cancelled_INVITE_ends_with_its_487()
    {
        var (invite, request) = Ringing();
        _scene.Transactions.TryCancel(invite);
        _scene.Harness.Receive(_scene.Udp, Scene.Answer(request, 200, "CANCEL"));
        _scene.Harness.Receive(_scene.Udp, Scene.Answer(request, 487));
        Assert.Equal(["response 200 CANCEL", "response 487 INVITE"], _scene.Told());
        Assert.Equal(["CANCEL", "ACK"], _scene.Harness.Network.Take().Select(sent => sent.Text.Split(' ')[0]));
        _scene.Harness.Advance(32_000);
        _scene.AssertNothingIsLeft();
    }

    [Fact]
    public void A_cancelled_INVITE_without_its_487_times_out_even_if_it_goes_on_ringing()
    {
        var (invite, request) = Ringing();
        _scene.Transactions.TryCancel(invite);
        _scene.Harness.Receive(_scene.Udp, Scene.Answer(request, 200, "CANCEL"));
        _scene.Harness.Advance(10_000);
        _scene.Harness.Receive(_scene.Udp, Scene.Answer(request, 180));
        _scene.Harness.Advance(22_000);
        Assert.Equal(["response 200 CANCEL", "response 180 INVITE", "none INVITE TimedOut"], _scene.Told());
        _scene.AssertNothingIsLeft();
    }

    [Fact]
    public void An_INVITE_that_ends_takes_its_unanswered_CANCEL_with_it()
    {
        var (invite, request) = Ringing(stream: true);
        _scene.Transactions.TryCancel(invite);
        _scene.Harness.Receive(_scene.Tcp, Scene.Answer(request, 487));
        _scene.AssertNothingIsLeft();
        _scene.Harness.Receive(_scene.Tcp, Scene.Answer(request, 200, "CANCEL"));
        Assert.Equal(["response 487 INVITE"], _scene.Told());
    }

    [Fact]
    public void A_late_answer_to_a_CANCEL_never_reaches_another_transaction()
    {
        var (invite, request) = Ringing();
        _scene.Transactions.TryCancel(invite);
        _scene.Harness.Receive(_scene.Udp, Scene.Answer(request, 200, "CANCEL"));
        _scene.Harness.Advance(5_000);

        // The slot of the finished CANCEL now holds a CANCEL of somebody else's.
        _scene.Harness.Receive(_scene.Udp, Scene.Request("CANCEL"));
        _scene.Harness.Network.Take();
        _scene.Told();
        _scene.Harness.Receive(_scene.Udp, Scene.Answer(request, 200, "CANCEL"));
        Assert.Empty(_scene.Told());
        Assert.Equal(1, _scene.Counters.Strays);
        _scene.Harness.Receive(_scene.Udp, Scene.Answer(request, 487));
        _scene.Harness.Advance(32_000);
        _scene.AssertNothingIsLeft();
    }

    [Fact]
    public void A_CANCEL_is_answered_and_told_with_the_owner_of_its_INVITE()
    {
        _scene.Harness.Receive(_scene.Udp, Scene.Request("INVITE"));
        _scene.Transactions.Adopt(_scene.User.Transaction, Scene.Owner);
        var invite = _scene.User.Transaction;
        _scene.Harness.Network.Take();
        _scene.Harness.Receive(_scene.Udp, Scene.Request("CANCEL"));
        Assert.Equal("SIP/2.0 200 OK", _scene.Sent().StartLine);
        Assert.Equal(["request INVITE", "cancel"], _scene.Told());
        Assert.Equal((invite, Scene.Owner), (_scene.User.Transaction, _scene.User.Owner));

        _scene.Respond(487);
        _scene.Harness.Receive(_scene.Udp, Scene.Request("ACK", to: ";tag=ours"));
        _scene.Harness.Advance(32_000);
        _scene.AssertNothingIsLeft();
    }

    [Fact]
    public void A_repeated_CANCEL_is_answered_the_same_and_told_once()
    {
        _scene.Harness.Receive(_scene.Udp, Scene.Request("INVITE"));
        _scene.Harness.Network.Take();
        _scene.Harness.Receive(_scene.Udp, Scene.Request("CANCEL"));
        _scene.Harness.Receive(_scene.Udp, Scene.Request("CANCEL"));
        var sent = _scene.Harness.Network.Take();
        Assert.Equal(2, sent.Length);
        Assert.Equal(sent[0].Text, sent[1].Text);
        Assert.Equal(["request INVITE", "cancel"], _scene.Told());
    }

    [Fact]
    public void A_CANCEL_after_the_final_answer_changes_nothing()
    {
        _scene.Harness.Receive(_scene.Udp, Scene.Request("INVITE"));
        _scene.Respond(200);
        _scene.Harness.Network.Take();
        _scene.Harness.Receive(_scene.Udp, Scene.Request("CANCEL"));
        Assert.Equal("SIP/2.0 200 OK", _scene.Sent().StartLine);
        Assert.Equal(["request INVITE"], _scene.Told());
    }

    [Fact]
    public void A_CANCEL_of_no_INVITE_is_answered_481()
    {
        _scene.Harness.Receive(_scene.Udp, Scene.Request("CANCEL"));
        Assert.Equal("SIP/2.0 481 Call/Transaction Does Not Exist", _scene.Sent().StartLine);
        Assert.Empty(_scene.Told());
        _scene.Harness.Advance(32_000);
        _scene.AssertNothingIsLeft();
    }

    private (Signaling.Transactions.TransactionId Invite, Testing.Lanes.SentMessage Request) Ringing(bool stream = false)
    {
        var flow = stream ? _scene.Tcp : _scene.Udp;
        var (invite, request) = _scene.Send(SipMethod.Invite, flow, route: "Route: <sip:a.example;lr>\r\n");
        _scene.Harness.Receive(flow, Scene.Answer(request, 180));
        _scene.Told();
        return (invite, request);
    }
}
