using SipAlg.Calls.Calls;
using SipAlg.Calls.Model;
using SipAlg.Testing.Calls;

namespace SipAlg.Calls.Tests.Calls;

/// <summary>Sessions that are refreshed (RFC 4028) while the gateway carries out a transfer.</summary>
public sealed class TransferRefreshTests : TransferBlindTest
{
    protected override SceneOptions Options => base.Options with { Calls = new CallSettings(TimeSpan.FromMinutes(3), null, TimeSpan.Zero) { SessionExpires = TimeSpan.FromSeconds(90) } };

    /// <summary>Who has hung up is told nothing any more (RFC 3261 §15), also not what who stays says anew.</summary>
    [Fact]
    public void Who_stays_changes_its_session_after_who_transfers_has_hung_up()
    {
        var (a, b) = Talk(Alice, Bob);
        Refer(Alice, a, ReferTo("carol", "gw"));
        var c = Carol.ExpectCall();
        a.Bye();
        Alice.ExpectResponse(200);
        c.Answer(180);
        a.AnswerTo(a.ExpectRequest("NOTIFY"), 481);

        Scene.Advance(45_000);
        b.ExpectRequest("INVITE");
        b.Accept(Bob.Sdp(version: 2, attributes: "a=sendonly\r\n"));
        Alice.ExpectNothing();

        c.Accept();
        b.ExpectRequest("INVITE");
        b.Accept(Bob.Sdp(version: 3));
        HangUp(c, b);
        Scene.End(CallCause.CallerHungUp, CallOutcome.Answered, 200);
        Alice.ExpectNothing();
    }
}
