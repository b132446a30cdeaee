using SipAlg.Interop.Tests.Sipp;

namespace SipAlg.Interop.Tests.Flows;

/// <summary>Calls that are given up, requests that cross, answers that come late.</summary>
public sealed partial class FlowTests
{
    /// <summary>RFC 3261 §9.1: the callee is not cancelled before it has answered anything.</summary>
    [Fact]
    public Task A_cancel_before_any_provisional_waits_for_one() => PlayAsync(
        Caller.Invite(Offer).Expect(100).Cancel().Expect(200, "CANCEL").Expect(487).AckOfRefusal(),
        Callee.Expect("INVITE").Pause(300).Answer(180).Expect("CANCEL").Answer(200).Refuse(487),
        Cancelled);

    [Fact]
    public Task A_cancel_that_crosses_the_answer_is_followed_by_ack_and_bye() => PlayAsync(
        Caller.Invite(Offer).Expect(180).Cancel().Expect(200, "CANCEL").Expect(487).AckOfRefusal(),
        Callee.Expect("INVITE").Answer(180).Expect("CANCEL").Answer(200).Answer(200, Reply, to: "INVITE").Expect("ACK").HungUp(),
        Cancelled);

    [Fact]
    public Task A_cancel_ends_every_branch_of_a_fork() => PlayAsync(
        Caller.Invite(Offer).ExpectIn("a", 180).ExpectIn("b", 183, Described).Cancel().Expect(200, "CANCEL").Expect(487).AckOfRefusal(),
        Callee.Expect("INVITE").Answer(180, dialog: "a").Answer(183, Reply, dialog: "b").Expect("CANCEL").Answer(200).Refuse(487),
        Cancelled);

    [Fact]
    public Task A_bye_on_the_early_dialog_ends_the_call() => PlayAsync(
        Caller.Invite(Offer).Expect(180).HangUp().Expect(487).AckOfRefusal(),
        Callee.Expect("INVITE").Answer(180).Expect("CANCEL").Answer(200).Refuse(487),
        Cancelled);

    [Fact]
    public Task A_bye_on_one_of_two_early_dialogs_leaves_the_other() => PlayAsync(
        Caller.Invite(Offer).ExpectIn("a", 180).ExpectIn("b", 180).HangUp("b").ExpectIn("a", 200, Described).Ack(dialog: "a").HangUp("a"),
        Callee.Expect("INVITE").Answer(180, dialog: "a").Answer(180, dialog: "b").Expect("BYE", Check.Field("To", "tag=t[0-9x]*b")).Answer(200)
            .Accept(Reply, "a").HungUp(Check.Field("To", "tag=t[0-9x]*a")));

    [Fact]
    public Task A_second_branch_that_answers_gets_ack_and_bye() => PlayAsync(
        Caller.Invite(Offer).ExpectIn("a", 180).ExpectIn("b", 180).ExpectIn("a", 200, Described).Ack(dialog: "a").HungUp(),
        Callee.Expect("INVITE").Answer(180, dialog: "a").Answer(180, dialog: "b").Accept(Reply, "a").Accept(Reply, "b", Check.Field("To", "tag=t[0-9x]*b"))
            .HungUp(Check.Field("To", "tag=t[0-9x]*b")).HangUp("a"),
        HungUpByCallee);

    [Fact]
    public Task Byes_that_cross() => PlayAsync(
        Caller.Invite(Offer).Answered().HangUp(),
        Callee.Expect("INVITE").Accept(Reply).Expect("BYE").HangUp().Answer(200, to: "BYE"));

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public Task A_bye_that_crosses_a_reinvite(bool isCaller) => ChangeAsync(
        isCaller,
        asks => asks.Reinvite(Offer with { Version = 2 }).Expect(487).AckOfRefusedReinvite().HungUp(),
        answers => answers.Expect("INVITE").HangUp().Refuse(487),
        isAskerGone: true);

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public Task A_bye_that_crosses_an_update(bool isCaller) => ChangeAsync(
        isCaller,
        asks => asks.Request("UPDATE", Offer with { Version = 2 }).Expect("BYE").Expect(481, "UPDATE").Answer(200),
        answers => answers.Expect("UPDATE").HangUp().Answer(481, to: "UPDATE"),
        isAskerGone: true);

    /// <summary>RFC 3261 §14.2: a second re-INVITE of the same side, while the first is not answered.</summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public Task A_reinvite_while_one_is_pending_is_refused(bool isCaller) => ChangeAsync(
        isCaller,
        asks => asks.Reinvite(Offer with { Version = 2 }).Expect(100).Reinvite(Offer with { Version = 3 }).Expect(500, Check.Field("Retry-After", "[0-9]")).AckOfRefusedReinvite()
            .Request("INFO").Expect(200, "INFO").Expect(200, Described).Ack(before: 1),
        answers => answers.Expect("INVITE", Described).Expect("INFO").Answer(200).Accept(Reply with { Version = 2 }));

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public Task A_reinvite_that_is_cancelled(bool isCaller) => ChangeAsync(
        isCaller,
        asks => asks.Reinvite(Offer with { Version = 2 }).Expect(100).CancelReinvite().Expect(200, "CANCEL").Expect(487).AckOfRefusedReinvite(),
        answers => answers.Expect("INVITE").Answer(100).Expect("CANCEL").Answer(200).Refuse(487));

    /// <summary>The other side has agreed already.</summary>
    [Fact]
    public Task A_cancel_that_crosses_the_answer_to_a_reinvite() => ChangeAsync(
        isCaller: true,
        asks => asks.Reinvite(Offer with { Version = 2 }).Expect(100).CancelReinvite().Expect(200, "CANCEL").Expect(200, Described).Ack(),
        answers => answers.Expect("INVITE").Answer(100).Expect("CANCEL").Answer(200).Accept(Reply with { Version = 2 }));

    [Fact]
    public Task A_reinvite_of_the_callee_before_the_ack_is_refused() => PlayAsync(
        Caller.Invite(Offer).Expect(200, Described).Pause(300).Ack().Request("INFO").Expect(200, "INFO").HangUp(),
        Callee.Expect("INVITE").Accept(Reply).Reinvite(Reply with { Version = 2 }).Expect(491).AckOfRefusedReinvite().Expect("INFO").Answer(200).HungUp());

    /// <summary>RFC 5407 §3.1.4: who asks again has had the answer.</summary>
    [Fact]
    public Task A_reinvite_may_overtake_the_ack() => PlayAsync(
        Caller.Invite(Offer).Expect(200, Described).Reinvite(Offer with { Version = 2, Direction = "sendonly" }).Answered(Check.Body("a=recvonly")).HangUp(),
        Callee.Expect("INVITE").Accept(Reply).Expect("INVITE", Check.Body("a=sendonly")).Accept(Reply with { Version = 2, Direction = "recvonly" }).HungUp());
}
