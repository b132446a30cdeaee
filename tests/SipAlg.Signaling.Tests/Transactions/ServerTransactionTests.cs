using SipAlg.Protocol.Sip;
using SipAlg.Signaling.Transports;

namespace SipAlg.Signaling.Tests.Transactions;

/// <summary>RFC 3261 §17.2 on the wire, to the millisecond.</summary>
public sealed class ServerTransactionTests
{
    private readonly Scene _scene = new();

    [Fact]
    public void An_INVITE_is_told_once_and_answered_100_each_time()
    {
        var invite = Scene.Request("INVITE", extra: "Timestamp: 54\n");
        _scene.Harness.Receive(_scene.Udp, invite);
        _scene.Harness.Receive(_scene.Udp, invite);
        var sent = _scene.Harness.Network.Take();
        Assert.Equal(["SIP/2.0 100 Trying", "SIP/2.0 100 Trying"], sent.Select(message => message.StartLine));
        Assert.Equal("54", sent[0].Header(HeaderId.Timestamp));
        Assert.Equal("<sip:alice@192.0.2.1>", sent[0].Header(HeaderId.To));
        Assert.Equal(["request INVITE"], _scene.Told());
    }

    [Fact]
    public void A_repeated_INVITE_gets_the_last_provisional_response()
    {
        _scene.Harness.Receive(_scene.Udp, Scene.Request("INVITE"));
        _scene.Respond(180);
        _scene.Respond(183, "Progress");
        _scene.Harness.Network.Take();
        _scene.Harness.Receive(_scene.Udp, Scene.Request("INVITE"));
        Assert.Equal("SIP/2.0 183 Progress", _scene.Sent().StartLine);
    }

    [Fact]
    public void A_failure_is_repeated_until_timer_H_when_no_ACK_comes()
    {
        _scene.Harness.Receive(_scene.Udp, Scene.Request("INVITE"));
        _scene.Respond(486);
        _scene.Harness.Network.Take();
        _scene.Harness.Advance(31_999);
        Assert.Equal([500, 1500, 3500, 7500, 11500, 15500, 19500, 23500, 27500, 31500], _scene.Times());
        Assert.Equal(1, _scene.Transactions.Count);
        _scene.Harness.Advance(1);
        _scene.AssertNothingIsLeft();
        Assert.Equal(["request INVITE"], _scene.Told());
    }

    [Fact]
    public void An_ACK_ends_the_repeats_of_a_failure_and_is_absorbed_for_T4()
    {
        _scene.Harness.Receive(_scene.Udp, Scene.Request("INVITE"));
        _scene.Respond(486);
        _scene.Harness.Receive(_scene.Udp, Scene.Request("ACK", to: ";tag=ours"));
        _scene.Harness.Receive(_scene.Udp, Scene.Request("ACK", to: ";tag=ours"));
        _scene.Harness.Network.Take();
        Assert.Equal((1, 0), (_scene.Transactions.Count, _scene.Transactions.KeptMessages));
        _scene.Harness.Advance(4_999);
        Assert.Equal(1, _scene.Transactions.Count);
        _scene.Harness.Advance(1);
        Assert.Equal(["request INVITE"], _scene.Told());
        Assert.Empty(_scene.Times());
        _scene.AssertNothingIsLeft();
    }

    [Fact]
    public void On_a_stream_an_ACK_ends_it_at_once()
    {
        _scene.Harness.Receive(_scene.Tcp, Scene.Request("INVITE"));
        _scene.Respond(486);
        _scene.Harness.Receive(_scene.Tcp, Scene.Request("ACK", to: ";tag=ours"));
        _scene.AssertNothingIsLeft();
    }

    [Fact]
    public void After_a_2xx_repeats_of_the_INVITE_are_absorbed_and_the_users_repeats_sent()
    {
        _scene.Harness.Receive(_scene.Udp, Scene.Request("INVITE"));
        _scene.Respond(200);
        _scene.Harness.Network.Take();
        Assert.Equal(0, _scene.Transactions.KeptMessages);

        _scene.Harness.Receive(_scene.Udp, Scene.Request("INVITE"));
        Assert.Empty(_scene.Times());
        Assert.True(_scene.Respond(200));
        Assert.Equal("SIP/2.0 200 x", _scene.Sent().StartLine);

        _scene.Harness.Receive(_scene.Udp, Scene.Request("ACK", branch: "z9hG4bK-2", to: ";tag=ours"));
        Assert.Equal(["request INVITE", "ack 1"], _scene.Told());
        _scene.Harness.Advance(31_999);
        Assert.Equal(1, _scene.Transactions.Count);
        _scene.Harness.Advance(1);
        _scene.AssertNothingIsLeft();
        Assert.False(_scene.Respond(200));
    }

    [Fact]
    public void The_ACK_of_a_2xx_is_told_even_under_the_INVITEs_branch()
    {
        _scene.Harness.Receive(_scene.Udp, Scene.Request("INVITE"));
        _scene.Respond(200);
        _scene.Harness.Receive(_scene.Udp, Scene.Request("ACK", to: ";tag=ours"));
        Assert.Equal(["request INVITE", "ack 1"], _scene.Told());
    }

    [Theory]
    [InlineData(200)]
    [InlineData(486)]
    public void RFC_2543_branches_are_matched_by_what_stays_the_same(int status)
    {
        _scene.Harness.Receive(_scene.Udp, Scene.Request("INVITE", branch: ""));
        _scene.Harness.Receive(_scene.Udp, Scene.Request("INVITE", branch: ""));
        Assert.Equal(["request INVITE"], _scene.Told());
        _scene.Respond(status);
        _scene.Harness.Receive(_scene.Udp, Scene.Request("ACK", branch: "", to: ";tag=ours"));
        Assert.Equal(status == 200 ? ["ack 1"] : [], _scene.Told());
        _scene.Harness.Receive(_scene.Udp, Scene.Request("INVITE", branch: "", sequence: 2));
        Assert.Equal(["request INVITE"], _scene.Told());
    }

    [Theory]
    [InlineData("z9hG4bK-2", "203.0.113.5:5060")]
    [InlineData("z9hG4bK-1", "203.0.113.6:5060")]
    [InlineData("z9hG4bK-1", "203.0.113.5:5062")]
    public void Another_branch_or_sent_by_is_another_transaction(string branch, string via)
    {
        _scene.Harness.Receive(_scene.Udp, Scene.Request("OPTIONS"));
        _scene.Harness.Receive(_scene.Udp, Scene.Request("OPTIONS", branch, via: via));
        Assert.Equal(["request OPTIONS", "request OPTIONS"], _scene.Told());
    }

    [Fact]
    public void Long_branches_are_told_apart()
    {
        var branch = "z9hG4bK" + new string('x', 3000);
        _scene.Harness.Receive(_scene.Udp, Scene.Request("OPTIONS", branch + "1"));
        _scene.Harness.Receive(_scene.Udp, Scene.Request("OPTIONS", branch + "2"));
        _scene.Harness.Receive(_scene.Udp, Scene.Request("OPTIONS", branch + "2"));
        Assert.Equal(["request OPTIONS", "request OPTIONS"], _scene.Told());
    }

    [Fact]
    public void Methods_that_nobody_knows_are_told_apart()
    {
        _scene.Harness.Receive(_scene.Udp, Scene.Request("FOO"));
        _scene.Harness.Receive(_scene.Udp, Scene.Request("BAR"));
        _scene.Harness.Receive(_scene.Udp, Scene.Request("FOO"));
        Assert.Equal(["request FOO", "request BAR"], _scene.Told());
    }

    [Fact]
    public void An_answer_is_repeated_to_each_repeat_of_its_request_until_timer_J()
    {
        _scene.Harness.Receive(_scene.Udp, Scene.Request("BYE"));
        _scene.Harness.Receive(_scene.Udp, Scene.Request("BYE"));
        Assert.Empty(_scene.Times());
        _scene.Respond(200);
        _scene.Harness.Advance(31_999);
        _scene.Harness.Receive(_scene.Udp, Scene.Request("BYE"));
        Assert.Equal([0, 31_999], _scene.Times());
        Assert.False(_scene.Respond(500));
        _scene.Harness.Advance(1);
        _scene.AssertNothingIsLeft();
        Assert.Equal(["request BYE"], _scene.Told());
    }

    [Fact]
    public void On_a_stream_an_answer_ends_it()
    {
        _scene.User.Answer = 200;
        _scene.Harness.Receive(_scene.Tcp, Scene.Request("BYE"));
        Assert.Equal("SIP/2.0 200 OK", _scene.Sent().StartLine);
        _scene.AssertNothingIsLeft();
    }

    [Fact]
    public void An_ACK_of_nothing_is_told()
    {
        _scene.Harness.Receive(_scene.Udp, Scene.Request("ACK", to: ";tag=ours"));
        Assert.Equal(["ack 1"], _scene.Told());
        _scene.AssertNothingIsLeft();
    }

    [Fact]
    public void A_refused_answer_leaves_nothing_either()
    {
        _scene.Harness.Network.Outcome = static _ => SendResult.NoRoute;
        _scene.User.Answer = 200;
        _scene.Harness.Receive(_scene.Udp, Scene.Request("INVITE"));
        _scene.Harness.Receive(_scene.Udp, Scene.Request("BYE", branch: "z9hG4bK-2"));
        _scene.User.Answer = 404;
        _scene.Harness.Receive(_scene.Udp, Scene.Request("INVITE", branch: "z9hG4bK-3"));
        _scene.Harness.Advance(32_000);
        _scene.AssertNothingIsLeft();
    }

    [Fact]
    public void Thousands_at_a_time_are_kept_apart_and_leave_nothing()
    {
        _scene.User.Answer = 200;
        for (var round = 0; round < 2; round++)
        {
            for (var n = 0; n < 3000; n++)
            {
                _scene.Harness.Receive(_scene.Udp, Scene.Request("OPTIONS", $"z9hG4bK-{n}"));
            }
        }

        Assert.Equal(3000, _scene.User.Told.Count);
        Assert.Equal(3000, _scene.Transactions.Count);
        Assert.Equal(6000, _scene.Harness.Network.Take().Length);
        _scene.Harness.Advance(32_000);
        _scene.AssertNothingIsLeft();
    }
}
