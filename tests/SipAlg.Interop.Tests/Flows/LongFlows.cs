using SipAlg.Interop.Tests.Harness;
using SipAlg.Interop.Tests.Sipp;

namespace SipAlg.Interop.Tests.Flows;

/// <summary>
/// Calls in which something has to time out or come of age: all are begun before the other tests and each is looked at after them, so that nobody waits.
/// A session is refreshed after 45 s at the earliest (RFC 4028 §4: no interval is below 90 s).
/// </summary>
public sealed partial class FlowTests
{
    /// <summary>Beyond the end of a session of 90 s that nobody refreshes, which the gateway ends after 60 s.</summary>
    private static readonly TimeSpan Long = TimeSpan.FromSeconds(75);

    private const string Plain = "INVITE, ACK, CANCEL, BYE";

    public sealed partial class Gateway
    {
        private readonly Queue<Callee> _patient = [];
        private readonly ScenarioFolder _longCallsFolder = ScenarioFolder.Create("long-calls");
        private Task<Dictionary<string, (Flow Flow, string Cause)>>? _longCalls;

        private void AddLongCalls()
        {
            for (var number = 0; number < 30; number++)
            {
                _patient.Enqueue(AddCallee($"patient{number}", Networks.Inside(60 + number)));
            }
        }

        private Task<Dictionary<string, (Flow Flow, string Cause)>> LongCalls => _longCalls ??= BeginLongCallsAsync();

        internal async Task BeganAsync()
        {
            foreach (var (flow, _) in (await LongCalls).Values)
            {
                await flow.Answering.ReceivedAsync("INVITE");
            }
        }

        internal async Task<(Flow Flow, string Cause)> LongCallAsync(string name) => (await LongCalls)[name];

        private async Task<Dictionary<string, (Flow Flow, string Cause)>> BeginLongCallsAsync()
        {
            var flows = new Dictionary<string, (Flow Flow, string Cause)>();
            foreach (var (call, number, callees) in Played())
            {
                flows[call.Name] = (await BeginAsync(_longCallsFolder, call.Caller, number, callees), call.Cause);
            }

            return flows;
        }

        /// <summary>The calls with somebody to be called in each; who is referred to is the second, and stands in for <see cref="Second"/>.</summary>
        private IEnumerable<(LongCall Call, string Number, (Callee Who, SippScript Script)[] Callees)> Played()
        {
            foreach (var make in Makers)
            {
                var (first, second) = (_patient.Dequeue(), _patient.Dequeue());
                var call = make($"sip:{second.Number}@{Outside}");
                yield return (call, first.Number, [.. call.Callees.Zip([first, second], (script, who) => (who, script))]);
            }
        }

        public override async Task DisposeAsync()
        {
            if (_longCalls is not null)
            {
                foreach (var (flow, _) in (await _longCalls).Values)
                {
                    await flow.DisposeAsync();
                }
            }

            _longCallsFolder.Delete();
            await base.DisposeAsync();
        }
    }

    /// <summary>The scripts of a call, and how it ends.</summary>
    private sealed record LongCall(string Name, string Cause, SippScript Caller, params SippScript[] Callees);

    /// <summary>Refreshes its session itself, or would have to.</summary>
    private static SippScript Refreshing => Caller.Invite(Offer, $"{Timer}Session-Expires: 90;refresher=uac\n").Answered(Check.Field("Session-Expires", "90;refresher=uac"));

    /// <summary>Takes no UPDATE, and knows no session timers.</summary>
    private static SippScript Old => Callee.Allowing(Plain).Expect("INVITE", Described, Check.Field("Session-Expires", "90")).Accept(Reply)
        .Expect("INVITE", Described, Check.Field("Session-Expires", "90"));

    /// <summary>Is asked by the gateway to talk to somebody else.</summary>
    private static SippScript Transferred => Callee.Allowing(NoRefer).Expect("INVITE").Accept(Reply).Expect("INVITE", Described);

    private static IEnumerable<Func<string, LongCall>> Makers =>
    [
        _ => new(
            nameof(At_length_each_of_its_sessions_is_refreshed),
            HungUpByCallee,
            Caller.Invite(Offer, $"{Timer}Session-Expires: 90;refresher=uas\n").Answered(Check.Field("Session-Expires", "90;refresher=uas"), Check.Field("Require", "timer"))
                .Expect("UPDATE", Check.Field("Session-Expires", "90")).Answer(200, headers: "Require: timer\nSession-Expires: 90;refresher=uac\n").HungUp(),
            Old.Accept(Reply).HangUp()),
        _ => new(
            nameof(At_length_a_session_that_nobody_refreshes_ends),
            "session_expired",
            Refreshing.HungUp(Check.Field("Reason", "SIP")),
            Callee.Expect("INVITE").Answer(200, Reply, $"Require: timer\nSession-Expires: 90;refresher=uas\n").Expect("ACK").HungUp()),
        _ => new(
            nameof(At_length_what_changes_with_a_refresh_is_told),
            HungUpByCallee,
            Refreshing.Expect("INVITE", Check.Body("a=sendonly")).Accept(Offer with { Version = 2, Direction = "recvonly" }).HungUp(),
            Old.Accept(Reply with { Version = 2, Direction = "sendonly" }).Pause(1000).HangUp()),
        _ => new(
            nameof(At_length_who_cannot_be_refreshed_is_there_all_the_same),
            HungUpByCallee,
            Refreshing.HungUp(),
            Old.Refuse(488).Pause(1000).HangUp()),
        _ => new(
            nameof(At_length_a_refresh_that_meets_another_is_tried_again),
            HungUpByCallee,
            Refreshing.HungUp(),
            Old.Refuse(491).Expect("INVITE", Described).Accept(Reply).HangUp()),
        _ => new(
            nameof(At_length_a_lost_dialog_is_noticed_by_its_refresh),
            "dialog_lost",
            Refreshing.HungUp(),
            Old.Refuse(481).HungUp()),
        _ => new(
            nameof(At_length_hold_stays_across_a_refresh),
            HungUpByCallee,
            Refreshing.Reinvite(Offer with { Version = 2, Direction = "sendonly" }, Timer).Answered(Check.Body("a=recvonly")).HungUp(),
            Callee.Allowing(Plain).Expect("INVITE").Accept(Reply).Expect("INVITE", Check.Body("a=sendonly")).Accept(Reply with { Version = 2, Direction = "recvonly" })
                .Expect("INVITE", Check.Body("a=sendonly")).Accept(Reply with { Version = 2, Direction = "recvonly" }).HangUp()),
        _ => new(
            nameof(At_length_a_missing_prack_fails_the_call),
            "prack_missing",
            Unacknowledging,
            Callee.Expect("INVITE").AnswerReliably(183, 1, Reply).Expect("CANCEL").Answer(200).Refuse(487)),
        _ => new(
            nameof(At_length_a_request_that_nobody_answers_is_504_and_the_call_goes_on),
            HungUpByCaller,
            Caller.Invite(Offer).Answered().Request("INFO").Expect(504, "INFO").Request("MESSAGE").Expect(200, "MESSAGE").HangUp(),
            Callee.Expect("INVITE").Accept(Reply).Expect("INFO").Expect("MESSAGE").Answer(200).HungUp()),
        target => new(
            nameof(At_length_a_reinvite_that_only_rings_is_cancelled),
            HungUpByCallee,
            Reported(Referring(target), 487).HungUp(),
            Transferred.Answer(180).Expect("CANCEL").Answer(200).Refuse(487).Pause(1000).HangUp(),
            Answering),
        target => new(
            nameof(At_length_glare_with_who_is_transferred_is_waited_out),
            HungUpByCallee,
            Reported(Referring(target), 200).HungUp(),
            Transferred.Reinvite(Reply with { Version = 2 }).Expect(491).AckOfRefusedReinvite().Answer(491, to: "INVITE").Expect("ACK")
                .Expect("INVITE", Described).Accept(Reply with { Version = 3 }).Pause(300).HangUp(),
            Answering),
        target => new(
            nameof(At_length_a_transfer_waits_for_a_reinvite_that_is_under_way),
            HungUpByCallee,
            Reported(
                Reported(
                    Caller.Invite(Offer).Answered().Request("INFO").Expect(200, "INFO").Expect("INVITE").Request("REFER", headers: $"Refer-To: <{target}>\n").Expect(202, "REFER"), 100)
                    .Answer(200, Offer with { Version = 2 }, to: "INVITE").Expect("ACK"),
                200).HungUp(),
            Callee.Allowing(NoRefer).Expect("INVITE").Accept(Reply).Expect("INFO").Answer(200).Reinvite(Reply with { Version = 2 }).Answered()
                .Expect("INVITE", Described).Accept(Reply with { Version = 3 }).Pause(300).HangUp(),
            Answering),
        target => new(
            nameof(At_length_who_transferred_and_stays_is_hung_up),
            HungUpByCallee,
            Reported(Referring(target), 200).HungUp(),
            Transferred.Accept(Reply with { Version = 2 }).Pause(15_000).HangUp(),
            Answering),
    ];

    /// <summary>Never confirms what it is told reliably, and is told again and again.</summary>
    private static SippScript Unacknowledging
    {
        get
        {
            var caller = Caller;
            return caller.Invite(Offer, Supported).Expect(183, [Described, .. caller.Reliable()]).Expect(504).AckOfRefusal();
        }
    }

    [Fact]
    public Task At_first_calls_begin_that_outlast_the_others() => Fixture.BeganAsync();

    /// <summary>Waits until one of them has ended as it should.</summary>
    private async Task<Flow> AtLengthAsync(string name)
    {
        var (flow, cause) = await Fixture.LongCallAsync(name);
        await flow.IsOverAsync(cause, within: Long);
        return flow;
    }

    private Task EndsAtLengthAsync(string name) => Scenario(_ => AtLengthAsync(name));

    [Fact]
    public Task At_length_each_of_its_sessions_is_refreshed() => Scenario(async _ =>
    {
        var flow = await AtLengthAsync(nameof(At_length_each_of_its_sessions_is_refreshed));
        var offers = flow.Answering.Received("INVITE");
        Assert.Equal(offers[0].Origin, offers[1].Origin);
    });

    /// <summary>RFC 4028 §10.</summary>
    [Fact]
    public Task At_length_a_session_that_nobody_refreshes_ends() => EndsAtLengthAsync(nameof(At_length_a_session_that_nobody_refreshes_ends));

    [Fact]
    public Task At_length_what_changes_with_a_refresh_is_told() => EndsAtLengthAsync(nameof(At_length_what_changes_with_a_refresh_is_told));

    [Fact]
    public Task At_length_who_cannot_be_refreshed_is_there_all_the_same() => EndsAtLengthAsync(nameof(At_length_who_cannot_be_refreshed_is_there_all_the_same));

    /// <summary>RFC 3261 §14.1.</summary>
    [Fact]
    public Task At_length_a_refresh_that_meets_another_is_tried_again() => EndsAtLengthAsync(nameof(At_length_a_refresh_that_meets_another_is_tried_again));

    [Fact]
    public Task At_length_a_lost_dialog_is_noticed_by_its_refresh() => EndsAtLengthAsync(nameof(At_length_a_lost_dialog_is_noticed_by_its_refresh));

    [Fact]
    public Task At_length_hold_stays_across_a_refresh() => EndsAtLengthAsync(nameof(At_length_hold_stays_across_a_refresh));

    /// <summary>RFC 3262 §3.</summary>
    [Fact]
    public Task At_length_a_missing_prack_fails_the_call() => Scenario(async _ =>
    {
        var flow = await AtLengthAsync(nameof(At_length_a_missing_prack_fails_the_call));
        Assert.True(flow.Calling.Received("SIP/2.0 183").Count > 2, "sent once");
    });

    [Fact]
    public Task At_length_a_request_that_nobody_answers_is_504_and_the_call_goes_on() =>
        EndsAtLengthAsync(nameof(At_length_a_request_that_nobody_answers_is_504_and_the_call_goes_on));

    /// <summary>RFC 3261 §9.1: after 64·T1.</summary>
    [Fact]
    public Task At_length_a_reinvite_that_only_rings_is_cancelled() => EndsAtLengthAsync(nameof(At_length_a_reinvite_that_only_rings_is_cancelled));

    [Fact]
    public Task At_length_glare_with_who_is_transferred_is_waited_out() => EndsAtLengthAsync(nameof(At_length_glare_with_who_is_transferred_is_waited_out));

    [Fact]
    public Task At_length_a_transfer_waits_for_a_reinvite_that_is_under_way() => EndsAtLengthAsync(nameof(At_length_a_transfer_waits_for_a_reinvite_that_is_under_way));

    /// <summary>64·T1 after the last NOTIFY it has its BYE, while the two others talk on.</summary>
    [Fact]
    public Task At_length_who_transferred_and_stays_is_hung_up() => Scenario(async _ =>
    {
        var flow = await AtLengthAsync(nameof(At_length_who_transferred_and_stays_is_hung_up));
        Assert.InRange(flow.Answering.Sent("BYE")[0].At - flow.Calling.Received("BYE")[0].At, TimeSpan.FromSeconds(5), TimeSpan.FromMinutes(1));
    });
}
