using SipAlg.Interop.Tests.Sipp;
using SipAlg.Interop.Tests.Wire;

namespace SipAlg.Interop.Tests.Flows;

/// <summary>Early media, provisional responses and their PRACK, next hops that fork.</summary>
public sealed partial class FlowTests
{
    private const string Supported = "Supported: 100rel\n";

    [Theory]
    [InlineData(180)]
    [InlineData(181)]
    [InlineData(182)]
    [InlineData(183)]
    public Task A_provisional_stays_what_it_was_with_its_sdp(int status) => PlayAsync(
        Caller.Invite(Offer).Expect(status, Described, Check.Field("X-Kept", "yes")).Answered().HangUp(),
        Callee.Expect("INVITE", Described).Answer(status, Reply, "X-Kept: yes\n").Accept(Reply).HungUp());

    [Fact]
    public Task A_199_tells_of_a_branch_that_has_failed() => Scenario(async folder =>
    {
        var flow = await Fixture.PlayAsync(
            folder,
            Caller.Invite(Offer, "Supported: 199\n").Expect(180).Expect(180).Expect(199, Check.Field("Reason", "SIP;cause=486")).Answered().HangUp(),
            Callee.Expect("INVITE").Answer(180, dialog: "a").Answer(180, dialog: "b").Answer(199, headers: "Reason: SIP;cause=486\n", dialog: "a").Accept(Reply, "b").HungUp());
        Assert.Equal(flow.Calling.Received("SIP/2.0 180")[0].ToTag, flow.Calling.Received("SIP/2.0 199").Single().ToTag);
        Assert.Equal(flow.Calling.Received("SIP/2.0 180")[1].ToTag, flow.Calling.Received("SIP/2.0 200")[0].ToTag);
    });

    [Fact]
    public Task A_reliable_183_is_acknowledged_end_to_end()
    {
        var caller = Caller;
        caller.Invite(Offer, Supported).Expect(183, [Described, .. caller.Reliable()]).Prack().Expect(200, "PRACK").Answered().HangUp();
        return PlayAsync(
            caller,
            Callee.Expect("INVITE", Check.Field("Supported", "100rel")).AnswerReliably(183, 4711, Reply)
                .Expect("PRACK", Check.Field("RAck", "4711 [0-9]+ INVITE")).Answer(200).Accept(null).HungUp());
    }

    [Fact]
    public Task The_gateway_acknowledges_for_a_caller_without_prack() => PlayAsync(
        Caller.Invite(Offer).Expect(183, Described, Check.NoField("RSeq"), Check.NoField("Require")).Answered().HangUp(),
        Callee.Expect("INVITE").AnswerReliably(183, 7, Reply).Expect("PRACK", Check.Field("RAck", " 7 [0-9]+ INVITE")).Answer(200).Accept(null).HungUp());

    [Fact]
    public Task The_gateway_is_reliable_towards_a_caller_that_demands_it()
    {
        var caller = Caller;
        caller.Invite(Offer, "Require: 100rel\n").Expect(180, caller.Reliable()).Prack().Expect(200, "PRACK")
            .Expect(183, [Described, .. caller.Reliable()]).Prack().Expect(200, "PRACK").Answered().HangUp();
        // The second waits until the caller has confirmed the first (RFC 3262 §3), and neither would be sent once the call is accepted.
        return PlayAsync(caller, Callee.Expect("INVITE").Answer(180).Answer(183, Reply).Pause(500).Accept(Reply).HungUp());
    }

    [Fact]
    public Task Each_branch_of_a_fork_is_an_early_dialog_on_the_same_ports() => Scenario(async folder =>
    {
        var flow = await Fixture.PlayAsync(
            folder,
            Caller.Invite(Offer).ExpectIn("a", 183, Described).ExpectIn("b", 183, Described).ExpectIn("b", 200, Described).Ack(dialog: "b").HangUp("b"),
            Callee.Expect("INVITE").Answer(183, Reply, dialog: "a").Answer(183, Reply with { Port = 7002 }, dialog: "b").Accept(Reply with { Port = 7002 }, "b").HungUp());
        var early = flow.Calling.Received("SIP/2.0 183");
        var answer = flow.Calling.Received("SIP/2.0 200")[0];
        Assert.NotEqual(early[0].ToTag, early[1].ToTag);
        Assert.Equal(early[1].ToTag, answer.ToTag);
        Assert.Equal(early[0].Audio, early[1].Audio);
        Assert.Equal(early[1].Audio, answer.Audio);
    });

    [Fact]
    public Task Early_media_is_heard_both_ways() => Scenario(async folder =>
    {
        await using var outside = new RtpEnd(TwoSides.CallerAddress);
        await using var inside = new RtpEnd(TwoSides.CalleeAddress);
        var caller = Caller.Invite(Offer with { Port = outside.Port }).Expect(183).Expect(480).AckOfRefusal();
        var callee = Callee.Expect("INVITE").Answer(183, Reply with { Port = inside.Port }).Expect("CANCEL").Answer(200).Refuse(487);
        await using var flow = await Fixture.BeginAsync(folder, caller, callee);
        outside.PlaysTo((await flow.Calling.ReceivedAsync("SIP/2.0 183")).Audio);
        inside.PlaysTo((await flow.Answering.ReceivedAsync("INVITE")).Audio);
        await outside.HearsAsync(inside);
        await inside.HearsAsync(outside);
        await flow.HangUpAsync();
        await flow.EndsAsync("hung_up_by_operator");
    });

    [Fact]
    public Task Of_a_forks_early_media_the_latest_is_heard_and_then_who_answers() => Scenario(async folder =>
    {
        await using var outside = new RtpEnd(TwoSides.CallerAddress);
        await using var first = new RtpEnd(TwoSides.CalleeAddress);
        await using var second = new RtpEnd(TwoSides.CalleeAddress);
        var (early, late) = (Reply with { Port = first.Port }, Reply with { Port = second.Port });
        var caller = Caller.Invite(Offer with { Port = outside.Port }).ExpectIn("a", 183, Described).ExpectIn("b", 183, Described).ExpectIn("b", 180)
            .ExpectIn("a", 200, Described).Ack(dialog: "a").HungUp();
        var callee = Callee.Expect("INVITE").Answer(183, early, dialog: "a").Answer(183, late, dialog: "b").Answer(180, dialog: "b").Pause(1000).Accept(early, "a").HungUp();
        await using var flow = await Fixture.BeginAsync(folder, caller, callee);
        outside.PlaysTo((await flow.Calling.ReceivedAsync("SIP/2.0 183")).Audio);
        var relay = (await flow.Answering.ReceivedAsync("INVITE")).Audio;
        first.PlaysTo(relay);
        second.PlaysTo(relay);
        await second.HearsAsync(outside);
        await flow.Calling.ReceivedAsync("SIP/2.0 200");
        await first.HearsAsync(outside);
        await outside.HearsAsync(first, not: second);
        await flow.HangUpAsync();
        await flow.EndsAsync("hung_up_by_operator");
    });

    /// <summary>RFC 3262 §3.</summary>
    [Fact]
    public Task A_prack_of_something_else_is_481()
    {
        var caller = Caller;
        caller.Invite(Offer, Supported).Expect(183, [Described, .. caller.Reliable()])
            .Request("PRACK", headers: "RAck: 4712 1 INVITE\n").Expect(481, "PRACK").Request("PRACK").Expect(481, "PRACK").Prack().Expect(200, "PRACK").Answered().HangUp();
        return PlayAsync(
            caller, Callee.Expect("INVITE").AnswerReliably(183, 4711, Reply).Expect("PRACK", Check.Field("RAck", "4711 [0-9]+ INVITE")).Answer(200).Accept(null).HungUp());
    }

    /// <summary>RFC 3262 §3.</summary>
    [Fact]
    public Task An_answer_waits_for_the_prack_of_sdp()
    {
        var caller = Caller;
        caller.Invite(Offer, Supported).Expect(183, [Described, .. caller.Reliable()]).Pause(300).Prack().Answered().Expect(200, "PRACK").HangUp();
        return PlayAsync(
            caller, Callee.Expect("INVITE").AnswerReliably(183, 1, Reply).Answer(200, to: "INVITE").Expect("PRACK").Answer(200).Expect("ACK").HungUp());
    }
}
