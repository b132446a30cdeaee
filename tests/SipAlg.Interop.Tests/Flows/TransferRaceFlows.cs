using SipAlg.Interop.Tests.Harness;
using SipAlg.Interop.Tests.Sipp;

namespace SipAlg.Interop.Tests.Flows;

/// <summary>Transfers that fail, cross something else, or are left alone by who asked; INVITEs with Replaces (RFC 3891).</summary>
public sealed partial class FlowTests
{
    private const string NothingToReplace = "nothing_to_replace";
    private const string ByOperator = "hung_up_by_operator";

    /// <summary>Talks to the caller, and may be asked by the gateway to talk to somebody else.</summary>
    private static SippScript Staying => Callee.Allowing(NoRefer).Expect("INVITE").Accept(Reply);

    /// <summary>Talks to the target, long enough for who transferred to be told: the end of the call does not wait for that.</summary>
    private static SippScript Joined => Staying.Expect("INVITE", Described).Accept(Reply with { Version = 2 }).Pause(300);

    /// <summary>A call in which the caller asks the gateway for a transfer.</summary>
    private Task TransferAsync(string cause, SippScript transferor, SippScript stays, params (Callee Who, SippScript Script)[] targets) =>
        PlayAsync(cause, transferor, Fixture.Callee.Number, [(Fixture.Callee, stays), .. targets]);

    /// <summary>Answers when who transfers has surely taken the first NOTIFY: the last is not told before.</summary>
    private static SippScript Slow => Callee.Expect("INVITE", Described).Pause(300).Accept(Reply).HungUp();

    private string ToSecond => At(Fixture.Second.Number);

    /// <summary>RFC 5589 §6.1. What is told after its BYE is refused, which ends the subscription.</summary>
    [Fact]
    public Task Who_transfers_may_hang_up_at_once() => TransferAsync(
        HungUpByCallee,
        Referring(ToSecond).HangUp().Expect("NOTIFY").Answer(481),
        Joined.HangUp(),
        (Fixture.Second, Callee.Expect("INVITE").Pause(300).Accept(Reply).HungUp()));

    [Fact]
    public Task A_transfer_that_fails_behind_who_asked_ends_the_call() => TransferAsync(
        "transfer_failed",
        Referring(ToSecond).HangUp().Expect("NOTIFY").Answer(481),
        Staying.HungUp(),
        (Fixture.Second, Callee.Expect("INVITE").Pause(300).Refuse(486)));

    /// <summary>RFC 4488.</summary>
    [Fact]
    public Task Who_wants_no_reports_of_a_transfer_gets_none() => TransferAsync(
        HungUpByCallee,
        Caller.Invite(Offer).Answered().Request("REFER", headers: $"Refer-To: <{ToSecond}>\nRefer-Sub: false\n").Expect(202, "REFER", Check.Field("Refer-Sub", "false")).HungUp(),
        Joined.HangUp(),
        (Fixture.Second, Answering));

    [Fact]
    public Task A_transfer_to_a_number_that_nobody_has_leaves_the_call() => TransferAsync(HungUpByCaller, Transferring(At("nobody"), 404).HangUp(), Staying.HungUp());

    [Fact]
    public Task A_transfer_tries_the_next_target() => PlayAsync(
        HungUpByCallee,
        Reported(Transferring(At(Fixture.SecondOrThird), 180), 200).HungUp(),
        Fixture.Callee.Number,
        (Fixture.Callee, Joined.HangUp()),
        (Fixture.Second, Callee.Expect("INVITE").Answer(180).Refuse(503)),
        (Fixture.Third, Answering));

    [Fact]
    public Task Who_is_transferred_hangs_up_meanwhile() => TransferAsync(
        HungUpByCallee,
        Reported(Transferring(ToSecond, 180), 487).HungUp(),
        Staying.Pause(500).HangUp(),
        (Fixture.Second, Callee.Expect("INVITE").Answer(180).Expect("CANCEL").Answer(200).Refuse(487)));

    /// <summary>
    /// Who stays agrees to talk to the target in spite of the CANCEL, and is told of the other one again. The target waits until who transfers has taken the first NOTIFY.
    /// </summary>
    [Fact]
    public Task The_target_hangs_up_before_it_is_joined() => TransferAsync(
        HungUpByCallee,
        Transferring(ToSecond, 480).HungUp(),
        Staying.Expect("INVITE", Described).Answer(100).Expect("CANCEL").Answer(200).Accept(Reply with { Version = 2 }).Expect("INVITE", Described).Accept(Reply with { Version = 3 }).HangUp(),
        (Fixture.Second, Callee.Expect("INVITE").Pause(300).Accept(Reply).HangUp()));

    [Theory]
    [InlineData(488)]
    [InlineData(500)]
    public Task Who_is_transferred_refuses_the_target(int status) => TransferAsync(
        HungUpByCaller, Transferring(ToSecond, status).HangUp(), Staying.Expect("INVITE", Described).Refuse(status).HungUp(), (Fixture.Second, Answering));

    [Fact]
    public Task Who_is_transferred_does_not_know_the_call_any_more() => TransferAsync(
        "dialog_lost", Transferring(ToSecond, 487).HungUp(), Staying.Expect("INVITE").Refuse(481).HungUp(), (Fixture.Second, Slow));

    [Fact]
    public Task Who_is_transferred_answers_with_a_change_and_the_target_is_told() => TransferAsync(
        HungUpByCaller,
        Transferring(ToSecond, 200).HungUp(),
        Staying.Expect("INVITE", Described).Accept(Reply with { Version = 2, Direction = "sendonly" }).HungUp(),
        (Fixture.Second, Callee.Expect("INVITE").Accept(Reply).Expect("INVITE", Check.Body("a=sendonly")).Accept(Reply with { Version = 2, Direction = "recvonly" }).Pause(300).HangUp()));

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public Task A_refer_crosses_a_bye(bool isCaller) => ChangeAsync(
        isCaller,
        asks => asks.Request("REFER", headers: "Refer-To: <sip:+49301@[local_ip]>\n").Expect("BYE").Expect(481, "REFER").Answer(200),
        answers => answers.Expect("REFER").HangUp().Answer(481, to: "REFER"),
        isAskerGone: true);

    [Fact]
    public Task Transfers_come_one_at_a_time() => TransferAsync(
        HungUpByCaller,
        Reported(Referring(ToSecond).Request("REFER", headers: $"Refer-To: <{At(Fixture.Third.Number)}>\n").Expect(491, "REFER"), 486).HangUp(),
        Staying.HungUp(),
        (Fixture.Second, Callee.Expect("INVITE").Pause(300).Refuse(486)));

    /// <summary>RFC 3515 §2.4.6: from the second on they are told apart.</summary>
    [Fact]
    public Task A_second_transfer_has_a_name_of_its_own() => PlayAsync(
        HungUpByCallee,
        Reported(
            Reported(Transferring(ToSecond, 486).Request("REFER", headers: $"Refer-To: <{At(Fixture.Third.Number)}>\n").Expect(202, "REFER"), 100, "refer;id=3"), 200, "refer;id=3").HungUp(),
        Fixture.Callee.Number,
        (Fixture.Callee, Joined.HangUp()),
        (Fixture.Second, Callee.Expect("INVITE").Refuse(486)),
        (Fixture.Third, Answering));

    [Fact]
    public Task What_is_told_of_a_transfer_is_asked_for_again_and_given_up() => TransferAsync(
        HungUpByCallee,
        Reported(Referring(ToSecond).Resubscribe("refer", 60).Expect(200, "SUBSCRIBE"), 100)
            .Resubscribe("refer", 0).Expect(200, "SUBSCRIBE").Notified("refer", "terminated;reason=timeout").HungUp(),
        Staying.Pause(1000).HangUp(),
        (Fixture.Second, Callee.Expect("INVITE").Pause(600).Refuse(486)));

    [Theory]
    [InlineData("", 400)]
    [InlineData("Refer-To: nonsense\n", 400)]
    [InlineData("Refer-To: <http://a.example/>\n", 416)]
    public Task A_refer_that_names_no_target_is_refused(string headers, int status) => PlayAsync(
        Caller.Invite(Offer).Answered().Request("REFER", headers: headers).Expect(status, "REFER").HangUp(), Callee.Expect("INVITE").Accept(Reply).HungUp());

    [Fact]
    public Task A_dialog_of_somebody_else_crosses_unchanged() => PlayAsync(
        Caller.Invite(Offer, "Replaces: 12@elsewhere.example;to-tag=77;from-tag=88\n").Answered()
            .Request("REFER", headers: "Refer-To: <sip:c@[local_ip]?Replaces=12%40elsewhere.example%3Bto-tag%3D77%3Bfrom-tag%3D88>\n").Expect(603, "REFER").HangUp(),
        Callee.Expect("INVITE", Check.Field("Replaces", " 12@elsewhere.example;to-tag=77;from-tag=88$")).Accept(Reply)
            .Expect("REFER", Check.Field("Refer-To", "Replaces=12%40elsewhere.example%3Bto-tag%3D77%3Bfrom-tag%3D88")).Answer(603).HungUp());

    /// <summary>A call that is answered and waits for its end; who is called does not know Replaces.</summary>
    private async Task<Flow> TalkAsync(ScenarioFolder folder, SippScript callee)
    {
        var flow = await Fixture.BeginAsync(folder, Caller.Invite(Offer).Answered().HungUp(), callee);
        await flow.IsAnsweredAsync();
        return flow;
    }

    private static SippScript Replacing(string replaces) => Caller.Invite(Offer, $"Require: replaces\nReplaces: {replaces}\n");

    /// <summary>The caller's dialog, for somebody who comes from where it is.</summary>
    private static (string CallId, string Theirs, string Own) NamesOf(Flow flow)
    {
        var answer = flow.Calling.Received("SIP/2.0 200")[0];
        return (answer.Field("Call-ID"), answer.ToTag, answer.FromTag);
    }

    /// <summary>RFC 3891 §3.</summary>
    [Fact]
    public Task What_names_no_dialog_that_may_be_replaced_is_refused() => Scenario(async folder =>
    {
        await using var call = await TalkAsync(folder, Callee.Expect("INVITE").Accept(Reply).HungUp());
        var (id, theirs, own) = NamesOf(call);
        foreach (var (replaces, status) in new[]
        {
            ($"{id};to-tag={theirs};from-tag=wrong", 481), ($"wrong;to-tag={theirs};from-tag={own}", 481), ($"{id};to-tag={theirs};from-tag={own};early-only", 486), ($"{id};to-tag={theirs}", 400),
        })
        {
            await Fixture.PlayAsync(folder, NothingToReplace, Replacing(replaces).Expect(status).AckOfRefusal(), Fixture.Callee.Number);
        }

        await call.HangUpAsync();
        await call.EndsAsync(ByOperator);
    });

    private static string Name((string CallId, string Theirs, string Own) dialog) => $"{dialog.CallId};to-tag={dialog.Theirs};from-tag={dialog.Own}";

    [Fact]
    public Task Who_comes_takes_the_place_of_who_goes() => Scenario(async folder =>
    {
        await using var call = await TalkAsync(folder, Callee.Expect("INVITE").Accept(Reply).Expect("INVITE", Described, Check.NoField("Replaces")).Accept(Reply with { Version = 2 }).HungUp());
        await Fixture.PlayAsync(folder, HungUpByCaller, Replacing(Name(NamesOf(call))).Answered(Described).HangUp(), Fixture.Callee.Number);
        await call.EndsAsync("replaced");
    });

    [Fact]
    public Task Who_stays_refuses_the_one_who_comes() => Scenario(async folder =>
    {
        await using var call = await TalkAsync(folder, Callee.Expect("INVITE").Accept(Reply).Expect("INVITE").Refuse(488).HungUp());
        await Fixture.PlayAsync(folder, NothingToReplace, Replacing(Name(NamesOf(call))).Expect(488).AckOfRefusal(), Fixture.Callee.Number);
        await call.HangUpAsync();
        await call.EndsAsync(ByOperator);
    });

    /// <summary>Who stays agrees in spite of the CANCEL, and is told of the other one again.</summary>
    [Fact]
    public Task Who_comes_gives_up() => Scenario(async folder =>
    {
        await using var call = await TalkAsync(
            folder,
            Callee.Expect("INVITE").Accept(Reply).Expect("INVITE").Answer(100).Expect("CANCEL").Answer(200).Accept(Reply with { Version = 2 }).Expect("INVITE", Described).Accept(Reply with { Version = 3 }).HungUp());
        await Fixture.PlayAsync(
            folder, Cancelled, Replacing(Name(NamesOf(call))).Expect(100).Cancel().Expect(200, "CANCEL").Expect(487).AckOfRefusal(), Fixture.Callee.Number);
        await Eventually.TrueAsync(() => call.Answering.Received("ACK").Count == 3);
        await call.HangUpAsync();
        await call.EndsAsync(ByOperator);
    });

    /// <summary>A PBX that has called is told the name of its own dialog, and replaces by itself.</summary>
    [Fact]
    public Task A_pbx_finds_the_dialog_that_it_is_to_replace() => Scenario(async folder =>
    {
        var before = await Fixture.Gateway.MetricsAsync();
        await using var answering = await TwoSides.AnswerAsync(folder, Callee.Expect("INVITE").Accept(Reply).HungUp(), Fixture.Phone);
        await using var call = new Flow(Fixture.Gateway, before, CallFromInside(folder, Caller.Invite(Offer, "Supported: replaces\n").Answered().HungUp(), Fixture.PhoneFromInside), answering);
        await call.IsAnsweredAsync();
        var (asked, answer) = ((await answering.ReceivedAsync("ACK")), call.Calling.Received("SIP/2.0 200")[0]);
        await Fixture.PlayAsync(
            folder,
            HungUpByCaller,
            Replacing($"{asked.Field("Call-ID")};to-tag={asked.FromTag};from-tag={asked.ToTag}").At($"{Fixture.Phone.Endpoint.Address}").Answered(Described).HangUp(),
            Fixture.Mobile.Number,
            (Fixture.Mobile, Callee.Expect("INVITE", Check.Field("Replaces", $" {answer.Field("Call-ID")};to-tag={answer.FromTag};from-tag={answer.ToTag}$")).Accept(Reply).HungUp()));
        await call.HangUpAsync();
        await call.EndsAsync(ByOperator);
    });

    /// <summary>Attended, and nothing comes of it: names that are wrong, and a target that refuses.</summary>
    [Fact]
    public Task An_attended_transfer_that_fails_leaves_both_calls() => Scenario(async folder =>
    {
        await using var consultation = await Fixture.BeginAsync(
            folder, Caller.Invite(Offer).Answered().HungUp(), Fixture.Second.Number, (Fixture.Second, Callee.Expect("INVITE").Accept(Reply).Expect("INVITE", Described).Refuse(488).HungUp()));
        await consultation.IsAnsweredAsync();
        foreach (var (replaced, status) in new[] { (Replaced(consultation.Calling) + "x", 481), (Replaced(consultation.Calling), 488) })
        {
            await Fixture.PlayAsync(
                folder, HungUpByCaller, Transferring($"{ToSecond}?Replaces={replaced}", status).HangUp(), Fixture.Callee.Number, (Fixture.Callee, Staying.HungUp()));
        }

        await consultation.HangUpAsync();
        await consultation.EndsAsync(ByOperator);
    });

    [Fact]
    public Task An_attended_transfer_waits_for_a_target_that_rings() => Scenario(async folder =>
    {
        await using var consultation = await Fixture.BeginAsync(
            folder,
            Caller.Invite(Offer).Expect(180).Answered().HungUp(),
            Fixture.Second.Number,
            (Fixture.Second, Callee.Expect("INVITE").Answer(180).Pause(1000).Accept(Reply).Expect("INVITE", Described).Accept(Reply with { Version = 2 }).HungUp()));
        var ringing = await consultation.Calling.ReceivedAsync("SIP/2.0 180");
        await Fixture.PlayAsync(
            folder,
            HungUpByCallee,
            Transferring($"{ToSecond}?Replaces={Replaced(ringing)}", 200).HungUp(),
            Fixture.Callee.Number,
            (Fixture.Callee, Joined.HangUp()));
        await consultation.EndsAsync("transferred");
    });

    [Fact]
    public Task A_refer_for_another_method_is_declined() => TransferAsync(
        HungUpByCaller,
        Caller.Invite(Offer).Answered().Request("REFER", headers: "Refer-To: <sip:x@[local_ip];method=BYE>\n").Expect(603, "REFER").HangUp(),
        Staying.HungUp());

    /// <summary>RFC 3261 §15.</summary>
    [Fact]
    public Task A_bye_that_crosses_the_gateways_own_reinvite() => TransferAsync(
        HungUpByCallee, Transferring(ToSecond, 487).HungUp(), Staying.Expect("INVITE", Described).HangUp().Refuse(487), (Fixture.Second, Slow));
}
