using SipAlg.Protocol.Sip;
using SipAlg.Signaling.Transports;

namespace SipAlg.Signaling.Tests.Transactions;

/// <summary>RFC 3261 §17.1 on the wire, to the millisecond.</summary>
public sealed class ClientTransactionTests
{
    private readonly Scene _scene = new();

    [Fact]
    public void An_unanswered_INVITE_is_repeated_at_doubling_intervals_until_timer_B()
    {
        _scene.Send(SipMethod.Invite, _scene.Udp);
        _scene.Harness.Advance(31_999);
        Assert.Equal([500, 1500, 3500, 7500, 15500, 31500], _scene.Times());
        Assert.Empty(_scene.Told());

        _scene.Harness.Advance(1);
        Assert.Equal(["none INVITE TimedOut"], _scene.Told());
        Assert.Equal(Scene.Owner, _scene.User.Owner);
        _scene.AssertNothingIsLeft();
    }

    [Fact]
    public void An_unanswered_request_is_repeated_every_T2_at_most_until_timer_F()
    {
        _scene.Send(SipMethod.Options, _scene.Udp);
        _scene.Harness.Advance(31_999);
        Assert.Equal([500, 1500, 3500, 7500, 11500, 15500, 19500, 23500, 27500, 31500], _scene.Times());

        _scene.Harness.Advance(1);
        Assert.Equal(["none OPTIONS TimedOut"], _scene.Told());
        _scene.AssertNothingIsLeft();
    }

    [Theory]
    [InlineData(SipMethod.Invite)]
    [InlineData(SipMethod.Bye)]
    public void On_a_stream_nothing_is_repeated(SipMethod method)
    {
        _scene.Send(method, _scene.Tcp);
        _scene.Harness.Advance(31_999);
        Assert.Empty(_scene.Times());
        _scene.Harness.Advance(1);
        Assert.Equal([$"none {method.ToString().ToUpperInvariant()} TimedOut"], _scene.Told());
        _scene.AssertNothingIsLeft();
    }

    [Fact]
    public void Repeats_are_the_same_octets_and_counted()
    {
        var (_, request) = _scene.Send(SipMethod.Invite, _scene.Udp);
        _scene.Harness.Advance(1500);
        Assert.All(_scene.Harness.Network.Take(), sent => Assert.Equal(request.Text, sent.Text));
        Assert.Equal(2, _scene.Counters.Retransmissions);
        Assert.Equal(1, _scene.Counters.RequestsOut[(int)SipMethod.Invite]);
    }

    [Fact]
    public void A_provisional_response_ends_the_repeats_of_an_INVITE_and_timer_B()
    {
        var (_, request) = _scene.Send(SipMethod.Invite, _scene.Udp);
        _scene.Harness.Receive(_scene.Udp, Scene.Answer(request, 180));
        _scene.Harness.Receive(_scene.Udp, Scene.Answer(request, 183));
        _scene.Harness.Advance(600_000);
        Assert.Empty(_scene.Times());
        Assert.Equal(["response 180 INVITE", "response 183 INVITE"], _scene.Told());
        Assert.Equal((1, 1, 0), (_scene.Transactions.Count, _scene.Transactions.KeptMessages, _scene.Harness.Lane.Timers.Count));
    }

    [Fact]
    public void A_provisional_response_slows_the_repeats_of_another_request_to_T2()
    {
        var (_, request) = _scene.Send(SipMethod.Options, _scene.Udp);
        _scene.Harness.Advance(100);
        _scene.Harness.Receive(_scene.Udp, Scene.Answer(request, 100));
        _scene.Harness.Advance(12_000);
        Assert.Equal([500, 4500, 8500], _scene.Times());
        _scene.Harness.Advance(20_000);
        Assert.Equal(["response 100 OPTIONS", "none OPTIONS TimedOut"], _scene.Told());
        _scene.AssertNothingIsLeft();
    }

    [Fact]
    public void A_final_response_is_told_once_and_absorbed_for_T4()
    {
        var (_, request) = _scene.Send(SipMethod.Bye, _scene.Udp);
        _scene.Harness.Receive(_scene.Udp, Scene.Answer(request, 200));
        _scene.Harness.Receive(_scene.Udp, Scene.Answer(request, 200));
        Assert.Equal(["response 200 BYE"], _scene.Told());
        Assert.Equal((1, 0), (_scene.Transactions.Count, _scene.Transactions.KeptMessages));

        _scene.Harness.Advance(4_999);
        Assert.Equal(1, _scene.Transactions.Count);
        _scene.Harness.Advance(1);
        Assert.Empty(_scene.Times());
        _scene.AssertNothingIsLeft();
    }

    [Fact]
    public void On_a_stream_a_final_response_ends_it_at_once()
    {
        var (_, request) = _scene.Send(SipMethod.Bye, _scene.Tcp);
        _scene.Harness.Receive(_scene.Tcp, Scene.Answer(request, 200));
        _scene.AssertNothingIsLeft();
    }

    [Fact]
    public void Every_2xx_of_an_INVITE_is_told_for_64_T1_by_RFC_6026()
    {
        var (_, request) = _scene.Send(SipMethod.Invite, _scene.Udp);
        _scene.Harness.Receive(_scene.Udp, Scene.Answer(request, 200));
        _scene.Harness.Receive(_scene.Udp, Scene.Answer(request, 200));
        _scene.Harness.Advance(31_999);
        _scene.Harness.Receive(_scene.Udp, Scene.Answer(request, 200, to: ";tag=fork"));
        Assert.Equal(["response 200 INVITE", "response 200 INVITE", "response 200 INVITE"], _scene.Told());
        Assert.Equal(0, _scene.Transactions.KeptMessages);
        Assert.Empty(_scene.Times());

        _scene.Harness.Advance(1);
        _scene.AssertNothingIsLeft();
        _scene.Harness.Receive(_scene.Udp, Scene.Answer(request, 200));
        Assert.Empty(_scene.Told());
        Assert.Equal(1, _scene.Counters.Strays);
    }

    [Fact]
    public void The_ACK_of_a_failure_is_made_of_the_INVITE_and_the_answers_To()
    {
        var (_, request) = _scene.Send(SipMethod.Invite, _scene.Udp, route: "Route: <sip:a.example;lr>, <sip:b.example;lr>\r\nRoute: <sip:c.example;lr>\r\n");
        _scene.Harness.Receive(_scene.Udp, Scene.Answer(request, 486));

        var sent = _scene.Sent();
        var expected = $"""
            ACK sip:bob@203.0.113.5 SIP/2.0
            Via: {request.Header(HeaderId.Via)}
            Max-Forwards: 70
            Route: <sip:a.example;lr>, <sip:b.example;lr>
            Route: <sip:c.example;lr>
            From: <sip:alice@192.0.2.1>;tag=ours
            To: <sip:bob@203.0.113.5>;tag=theirs
            Call-ID: call-1
            CSeq: 17 ACK
            Content-Length: 0


            """;
        Assert.Equal(expected.ReplaceLineEndings("\r\n"), sent.Text);
        Assert.Equal(_scene.Udp, sent.Flow);
        Assert.Equal(["response 486 INVITE"], _scene.Told());
    }

    [Fact]
    public void Each_repeat_of_a_failure_is_acknowledged_again_until_timer_D()
    {
        var (_, request) = _scene.Send(SipMethod.Invite, _scene.Udp);
        _scene.Harness.Receive(_scene.Udp, Scene.Answer(request, 503));
        var first = _scene.Sent();
        _scene.Harness.Advance(31_999);
        _scene.Harness.Receive(_scene.Udp, Scene.Answer(request, 503));
        Assert.Equal(first.Text, _scene.Sent().Text);
        Assert.Equal(["response 503 INVITE"], _scene.Told());

        _scene.Harness.Advance(1);
        _scene.AssertNothingIsLeft();
        _scene.Harness.Receive(_scene.Udp, Scene.Answer(request, 503));
        Assert.Empty(_scene.Times());
    }

    [Fact]
    public void On_a_stream_a_failure_is_acknowledged_and_over()
    {
        var (_, request) = _scene.Send(SipMethod.Invite, _scene.NewTcp);
        _scene.Harness.Receive(_scene.Tcp, Scene.Answer(request, 404));
        var ack = _scene.Sent();
        Assert.StartsWith("ACK ", ack.Text, StringComparison.Ordinal);
        Assert.Equal(_scene.Tcp.Connection, ack.Flow.Connection);
        _scene.AssertNothingIsLeft();
    }

    [Fact]
    public void Responses_that_belong_to_no_transaction_are_counted_and_dropped()
    {
        var (_, request) = _scene.Send(SipMethod.Bye, _scene.Udp);
        var answer = Scene.Answer(request, 200);
        string[] strays =
        [
            answer.Replace("branch=z9hG4bK", "branch=z9hG4bKx", StringComparison.Ordinal),
            answer.Replace("branch=z9hG4bK00", "branch=z9hG4bK01", StringComparison.Ordinal),
            answer.Replace("CSeq: 17 BYE", "CSeq: 17 INFO", StringComparison.Ordinal),
            answer.Replace("CSeq: 17 BYE", "CSeq: 17 CANCEL", StringComparison.Ordinal),
            answer.Replace(";branch=", ";other=", StringComparison.Ordinal),
            answer.Replace("branch=z9hG4bK00000000", "branch=z9hG4bK007fffff", StringComparison.Ordinal),
        ];
        Assert.All(strays, stray => Assert.NotEqual(answer, stray));
        Assert.All(strays, stray => _scene.Harness.Receive(_scene.Udp, stray));
        Assert.Empty(_scene.Told());
        Assert.Equal(strays.Length, _scene.Counters.Strays);
    }

    [Fact]
    public void A_refused_send_is_told_in_a_later_turn()
    {
        _scene.Harness.Network.Outcome = static _ => SendResult.NoRoute;
        _scene.Send(SipMethod.Invite, _scene.Udp);
        Assert.Empty(_scene.Told());
        _scene.Harness.Advance(1);
        Assert.Equal(["none INVITE TransportFailed"], _scene.Told());
        _scene.AssertNothingIsLeft();
    }

    [Fact]
    public void A_full_send_buffer_is_a_lost_datagram()
    {
        _scene.Harness.Network.Outcome = static _ => SendResult.WouldBlock;
        _scene.Send(SipMethod.Bye, _scene.Udp);
        _scene.Harness.Advance(500);
        Assert.Equal([500], _scene.Times());
        Assert.Empty(_scene.Told());
    }

    [Fact]
    public void A_transaction_that_is_abandoned_leaves_nothing()
    {
        _scene.Transactions.Abandon(_scene.Transactions.Reserve(SipMethod.Invite, Scene.Owner));
        _scene.AssertNothingIsLeft();
    }
}
