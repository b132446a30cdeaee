using SipAlg.Calls.Model;
using SipAlg.Testing.Calls;

namespace SipAlg.Calls.Tests.Calls;

/// <summary>Attended transfers whose consultation is not a dialog yet: it rings, or its answer was not acknowledged (RFC 5589 §7.3).</summary>
public sealed class TransferConsultationTests : TransferTest
{
    private protected override TransferMode Mode => TransferMode.Gateway;

    /// <summary>The consultation still rings: the two are joined once it is answered.</summary>
    [Theory]
    [InlineData(200)]
    [InlineData(486)]
    [InlineData(487)]
    public void A_target_that_rings_is_waited_for(int status)
    {
        var (a, b) = Talk(Alice, Bob);
        var c = Alice.Call("dave", headers: Supports);
        var d = Dave.ExpectCall();
        d.Answer(180);
        c.Expect(180);
        Refer(Alice, a, ReferTo("dave", "gw", replaced: c));
        Dave.ExpectNothing();
        if (status == 200)
        {
            d.Answer(200, Dave.Sdp());
            d.ExpectRequest("ACK");
            c.ExpectAnswered();
            d.ExpectRequest("INVITE");
            d.Accept(Dave.Sdp(version: 2));
            b.ExpectRequest("INVITE");
            b.Accept(Bob.Sdp(version: 2));
            c.ExpectBye();
            ExpectReport(a, 200);
            a.Bye();
            Alice.ExpectResponse(200);
            HangUp(b, d);
            Scene.End();
            return;
        }

        if (status == 486)
        {
            d.Answer(486);
            Dave.ExpectRequest("ACK");
            c.Expect(486);
        }
        else
        {
            c.Cancel();
            Alice.ExpectResponse(200);
            d.ExpectCancel();
            c.Expect(487);
        }

        ExpectReport(a, status);
        HangUp(a, b);
        Scene.End();
    }

    /// <summary>Alice has not acknowledged dave's answer yet: her leg is not hung up before she has (RFC 3261 §15).</summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_consultation_without_its_ack(bool comesLate)
    {
        var (a, b) = Talk(Alice, Bob);
        var c = Alice.Call("dave", headers: Supports);
        var d = Dave.ExpectCall();
        d.Accept();
        c.Expect(200);
        Refer(Alice, a, ReferTo("dave", "gw", replaced: c));
        d.ExpectRequest("INVITE");
        d.Accept(Dave.Sdp(version: 2));
        b.ExpectRequest("INVITE");
        b.Accept(Bob.Sdp(version: 2));
        ExpectReport(a, 200);
        a.Bye();
        Alice.ExpectResponse(200);
        Alice.ExpectNothing();
        if (comesLate)
        {
            c.Ack();
        }
        else
        {
            Scene.Advance(64 * CallScene.T1);
        }

        c.ExpectBye();
        HangUp(b, d);
        Scene.End();
    }

    /// <summary>Her BYE on the consultation comes in the place of an ACK: our 2xx, which nobody repeats any more, goes with it.</summary>
    [Fact]
    public void A_consultation_that_is_hung_up_without_its_ack()
    {
        var (a, b) = Talk(Alice, Bob);
        var c = Alice.Call("dave", headers: Supports);
        var d = Dave.ExpectCall();
        d.Accept(Dave.Sdp());
        c.Expect(200);
        Refer(Alice, a, ReferTo("dave", "gw", replaced: c));
        d.ExpectRequest("INVITE");
        d.Accept(Dave.Sdp(version: 2));
        b.ExpectRequest("INVITE");
        b.Accept(Bob.Sdp(version: 2));
        ExpectReport(a, 200);
        c.Bye();
        Alice.ExpectResponse(200);
        a.Bye();
        Alice.ExpectResponse(200);
        HangUp(b, d);
        Scene.End();
    }
}
