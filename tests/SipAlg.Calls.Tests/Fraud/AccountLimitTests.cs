using SipAlg.Calls.Calls;
using SipAlg.Calls.Dialplan;
using SipAlg.Calls.Fraud;
using SipAlg.Calls.Lanes;
using SipAlg.Calls.Model;
using SipAlg.Calls.Tests.Calls;
using SipAlg.Calls.Verdicts;
using SipAlg.Testing.Calls;
using SipAlg.Testing.Phones;

namespace SipAlg.Calls.Tests.Fraud;

/// <summary>Limits of what somebody may use, on the account of the peer alice; whoever redirects pays for what he leads to.</summary>
public sealed class AccountLimitTests : CallTest
{
    private static readonly LimitedNumbers Premium = new("premium", new NumberPrefixes(["0900"]));

    private readonly List<LimitBreach> _told = [];
    private AccountLimits? _alices;
    private AccountLimits? _bobs;

    protected override SceneOptions Options => new()
    {
        Peer = peer => peer.Name switch { "alice" => peer with { Fraud = _alices }, "bob" => peer with { Fraud = _bobs }, _ => peer },
        Routes = model =>
        [
            SceneModel.Dialplan(SceneModel.Head("emergency", [SceneModel.Called("112")]) with { IsEmergency = true }, new RouteEdits(), SceneModel.To(model.Bob)),
            SceneModel.Dialplan(SceneModel.Head("abroad", [SceneModel.Called("77")]), new RouteEdits { Called = SceneModel.Template("090077") }, SceneModel.To(model.Bob)),
            SceneModel.Route("costs", [SceneModel.Called("0900123")], SceneModel.To(model.Carol)),
        ],
    };

    /// <summary>Begun when the limits are known.</summary>
    private void With(CallLimits? all = null, CallLimits? premium = null, bool isBob = false)
    {
        var limits = new AccountLimits { All = all, To = premium is null ? [] : [(Premium, premium)] };
        _alices = isBob ? null : limits;
        _bobs = isBob ? limits : null;
        Scene.Calls.Room.Ledger.Watch = new Listener(_told);
    }

    private sealed class Listener(List<LimitBreach> told) : ILimitWatch
    {
        public void Met(LimitBreach breach) => told.Add(breach);
    }

    private static LimitLevels Block(int level) => new(null, level);

    private CallUsage Usage(string account = "peer alice", string numbers = "") => Scene.Calls.Room.Ledger.Of(account).Of(numbers);

    private (PhoneDialog A, PhoneDialog B) Talk(string called = "bob", ScriptedPhone? callee = null)
    {
        var a = Alice.Call(called);
        var b = (callee ?? Bob).ExpectCall();
        b.Accept();
        a.ExpectAnswered();
        return (a, b);
    }

    [Fact]
    public void Calls_at_once_are_refused_beyond_the_block_level_with_a_reason_of_their_own()
    {
        With(new CallLimits { Calls = Block(2) });
        var (one, other) = (Talk(), Talk());
        var refused = Alice.Call();
        Assert.StartsWith("SIP/2.0 403 Forbidden: calling limit reached", refused.Expect(403).StartLine, StringComparison.Ordinal);
        Bob.ExpectNothing();
        Assert.Equal([new LimitBreach("peer alice", null, AccountLimit.Calls, true, 2)], _told);
        Assert.Equal(1, Scene.Calls.Room.Ledger.Blocks(AccountLimit.Calls));
        Assert.Equal(1, Scene.Calls.Counters.Refused[(int)RefusalReason.AccountLimit]);
        HangUp(one.A, one.B);
        var (a, b) = Talk();
        HangUp(a, b);
        HangUp(other.A, other.B);
        Scene.End();
        Assert.Equal(0, Usage().Active);
        var record = Assert.Single(Scene.Journal.Refused);
        var verdict = Verdict.Of(record);
        Assert.Equal((VerdictCode.AccountLimit, "The call was refused: peer alice has used up its 2 calls at once (limits against toll fraud)."), (verdict.Code, verdict.Sentence));
    }

    [Fact]
    public void Calls_of_the_last_hour_are_counted_and_forgiven()
    {
        With(new CallLimits { CallsPerHour = new LimitLevels(2, 3) });
        for (var call = 0; call < 3; call++)
        {
            var (a, b) = Talk();
            HangUp(a, b);
        }

        Alice.Call().Expect(403);
        Assert.Equal([(AccountLimit.CallsPerHour, false, 2), (AccountLimit.CallsPerHour, true, 3)], _told.Select(told => (told.Limit, told.IsBlock, told.Level)));
        Scene.Advance(61 * 60 * 1000);
        var last = Talk();
        HangUp(last.A, last.B);
        Scene.End();
    }

    [Fact]
    public void A_call_ends_when_the_minutes_of_the_day_are_used_up_and_others_begin_no_more_until_midnight()
    {
        With(new CallLimits { MinutesPerDay = new LimitLevels(8, 10) });
        var (a, b) = Talk();
        Scene.Advance((10 * 60 * 1000) - 1000);
        Alice.ExpectNothing();
        Scene.Advance(1000);
        a.ExpectBye();
        b.ExpectBye();
        Assert.Equal([(false, 8), (true, 10)], _told.Select(told => (told.IsBlock, told.Level)));
        Alice.Call().Expect(403);
        Scene.Advance(24 * 3600 * 1000);
        var next = Talk();
        HangUp(next.A, next.B);
        Scene.End();
        var record = Scene.Journal.Ended[0];
        Assert.Equal((CallCause.AccountLimit, CallOutcome.Answered, VerdictCode.AccountLimit), (record.Cause, record.Outcome, Verdict.Of(record).Code));
    }

    [Fact]
    public void Several_calls_at_once_use_up_the_minutes_together()
    {
        With(new CallLimits { MinutesPerDay = Block(10) });
        var (one, other) = (Talk(), Talk());
        Scene.Advance(5 * 60 * 1000);
        other.A.ExpectBye();
        other.B.ExpectBye();

        // What the one had left when it was looked at last is no more than a step.
        Scene.Advance(30_000);
        one.A.ExpectBye();
        one.B.ExpectBye();
        Assert.Equal(630, Usage().Seconds);
        Scene.End();
    }

    [Theory]
    [InlineData("0900123")]
    [InlineData("77")]
    public void Numbers_may_be_barred_as_they_are_dialled_and_as_they_are_sent(string called)
    {
        With(premium: new CallLimits { Calls = Block(0) });
        Alice.Call(called).Expect(403);
        Bob.ExpectNothing();
        Scene.Carol.ExpectNothing();
        Assert.Equal("premium", Assert.Single(_told).Numbers);
        var (a, b) = Talk();
        HangUp(a, b);
        Scene.End();
    }

    [Fact]
    public void Emergency_calls_are_neither_limited_nor_counted()
    {
        With(new CallLimits { Calls = Block(1), CallsPerHour = Block(1) });
        var (one, two) = (Talk("112"), Talk("112"));
        Assert.Equal(0, Usage().Active);
        HangUp(one.A, one.B);
        HangUp(two.A, two.B);
        Scene.End();
    }

    [Fact]
    public void What_is_refused_otherwise_is_not_counted()
    {
        With(new CallLimits { CallsPerHour = Block(1) });
        Alice.Call("barred").Expect(403);
        var (a, b) = Talk();
        HangUp(a, b);
        Scene.End();
    }

    [Fact]
    public void Who_redirects_pays_and_no_more_is_followed_than_he_may_use()
    {
        With(premium: new CallLimits { Calls = Block(1) }, isBob: true);
        var one = Redirect();
        var carol = Scene.Carol.ExpectCall();
        carol.Accept();
        one.ExpectAnswered();
        Assert.Equal((1, 0), (Usage("peer bob", "premium").Active, Usage().Active));
        var two = Redirect();
        two.Expect(480);
        Scene.Carol.ExpectNothing();
        Assert.Equal(("peer bob", "premium"), (Assert.Single(_told).Account, _told[0].Numbers));
        Scene.Advance(60_000);
        HangUp(one, carol);
        Scene.End();
        Assert.Equal(0, Usage("peer bob", "premium").Active);
        Assert.InRange(Usage("peer bob", "premium").Seconds, 60, 61);
        Assert.Equal((CallCause.AccountLimit, VerdictCode.AccountLimit), (Scene.Journal.Ended[0].Cause, Verdict.Of(Scene.Journal.Ended[0]).Code));
    }

    private PhoneDialog Redirect()
    {
        var a = Alice.Call();
        var b = Bob.ExpectCall();
        b.Answer(302, headers: "Contact: <sip:0900123@x.example>\r\n");
        b.ExpectRequest("ACK");
        return a;
    }

    [Fact]
    public void What_was_used_is_known_after_a_reload_and_a_restart()
    {
        var ledger = new CallLedger(new SipAlg.Testing.ManualTime());
        var limits = new AccountLimits { All = new CallLimits { CallsPerHour = Block(3), MinutesPerDay = Block(2) } };
        var user = new User { Index = 0, Name = "anna", Fraud = limits };
        Assert.Null(ledger.TryBegin(user, null, "1"u8, null, out var charge));
        charge!.Answered();
        charge.End();
        var kept = ledger.Of("user anna").Copy()[0].Usage;

        var next = new CallLedger(ledger.Time);
        next.Of("user anna").Of("").Restore(kept with { Day = next.Today, Seconds = 119 });
        Assert.Null(next.TryBegin(user with { Fraud = limits with { } }, null, "1"u8, null, out _));
        Assert.Null(next.TryBegin(user, null, "1"u8, null, out _));
        Assert.Equal(AccountLimit.CallsPerHour, next.TryBegin(user, null, "1"u8, null, out _)!.Limit);
    }

    /// <summary>RFC 3966 §5.1.1: carriers do not look at them, and neither does who counts.</summary>
    [Theory]
    [InlineData("0900123", true)]
    [InlineData("0-900-123", true)]
    [InlineData("0 900.12(3)", true)]
    [InlineData("0800123", false)]
    [InlineData("p-0900", false)]
    public void A_number_is_the_same_with_visual_separators(string dialled, bool isLimited)
    {
        var limits = new AccountLimits { To = [(Premium, new CallLimits { Calls = Block(0) })] };
        var user = new User { Index = 0, Name = "anna", Fraud = limits };
        var breach = new CallLedger(new SipAlg.Testing.ManualTime()).TryBegin(user, null, System.Text.Encoding.ASCII.GetBytes(dialled), null, out _);
        Assert.Equal(isLimited ? "premium" : null, breach?.Numbers);
    }

    /// <summary>The clock stood in the future for a while: what was counted then, and since, is forgotten within an hour.</summary>
    [Fact]
    public void A_clock_that_was_wrong_does_not_block_for_ever()
    {
        var usage = new CallUsage();
        var now = DateTimeOffset.Parse("2026-03-02T12:00:00Z", System.Globalization.CultureInfo.InvariantCulture);
        usage.Begin(now);
        usage.Begin(now.AddYears(3));
        usage.Begin(now.AddMinutes(1));
        Assert.InRange(usage.BegunWithinHour(now.AddMinutes(2)), 2, 3);
        usage.Begin(now.AddMinutes(50));
        Assert.InRange(usage.BegunWithinHour(now.AddMinutes(51)), 2, 4);
        Assert.Equal(1, usage.BegunWithinHour(now.AddMinutes(75)));
        Assert.Equal(0, usage.BegunWithinHour(now.AddMinutes(120)));
    }
}
