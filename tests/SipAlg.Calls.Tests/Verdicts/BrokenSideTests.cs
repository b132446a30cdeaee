using SipAlg.Calls.Calls;
using SipAlg.Calls.Tests.Calls;
using SipAlg.Calls.Verdicts;
using SipAlg.Testing.Calls;

namespace SipAlg.Calls.Tests.Verdicts;

/// <summary>Where a side is the reason why the gateway ends a call, it is that side of which it is told.</summary>
public sealed class BrokenSideTests : CallTest
{
    private static string? Told(Verdict verdict, string name) => verdict.Evidence.FirstOrDefault(fact => fact.Key == name).Value;

    private Verdict End(CallCause cause)
    {
        Scene.Advance(40_000);
        return Verdict.Of(Scene.End(cause, CallOutcome.Answered, 200));
    }

    [Fact]
    public void The_callee_did_not_acknowledge_the_answer_to_its_reinvite()
    {
        var (a, b) = Answered();
        b.Invite(Bob.Sdp(version: 2));
        a.ExpectRequest("INVITE");
        a.Accept(Alice.Sdp(version: 2));
        b.Expect(200);
        var verdict = End(CallCause.AckMissing);
        Assert.Equal(VerdictCode.AckMissing, verdict.Code);
        Assert.StartsWith($"The callee at {SceneModel.BobAddress}:5060 never acknowledged the answer to its re-INVITE", verdict.Sentence, StringComparison.Ordinal);
        Assert.Equal(($"{Scene.Model.OutsideAddress}:5060", $"{SceneModel.BobAddress}:5060", null), (Told(verdict, "contact_shown"), Told(verdict, "callee_address"), Told(verdict, "caller_address")));
    }

    [Fact]
    public void The_caller_did_not_acknowledge_the_answer_to_its_reinvite()
    {
        var (a, b) = Answered();
        a.Invite(Alice.Sdp(version: 2));
        b.ExpectRequest("INVITE");
        b.Accept(Bob.Sdp(version: 2));
        a.Expect(200);
        Assert.StartsWith($"The caller at {SceneModel.AliceAddress}:5060 never acknowledged the answer to its re-INVITE", End(CallCause.AckMissing).Sentence, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(481, "answered a request in the middle of the call with 481: it does not know the call any more")]
    [InlineData(0, "did not answer a request in the middle of the call")]
    public void The_side_that_does_not_know_the_call_is_named(int status, string words)
    {
        var (a, b) = Answered();
        b.Invite(Bob.Sdp(version: 2));
        a.ExpectRequest("INVITE");
        if (status != 0)
        {
            a.Answer(status);
        }

        var verdict = End(CallCause.DialogLost);
        Assert.StartsWith($"The caller at {SceneModel.AliceAddress}:5060 {words}", verdict.Sentence, StringComparison.Ordinal);
        Assert.Equal(("caller", $"{SceneModel.AliceAddress}:5060"), (Told(verdict, "side"), Told(verdict, "side_address")));
    }

    [Fact]
    public void The_side_that_was_to_refresh_the_call_is_named()
    {
        var a = Alice.Call(headers: "Supported: timer\r\nSession-Expires: 90;refresher=uac\r\n");
        Bob.ExpectCall().Accept();
        a.ExpectAnswered();
        Scene.Advance(90_000);
        var verdict = End(CallCause.SessionExpired);
        Assert.StartsWith($"The session timer ran out: the caller at {SceneModel.AliceAddress}:5060 was to refresh the call", verdict.Sentence, StringComparison.Ordinal);
        Assert.Equal("caller", Told(verdict, "refresher"));
    }
}
