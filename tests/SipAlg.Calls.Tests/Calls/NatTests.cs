using SipAlg.Calls.Calls;
using SipAlg.Protocol.Addresses;
using SipAlg.Testing.Calls;

namespace SipAlg.Calls.Tests.Calls;

/// <summary>Callers behind NAT are reached where they come from; others where their Contact says.</summary>
public sealed class NatTests : CallTest
{
    private const string Inner = "192.168.77.5:5064";

    /// <summary>Of alice too: beyond the gateway's own network.</summary>
    private const string Far = "203.0.113.7";

    protected override SceneOptions Options => new()
    {
        Peer = peer => peer.Name == "alice" ? peer with { IsNatAware = true, AcceptFrom = [.. peer.AcceptFrom, new IpNetwork(IpAddress.Parse(Far), 32)] } : peer,
    };

    [Fact]
    public void Who_stands_behind_nat_gets_all_where_it_came_from()
    {
        Alice.Inner = Inner;
        Scene.Hide(SceneModel.Inside, "192.168.77.5");
        var a = Alice.Call();
        var b = Bob.ExpectCall();
        b.Answer(180);
        a.Expect(180);
        b.Accept();
        a.ExpectAnswered();
        b.Invite(Bob.Sdp(version: 2));
        var invite = a.ExpectRequest("INVITE");
        Assert.StartsWith($"INVITE sip:alice@{Inner} SIP/2.0", invite.StartLine, StringComparison.Ordinal);
        Assert.Equal(Alice.Flow.Remote, invite.Flow.Remote);
        a.Accept(Alice.Sdp(version: 2));
        b.ExpectAnswered();
        b.Bye();
        b.Expect(200);
        a.ExpectBye();
        Scene.End(CallCause.CalleeHungUp, CallOutcome.Answered, 200);
    }

    /// <summary>The NAT has given the phone another port: each of its requests shows where it is now, whatever its method.</summary>
    [Fact]
    public void Who_comes_from_another_port_in_mid_call_is_reached_there()
    {
        Alice.Inner = Inner;
        Scene.Hide(SceneModel.Inside, "192.168.77.5");
        var (a, b) = Answered();
        var moved = Scene.Phone("moved", SceneModel.Inside, SceneModel.AliceAddress, 5999);
        moved.Inner = Inner;
        a.Request("OPTIONS");
        a.Expect(200);
        moved.Send(a.LastRequest.Replace("z9hG4bK", "z9hG4bKmoved", StringComparison.Ordinal).Replace($"CSeq: {a.Sequence} ", $"CSeq: {a.Sequence + 1} ", StringComparison.Ordinal));
        moved.ExpectResponse(200);
        b.Bye();
        b.Expect(200);
        var bye = moved.ExpectRequest("BYE");
        Assert.StartsWith($"BYE sip:alice@{Inner} SIP/2.0", bye.StartLine, StringComparison.Ordinal);
        a.AnswerTo(bye, 200);
        Scene.End(CallCause.CalleeHungUp, CallOutcome.Answered, 200);
    }

    /// <summary>RFC 3261 §12.2.2: what comes out of order is of an earlier time, or of somebody who has overheard it.</summary>
    [Theory]
    [InlineData("OPTIONS")]
    [InlineData("INFO")]
    public void An_old_request_from_another_port_moves_nothing(string method)
    {
        Alice.Inner = Inner;
        Scene.Hide(SceneModel.Inside, "192.168.77.5");
        var (a, b) = Answered();
        a.Request("INFO");
        b.AnswerTo(b.ExpectRequest("INFO"), 200);
        a.Expect(200);
        var moved = Scene.Phone("moved", SceneModel.Inside, SceneModel.AliceAddress, 5999);
        moved.Send(a.LastRequest.Replace("z9hG4bK", "z9hG4bKold", StringComparison.Ordinal).Replace($"CSeq: {a.Sequence} INFO", $"CSeq: {a.Sequence - 1} {method}", StringComparison.Ordinal)
            .Replace("INFO sip:", $"{method} sip:", StringComparison.Ordinal));
        moved.ExpectResponse(method == "OPTIONS" ? 200 : 500);
        b.Bye();
        b.Expect(200);
        a.ExpectBye();
        moved.ExpectNothing();
        Scene.End(CallCause.CalleeHungUp, CallOutcome.Answered, 200);
    }

    /// <summary>A gateway that is behind NAT itself and does not know it.</summary>
    [Fact]
    public void Sdp_that_cannot_be_reached_is_told_of()
    {
        var far = Scene.Phone("far", SceneModel.Inside, Far, 5060);
        var a = far.Call();
        var b = Bob.ExpectCall();
        b.Accept();
        a.ExpectAnswered();
        HangUp(a, b);
        Assert.Equal([(IpAddress.Parse(Scene.Model.InsideAddress), IpAddress.Parse(Far))], Scene.Journal.OutOfReach);
        Scene.End(CallCause.CallerHungUp, CallOutcome.Answered, 200);
    }

    /// <summary>A carrier may want its requests elsewhere (RFC 3261 §12.2.1.1).</summary>
    [Fact]
    public void Who_does_not_is_followed_to_its_contact()
    {
        var elsewhere = Scene.Phone("proxy", SceneModel.Outside, "127.92.0.77", 5070);
        var b = Bob.Dialog("alice");
        b.Contact = $"sip:bob@{elsewhere.Flow.Remote}";
        b.Invite(Bob.Sdp());
        var a = Alice.ExpectCall();
        a.Accept();
        b.ExpectAnswered();
        a.Bye();
        a.Expect(200);
        var bye = elsewhere.ExpectRequest("BYE");
        Assert.StartsWith($"BYE {b.Contact} SIP/2.0", bye.StartLine, StringComparison.Ordinal);
        b.AnswerTo(bye, 200);
        Scene.End(CallCause.CalleeHungUp, CallOutcome.Answered, 200);
    }
}
