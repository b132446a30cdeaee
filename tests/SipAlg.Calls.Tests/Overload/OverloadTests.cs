using SipAlg.Calls.Dialplan;
using SipAlg.Calls.Lanes;
using SipAlg.Calls.Overload;
using SipAlg.Calls.Tests.Calls;
using SipAlg.Calls.Verdicts;
using SipAlg.Protocol.Sip;
using SipAlg.Signaling.Lanes;
using SipAlg.Testing.Calls;
using SipAlg.Testing.Lanes;
using SipAlg.Testing.Phones;

namespace SipAlg.Calls.Tests.Overload;

/// <summary>What is refused by a lane that has more to do than it can, and what is not: docs/overload.md.</summary>
public sealed class OverloadTests : CallTest
{
    private const int Tries = 60;

    protected override SceneOptions Options => new()
    {
        Routes = model => [SceneModel.Dialplan(SceneModel.Head("emergency", [SceneModel.Called("112"), new RealmCondition([model.Realms[SceneModel.Inside]])], isEmergency: true), RouteEdits.None, SceneModel.To(model.Bob))],
    };

    private long Refused(RefusalReason reason) => Scene.Calls.Counters.Refused[(SceneModel.Inside * (int)RefusalReason.Count) + (int)reason];

    private void Overload(int intervals = 100) => Wait(intervals, new LaneLoad(Lane.LoadInterval, 30_000, IsLosing: true));

    private void Relief(int intervals = 400) => Wait(intervals, new LaneLoad(Lane.LoadInterval, 0, IsLosing: false));

    private void Wait(int intervals, LaneLoad load)
    {
        for (var interval = 0; interval < intervals; interval++)
        {
            Scene.Harness.Load(load);
        }
    }

    /// <summary>A call that is refused, of those that are tried: a few are not, even then.</summary>
    private (PhoneDialog Dialog, SentMessage Answer) RefusedCall(ScriptedPhone phone, string called = "bob")
    {
        for (var attempt = 0; attempt < Tries; attempt++)
        {
            var dialog = phone.Call(called);
            if (phone.Inbox[0].StartLine.StartsWith("SIP/2.0 503 ", StringComparison.Ordinal))
            {
                return (dialog, phone.ExpectResponse(503));
            }

            Decline(dialog);
        }

        throw new SceneException("Nothing is refused.");
    }

    private void Decline(PhoneDialog call)
    {
        var asked = Bob.ExpectCall();
        asked.Answer(486);
        asked.ExpectRequest("ACK");
        call.Expect(486);
    }

    /// <summary>One answer, no 100 before it, and nothing is kept: neither a transaction nor what would be sent again.</summary>
    [Fact]
    public void A_refusal_leaves_nothing_behind()
    {
        Overload();
        var (dialog, answer) = RefusedCall(Alice);
        Assert.Empty(Alice.Inbox);
        Assert.NotNull(answer.Header(HeaderId.RetryAfter));
        Scene.Advance(64 * CallScene.T1);
        Assert.True(Scene.Harness.IsIdle);
        dialog.Ack();
        Alice.ExpectNothing();
        Assert.True(Refused(RefusalReason.Overload) > 0);
        Scene.Journal.Ended.Clear();
        Scene.End();
    }

    [Fact]
    public void Who_is_refused_is_told_to_come_back_at_different_times()
    {
        Overload();
        var seconds = Enumerable.Range(0, 30).Select(_ => int.Parse(RefusedCall(Alice).Answer.Header(HeaderId.RetryAfter)!, System.Globalization.CultureInfo.InvariantCulture)).ToArray();
        Assert.InRange(seconds.Min(), 3, 6);
        Assert.InRange(seconds.Max(), 12, 15);
        Assert.True(seconds.Distinct().Count() >= 8);
    }

    [Fact]
    public void A_call_that_stands_goes_on_to_its_end()
    {
        var (a, b) = Answered();
        Overload();
        RefusedCall(Alice);
        a.Invite(Alice.Sdp());
        b.ExpectRequest("INVITE");
        b.Answer(200, Bob.Sdp());
        a.ExpectAnswered();
        b.ExpectRequest("ACK");
        a.Request("OPTIONS");
        a.Expect(200);
        HangUp(a, b);
        Relief();
    }

    /// <summary>What is still on the way of a request that was refused must not begin a call that nobody waits for.</summary>
    [Fact]
    public void What_was_refused_stays_refused_when_it_comes_again()
    {
        Overload();
        var dialogs = Enumerable.Range(0, 20).Select(_ => RefusedCall(Alice).Dialog).ToArray();
        Relief(240);
        Assert.InRange(Scene.Calls.RefusedFor(OverloadCause.Lane), 0, 0.6);
        foreach (var dialog in dialogs)
        {
            dialog.Repeat();
            Alice.ExpectResponse(503);
        }

        Bob.ExpectNothing();
    }

    /// <summary>The same answer each time, as RFC 3261 §8.2.7 wants it of who keeps nothing.</summary>
    [Fact]
    public void A_refusal_is_the_same_each_time()
    {
        Overload();
        var (dialog, first) = RefusedCall(Alice);
        dialog.Repeat();
        Assert.Equal(first.Text, Alice.ExpectResponse(503).Text);
    }

    [Fact]
    public void Emergency_calls_go_on_and_others_on_their_route_do_not()
    {
        Overload();
        for (var call = 0; call < 5; call++)
        {
            Decline(Alice.Call("112"));
        }

        RefusedCall(Alice, "1120");
    }

    /// <summary>Bob's realm has no such route, so that nothing there is let through for its sake.</summary>
    [Fact]
    public void An_emergency_number_in_another_realm_is_a_number()
    {
        Overload();
        for (var attempt = 0; attempt < Tries; attempt++)
        {
            var call = Bob.Call("112");
            if (Bob.Inbox[0].StartLine.StartsWith("SIP/2.0 503 ", StringComparison.Ordinal))
            {
                return;
            }

            var asked = Alice.ExpectCall();
            asked.Answer(486);
            asked.ExpectRequest("ACK");
            call.Expect(486);
        }

        Assert.Fail("Nothing is refused.");
    }

    /// <summary>A balancer or a PBX that judges the gateway by its pings would take all calls away for the share that is too much.</summary>
    [Fact]
    public void Pings_of_peers_are_answered_and_those_of_strangers_are_not()
    {
        Overload();
        var a = Alice.Dialog();
        for (var ping = 0; ping < 5; ping++)
        {
            a.Request("OPTIONS");
            a.Expect(200);
        }

        var stranger = Scene.Phone("eve", SceneModel.Inside, "127.91.0.66", 5060);
        stranger.Dialog().Request("OPTIONS");
        stranger.ExpectResponse(503);
    }

    [Theory]
    [InlineData("MESSAGE")]
    [InlineData("SUBSCRIBE")]
    public void Other_requests_that_begin_something_are_refused_too(string method)
    {
        Overload();
        for (var attempt = 0; attempt < Tries; attempt++)
        {
            Alice.Dialog().Request(method, "Event: presence\r\n");
            var isRefused = Alice.Take().Any(sent => sent.StartLine.StartsWith("SIP/2.0 503 ", StringComparison.Ordinal));
            Bob.Take();
            if (isRefused)
            {
                Assert.True(Refused(RefusalReason.Overload) > 0);
                return;
            }
        }

        Assert.Fail("Nothing is refused.");
    }

    /// <summary>A third of what is new, and whatever a stranger sends.</summary>
    [Fact]
    public void Strangers_are_refused_first()
    {
        Overload(7);
        Assert.InRange(Scene.Calls.RefusedFor(OverloadCause.Lane), 0.25, 0.45);
        var stranger = Scene.Phone("eve", SceneModel.Inside, "127.91.0.66", 5060);
        var (refused, served) = (0, 0);
        for (var attempt = 0; attempt < 100; attempt++)
        {
            stranger.Dialog().Request("SUBSCRIBE");
            refused += stranger.Take()[0].StartLine.StartsWith("SIP/2.0 503 ", StringComparison.Ordinal) ? 1 : 0;
            Alice.Dialog().Request("MESSAGE");
            served += Alice.Take().Any(sent => sent.StartLine.StartsWith("SIP/2.0 503 ", StringComparison.Ordinal)) ? 0 : 1;
            Bob.Take();
        }

        Assert.InRange(refused, 75, 100);
        Assert.InRange(served, 45, 85);
    }

    [Fact]
    public void An_episode_is_two_lines_however_much_is_refused()
    {
        Overload();
        for (var call = 0; call < 10; call++)
        {
            RefusedCall(Alice);
        }

        Wait(50, new LaneLoad(Lane.LoadInterval, 11_000, IsLosing: false));
        Assert.Equal(["Lane began"], Scene.Journal.Overloads);
        var refused = Refused(RefusalReason.Overload);
        Relief();
        Assert.Equal(["Lane began", $"Lane ended: {refused}"], Scene.Journal.Overloads);
        Assert.Equal(1, Scene.Calls.Counters.Overloads(OverloadCause.Lane));
        Assert.Equal(0, Scene.Calls.RefusedFor(OverloadCause.Lane));
        var (a, b) = Answered();
        HangUp(a, b);
    }

    /// <summary>Some are told, at most two of a source and twenty in all a second, as with any refusal.</summary>
    [Fact]
    public void It_is_told_why_and_not_without_bound()
    {
        Overload();
        for (var call = 0; call < 10; call++)
        {
            RefusedCall(Alice);
        }

        Assert.Equal(2, Scene.Journal.Refused.Count);
        var record = Scene.Journal.Refused[0];
        Assert.Equal(VerdictCode.Overloaded, Verdict.Of(record).Code);
        Assert.Equal(["> INVITE", "< 503"], Scene.LadderOf(record));
    }
}
