using SipAlg.Calls.Calls;
using SipAlg.Calls.Model;
using SipAlg.Testing.Calls;
using SipAlg.Testing.Phones;

namespace SipAlg.Calls.Tests.Calls;

/// <summary>Without <c>hold_timeout</c>, and while somebody is transferred.</summary>
public sealed class MediaTimeoutOffTests : TransferTest
{
    private const int Minute = 60_000;

    private protected override TransferMode Mode => TransferMode.Gateway;

    protected override SceneOptions Options => base.Options with
    {
        Calls = new(TimeSpan.FromMinutes(3), null, TimeSpan.Zero) { MediaTimeout = TimeSpan.FromMinutes(1) },
    };

    [Fact]
    public void A_held_call_may_be_silent_for_ever_and_a_resumed_one_may_not()
    {
        var (a, b) = Answered(Alice.Sdp(attributes: "a=sendonly\r\n"), Bob.Sdp(attributes: "a=recvonly\r\n"));
        Scene.Advance(20 * Minute);
        a.Invite(Alice.Sdp(version: 2));
        b.ExpectRequest("INVITE");
        b.Accept(Bob.Sdp(version: 2));
        a.ExpectAnswered();
        Scene.Advance(Minute - 1);
        Alice.ExpectNothing();
        Scene.Advance(1);
        a.ExpectBye();
        b.ExpectBye();
        Scene.End(CallCause.MediaTimeout, CallOutcome.Answered, 200);
    }

    [Fact]
    public void Who_waits_for_the_target_of_a_transfer_is_not_hung_up()
    {
        var (a, b) = Talk(Alice, Bob);
        Refer(Alice, a, ReferTo("carol", "gw"));
        var c = Carol.ExpectCall();
        c.Answer(180);
        ExpectReport(a, 180);
        Scene.Advance(2 * Minute);
        Bob.ExpectNothing();
        c.Accept();
        b.ExpectRequest("INVITE");
        b.Accept(Bob.Sdp(version: 2));
        ExpectReport(a, 200);
        a.Bye();
        Alice.ExpectResponse(200);
        Scene.Advance(Minute);
        b.ExpectBye();
        c.ExpectBye();
        Scene.End(CallCause.MediaTimeout, CallOutcome.Answered, 200);
    }

    /// <summary>Bob is about to be given to carol, five seconds before a minute of silence is over.</summary>
    private (PhoneDialog A, PhoneDialog B, PhoneDialog C) Transfer()
    {
        var (a, b) = Talk(Alice, Bob);
        Scene.Advance(Minute / 2);
        Refer(Alice, a, ReferTo("carol", "gw"));
        var c = Carol.ExpectCall();
        c.Answer(180);
        ExpectReport(a, 180);
        Scene.Advance((Minute / 2) - 5000);
        return (a, b, c);
    }

    private void EndsAfterAMinute(PhoneDialog one, PhoneDialog other)
    {
        Scene.Advance(Minute - 1);
        Assert.Empty(Scene.Journal.Ended);
        Scene.Advance(1);
        one.ExpectBye();
        other.ExpectBye();
        Scene.End();
    }

    [Fact]
    public void Who_came_has_not_been_silent_before()
    {
        var (a, b, c) = Transfer();
        c.Accept();
        b.ExpectRequest("INVITE");
        b.Accept(Bob.Sdp(version: 2));
        ExpectReport(a, 200);
        a.Bye();
        Alice.ExpectResponse(200);
        EndsAfterAMinute(b, c);
    }

    [Fact]
    public void After_a_transfer_that_failed_the_two_have_their_time()
    {
        var (a, b, c) = Transfer();
        c.Answer(486);
        Carol.ExpectRequest("ACK");
        ExpectReport(a, 486);
        EndsAfterAMinute(a, b);
    }
}
