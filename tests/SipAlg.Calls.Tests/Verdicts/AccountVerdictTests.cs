using SipAlg.Calls.Calls;
using SipAlg.Calls.Dialplan;
using SipAlg.Calls.Fraud;
using SipAlg.Calls.Tests.Calls;
using SipAlg.Calls.Verdicts;
using SipAlg.Testing.Calls;

namespace SipAlg.Calls.Tests.Verdicts;

/// <summary>What is said of calls that a limit against toll fraud has refused or ended.</summary>
public sealed class AccountVerdictTests : CallTest
{
    protected override SceneOptions Options => new()
    {
        Peer = peer => peer.Name != "alice" ? peer : peer with
        {
            Fraud = new AccountLimits
            {
                All = new CallLimits { MinutesPerDay = new LimitLevels(null, 1) },
                To = [(new LimitedNumbers("premium", new ListedNumbers(["echo"])), new CallLimits { Calls = new LimitLevels(null, 0) })],
            },
        },
    };

    [Fact]
    public void A_call_that_is_refused()
    {
        Alice.Call("echo").Expect(403);
        Scene.End();
        var verdict = Verdict.Of(Assert.Single(Scene.Journal.Refused));
        Assert.Equal(
            (VerdictCode.AccountLimit, "The call was refused: peer alice has used up its 0 calls at once to 'premium' (limits against toll fraud)."), (verdict.Code, verdict.Sentence));
    }

    [Fact]
    public void A_call_that_is_ended()
    {
        var (a, b) = Answered();
        Scene.Advance(61_000);
        a.ExpectBye();
        b.ExpectBye();
        var record = Scene.End(CallCause.AccountLimit, CallOutcome.Answered, 200);
        var verdict = Verdict.Of(record);
        Assert.Equal((VerdictCode.AccountLimit, "The call was ended: peer alice has used up its 1 minutes a day (limits against toll fraud)."), (verdict.Code, verdict.Sentence));
    }
}
