using SipAlg.Protocol.Sip;
using SipAlg.Signaling.Transports;

namespace SipAlg.Signaling.Tests.Transactions;

/// <summary>RFC 3261 §18.4: what the network could not deliver; §18.1.1: large requests that fall back to UDP.</summary>
public sealed class UndeliveredTests
{
    private readonly Scene _scene = new();

    [Fact]
    public void ICMP_ends_only_the_requests_without_an_answer_to_that_far_side()
    {
        _scene.Send(SipMethod.Options, _scene.Udp);
        var (_, rings) = _scene.Send(SipMethod.Invite, _scene.Udp);
        _scene.Send(SipMethod.Bye, _scene.Harness.Flow(0, "203.0.113.5:5061"));
        _scene.Send(SipMethod.Info, _scene.Harness.Flow(2, Scene.Phone));
        _scene.Send(SipMethod.Message, _scene.Tcp);
        _scene.Harness.Receive(_scene.Udp, Scene.Request("SUBSCRIBE"));
        _scene.Harness.Receive(_scene.Udp, Scene.Answer(rings, 180));
        _scene.Told();

        _scene.Harness.Unreachable(_scene.Udp);
        _scene.Harness.Advance(1);
        Assert.Equal(["none OPTIONS TransportFailed"], _scene.Told());
    }

    /// <summary>ICMP can be forged: a request that looks for silence takes none for an answer.</summary>
    [Fact]
    public void A_request_that_outlasts_errors_ends_by_its_answer_or_by_silence()
    {
        var (_, answered) = _scene.Send(SipMethod.Options, _scene.Udp, outlastsErrors: true);
        _scene.Send(SipMethod.Options, _scene.Udp, outlastsErrors: true);
        _scene.Harness.Unreachable(_scene.Udp);
        _scene.Harness.Advance(1);
        Assert.Empty(_scene.Told());
        _scene.Harness.Receive(_scene.Udp, Scene.Answer(answered, 200));
        Assert.Single(_scene.Told());
        _scene.Harness.Advance(32_000);
        Assert.Equal(["none OPTIONS TimedOut"], _scene.Told());
    }

    [Fact]
    public void All_requests_of_a_failed_connection_end()
    {
        for (var n = 0; n < 5; n++)
        {
            _scene.Send(SipMethod.Options, _scene.NewTcp);
        }

        _scene.Harness.ConnectionFailed(_scene.NewTcp, ConnectFailure.Refused);
        _scene.Harness.Advance(1);
        Assert.Equal(Enumerable.Repeat("none OPTIONS TransportFailed", 5), _scene.Told());
        _scene.AssertNothingIsLeft();
    }

    [Fact]
    public void A_closed_connection_ends_what_it_carried_and_not_what_another_one_carries()
    {
        _scene.Send(SipMethod.Options, _scene.Tcp);
        _scene.Send(SipMethod.Bye, _scene.Harness.Flow(1, Scene.Phone, connection: 10));
        _scene.Harness.ConnectionClosed(_scene.Tcp);
        _scene.Harness.Advance(1);
        Assert.Equal(["none OPTIONS TransportFailed"], _scene.Told());
    }

    [Fact]
    public void A_large_request_goes_out_again_over_UDP_when_no_connection_comes_about()
    {
        var (_, tried) = _scene.Send(SipMethod.Invite, _scene.NewTcp, canFallBack: true);
        _scene.Harness.ConnectionFailed(_scene.NewTcp, ConnectFailure.Timeout);

        var sent = _scene.Sent();
        Assert.Equal(_scene.Udp, sent.Flow);
        Assert.Equal(tried.Text.Replace("SIP/2.0/TCP", "SIP/2.0/UDP", StringComparison.Ordinal), sent.Text);
        _scene.Harness.Advance(1500);
        Assert.Equal([500, 1500], _scene.Times());
        Assert.Empty(_scene.Told());

        _scene.Harness.Receive(_scene.Udp, Scene.Answer(sent, 486));
        Assert.Equal(["response 486 INVITE"], _scene.Told());
        Assert.Equal(_scene.Udp, _scene.Sent().Flow);
        _scene.Harness.Advance(32_000);
        _scene.AssertNothingIsLeft();
    }

    [Fact]
    public void A_far_side_that_took_no_connection_is_remembered_for_ten_minutes()
    {
        Assert.False(_scene.Transactions.HasRefusedStreams(_scene.Tcp.Remote));
        _scene.Send(SipMethod.Invite, _scene.NewTcp, canFallBack: true);
        _scene.Harness.ConnectionFailed(_scene.NewTcp, ConnectFailure.Refused);
        Assert.True(_scene.Transactions.HasRefusedStreams(_scene.Tcp.Remote));
        Assert.False(_scene.Transactions.HasRefusedStreams(_scene.Harness.Flow(1, "203.0.113.5:5061").Remote));
        _scene.Harness.Advance(599_999);
        Assert.True(_scene.Transactions.HasRefusedStreams(_scene.Tcp.Remote));
        _scene.Harness.Advance(1);
        Assert.False(_scene.Transactions.HasRefusedStreams(_scene.Tcp.Remote));
    }

    [Fact]
    public void A_large_request_that_the_network_refuses_at_once_goes_out_over_UDP()
    {
        _scene.Harness.Network.Outcome = static flow => flow.IsReliable ? SendResult.TooManyConnections : SendResult.Sent;
        _scene.Send(SipMethod.Invite, _scene.NewTcp, canFallBack: true);
        _scene.Harness.Advance(1);
        Assert.Equal(_scene.Udp, _scene.Sent().Flow);
        Assert.Empty(_scene.Told());
    }

    /// <summary>By the send at once, and by the network a moment later.</summary>
    [Fact]
    public void A_refusal_that_is_told_twice_makes_a_large_request_fall_back_once()
    {
        _scene.Harness.Network.Outcome = static flow => flow.IsReliable ? SendResult.TooManyConnections : SendResult.Sent;
        _scene.Send(SipMethod.Invite, _scene.NewTcp, canFallBack: true);
        _scene.Harness.ConnectionFailed(_scene.NewTcp, ConnectFailure.Refused);
        _scene.Harness.Advance(1);
        Assert.Equal(_scene.Udp, _scene.Sent().Flow);
        Assert.Empty(_scene.Told());
    }

    [Fact]
    public void A_large_request_that_UDP_refuses_too_has_failed()
    {
        _scene.Harness.Network.Outcome = static _ => SendResult.NoRoute;
        _scene.Send(SipMethod.Invite, _scene.NewTcp, canFallBack: true);
        _scene.Harness.Advance(10);
        Assert.Equal(["none INVITE TransportFailed"], _scene.Told());
        _scene.AssertNothingIsLeft();
    }

    [Fact]
    public void ICMP_after_the_fall_back_ends_it()
    {
        _scene.Send(SipMethod.Invite, _scene.NewTcp, canFallBack: true);
        _scene.Harness.ConnectionFailed(_scene.NewTcp, ConnectFailure.Refused);
        _scene.Harness.Unreachable(_scene.Udp);
        _scene.Harness.Advance(1);
        Assert.Equal(["none INVITE TransportFailed"], _scene.Told());
        _scene.AssertNothingIsLeft();
    }

    [Fact]
    public void An_answered_large_request_never_falls_back()
    {
        var (_, request) = _scene.Send(SipMethod.Invite, _scene.NewTcp, canFallBack: true);
        _scene.Harness.Receive(_scene.Tcp, Scene.Answer(request, 100));
        _scene.Harness.ConnectionClosed(_scene.Tcp);
        _scene.Harness.Advance(1);
        Assert.Empty(_scene.Times());
    }

    [Fact]
    public void The_answers_transaction_may_be_gone_before_its_failure_is_told()
    {
        var (_, request) = _scene.Send(SipMethod.Bye, _scene.NewTcp);
        _scene.Harness.ConnectionFailed(_scene.NewTcp, ConnectFailure.Refused);
        _scene.Harness.Receive(_scene.Tcp, Scene.Answer(request, 200));
        _scene.Send(SipMethod.Info, _scene.Udp);
        _scene.Harness.Advance(1);
        Assert.Equal(["response 200 BYE"], _scene.Told());
    }
}
