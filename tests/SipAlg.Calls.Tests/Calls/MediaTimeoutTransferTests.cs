using SipAlg.Calls.Model;
using SipAlg.Testing.Calls;
using SipAlg.Testing.Phones;

namespace SipAlg.Calls.Tests.Calls;

/// <summary>Silence around a transfer: who waits for somebody to answer may have nobody to talk to.</summary>
public sealed class MediaTimeoutTransferTests : TransferTest
{
    private const int Second = 1000;
    private const int Minute = 60 * Second;

    private protected override TransferMode Mode => TransferMode.Gateway;

    protected override SceneOptions Options => base.Options with
    {
        Calls = new(TimeSpan.FromMinutes(3), null, TimeSpan.Zero) { MediaTimeout = TimeSpan.FromMinutes(1) },
    };

    /// <summary>Bob is about to be given to carol, five seconds before a minute of silence is over.</summary>
    private (PhoneDialog A, PhoneDialog B, PhoneDialog C) Transfer()
    {
        var (a, b) = Talk(Alice, Bob);
        Scene.Advance(Minute / 2);
        Refer(Alice, a, ReferTo("carol", "gw"));
        var c = Carol.ExpectCall();
        c.Answer(180);
        ExpectReport(a, 180);
        Scene.Advance((Minute / 2) - (5 * Second));
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
