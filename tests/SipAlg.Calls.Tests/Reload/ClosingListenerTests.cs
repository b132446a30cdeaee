using SipAlg.Calls.Calls;
using SipAlg.Calls.Lanes;
using SipAlg.Calls.Tests.Calls;
using SipAlg.Protocol.Sip;
using SipAlg.Testing.Calls;

namespace SipAlg.Calls.Tests.Reload;

/// <summary>Listeners, and realms, that are configured no more, under calls that stand.</summary>
public sealed class ClosingListenerTests : CallTest
{
    private const int InsideUdp = 0;
    private const int InsideTcp = 1;
    private const int OutsideUdp = 2;

    [Theory]
    [InlineData("INVITE")]
    [InlineData("OPTIONS")]
    [InlineData("REGISTER")]
    [InlineData("MESSAGE")]
    public void A_closing_listener_takes_nothing_new(string method)
    {
        Scene.Harness.Network.Closing.Add(InsideUdp);

        Alice.Send($"""
            {method} sip:bob@{Alice.Flow.Local} SIP/2.0
            Via: SIP/2.0/UDP {Alice.Flow.Remote};branch=z9hG4bKclosing
            Max-Forwards: 70
            From: <sip:alice@{Alice.Host}>;tag=1
            To: <sip:bob@{Alice.Flow.Local}>
            Call-ID: closing
            CSeq: 1 {method}
            Contact: <{Alice.Contact}>
            Content-Length: 0


            """);

        Assert.Equal("5", Alice.ExpectResponse(503).Header(HeaderId.RetryAfter));
        Bob.ExpectNothing();
        Assert.Equal(1, Scene.Calls.Counters.Refused[(SceneModel.Inside * (int)RefusalReason.Count) + (int)RefusalReason.ListenerClosing]);
        Assert.Equal(0, Scene.Calls.Owners);
    }

    [Fact]
    public void A_call_goes_on_over_a_closing_listener_and_is_its_use_until_it_ends()
    {
        var (a, b) = Answered();
        Scene.Harness.Network.Closing.Add(InsideUdp);

        a.Request("INFO");
        b.AnswerTo(b.ExpectRequest("INFO"), 200);
        a.Expect(200);
        b.Request("INFO");
        a.AnswerTo(a.ExpectRequest("INFO"), 200);
        b.Expect(200);
        Assert.Equal((true, false, true), (IsUsed(InsideUdp), IsUsed(InsideTcp), IsUsed(OutsideUdp)));
        HangUp(a, b);
        Scene.End(CallCause.CallerHungUp, CallOutcome.Answered, 200);
        Assert.False(IsUsed(InsideUdp));
    }

    [Fact]
    public void A_call_that_rings_is_a_use_on_both_sides()
    {
        var (a, b) = Ringing();
        Assert.Equal((true, true), (IsUsed(InsideUdp), IsUsed(OutsideUdp)));
        b.Accept();
        a.ExpectAnswered();
        HangUp(a, b);
        Scene.End(CallCause.CallerHungUp, CallOutcome.Answered, 200);
    }

    [Fact]
    public void The_calls_of_a_listener_are_ended_when_its_time_is_up()
    {
        var (a, b) = Answered();

        Scene.Turn(() => Assert.Equal((0, 1), (Scene.Calls.HangUpBy(InsideTcp, CallCause.HungUpByOperator), Scene.Calls.HangUpBy(InsideUdp, CallCause.HungUpByOperator))));

        a.ExpectBye();
        b.ExpectBye();
        Scene.End(CallCause.HungUpByOperator, CallOutcome.Answered, 200);
    }

    [Fact]
    public void The_call_of_a_removed_realm_goes_on_and_gives_its_ports_back()
    {
        var (a, b) = Answered();
        var gateway = Scene.Model.Gateway;
        var realm = gateway.Realms[SceneModel.Outside];
        Scene.Take(gateway.Without(Scene.Model.Bob).Without(Scene.Model.Carol) with { Realms = gateway.Realms.SetItem(realm.Index, realm with { IsRemoved = true }) });

        b.Request("INFO");
        a.AnswerTo(a.ExpectRequest("INFO"), 200);
        b.Expect(200);
        HangUp(a, b);
        Scene.End(CallCause.CallerHungUp, CallOutcome.Answered, 200);
    }

    /// <summary>Media of another family, set or address are told to the next call; this one has what it was answered with.</summary>
    [Fact]
    public void A_call_keeps_its_media_address_and_the_next_has_the_new_one()
    {
        var (a, b) = Answered();
        var gateway = Scene.Model.Gateway;
        var realm = gateway.Realms[SceneModel.Inside];
        Scene.Take(gateway with { Realms = gateway.Realms.SetItem(realm.Index, realm with { Media = realm.Media with { BindV4 = Protocol.Addresses.IpAddress.Parse("127.83.0.1"), FirstPort = 29000, LastPort = 29099 } }) });

        HangUp(a, b);
        var second = Alice.Call();
        var asked = Bob.ExpectCall();
        asked.Accept();
        var answer = second.ExpectAnswered();
        Assert.Contains("c=IN IP4 127.83.0.1", answer.Text, StringComparison.Ordinal);
        Assert.Matches("m=audio 290[0-9][0-9] ", answer.Text);
        HangUp(second, asked);
        Scene.End();
    }

    private bool IsUsed(int listener) => Scene.Calls.FindUse(listener, 0).IsUsed;
}
