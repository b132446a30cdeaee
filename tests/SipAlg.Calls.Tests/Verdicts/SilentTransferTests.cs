using SipAlg.Calls.Model;
using SipAlg.Calls.Tests.Calls;
using SipAlg.Calls.Verdicts;

namespace SipAlg.Calls.Tests.Verdicts;

/// <summary>While somebody is transferred there may be nobody to send anything: who comes, or comes back, has his time from then on.</summary>
public sealed class SilentTransferTests : TransferTest
{
    private protected override TransferMode Mode => TransferMode.Gateway;

    private void Expect(VerdictCode code)
    {
        Scene.End();
        var verdict = Verdict.Of(Assert.Single(Scene.Journal.Ended));
        Assert.True(verdict.Code == code, $"{verdict.Code}: {verdict.Sentence}");
    }

    [Theory]
    [InlineData(2000, VerdictCode.Completed)]
    [InlineData(5000, VerdictCode.NoMedia)]
    public void Who_comes_is_missed_after_a_while(int milliseconds, VerdictCode code)
    {
        var (a, b) = Talk(Alice, Bob);
        Refer(Alice, a, ReferTo("carol", "gw"));
        var c = Carol.ExpectCall();
        c.Answer(180);
        ExpectReport(a, 180);
        Scene.Advance(60_000);
        c.Accept();
        b.ExpectRequest("INVITE");
        b.Accept(Bob.Sdp(version: 2));
        ExpectReport(a, 200);
        a.Bye();
        Alice.ExpectResponse(200);
        Scene.Advance(milliseconds);
        b.Bye();
        b.Expect(200);
        c.ExpectBye();
        Expect(code);
    }

    [Theory]
    [InlineData(2000, VerdictCode.Completed)]
    [InlineData(5000, VerdictCode.NoMedia)]
    public void So_is_who_goes_on_after_a_transfer_that_failed(int milliseconds, VerdictCode code)
    {
        var (a, b) = Talk(Alice, Bob);
        Refer(Alice, a, ReferTo("carol", "gw"));
        var c = Carol.ExpectCall();
        c.Answer(180);
        ExpectReport(a, 180);
        Scene.Advance(60_000);
        c.Answer(486);
        Carol.ExpectRequest("ACK");
        ExpectReport(a, 486);
        Scene.Advance(milliseconds);
        HangUp(a, b);
        Expect(code);
    }
}
