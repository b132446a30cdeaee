using SipAlg.Interop.Tests.Sipp;

namespace SipAlg.Interop.Tests.Flows;

/// <summary>Routes with several targets: one after another or all at once, redirections, failures and what the caller hears of them.</summary>
public sealed partial class FlowTests
{
    public sealed partial class Gateway
    {
        internal Callee Second { get; private set; } = null!;

        /// <summary>Whom a redirection leads to.</summary>
        internal Callee Third { get; private set; } = null!;

        internal Callee Overloaded { get; private set; } = null!;

        internal string OneAfterAnother { get; private set; } = "";
        internal string AllAtOnce { get; private set; } = "";
        internal string Impatient { get; private set; } = "";
        internal string Mapped { get; private set; } = "";
        internal string PassesRedirects { get; private set; } = "";
        internal string OverloadedFirst { get; private set; } = "";

        /// <summary>Two ring together, and then the third.</summary>
        internal string TwoThenThird { get; private set; } = "";

        /// <summary>The callee's number, as those inside may call it.</summary>
        internal string CalleeFromInside { get; private set; } = "";

        /// <summary>The number of the third, as those inside may call it.</summary>
        internal string ThirdFromInside { get; private set; } = "";

        private void AddNextHops()
        {
            Second = AddCallee("second", Networks.Inside(21));
            Third = AddCallee("third", Networks.Inside(22));
            Overloaded = AddCallee("overloaded", Networks.Inside(23));
            OneAfterAnother = AddRoute("peer: callee", "peer: second");
            AllAtOnce = AddRouteWith(", ring: all", "peer: callee, priority: 1", "peer: second, priority: 1");
            TwoThenThird = AddRouteWith(", ring: all", "peer: callee, priority: 1", "peer: second, priority: 1", "peer: third, priority: 2");
            CalleeFromInside = AddRouteFrom("inside", "", "peer: callee");
            Impatient = AddRoute("peer: callee, no_answer: 1s", "peer: second");
            Mapped = AddRouteWith(", map_status: { 480: 486 }", "peer: callee");
            PassesRedirects = AddRouteWith(", redirects: pass", "peer: callee");
            OverloadedFirst = AddRoute("peer: overloaded", "peer: second");
            ThirdFromInside = AddRouteFrom("inside", "", "peer: third");
        }
    }

    private static SippScript Answering => Callee.Expect("INVITE", Described).Accept(Reply).HungUp();

    private static SippScript Talking => Caller.Invite(Offer).Answered(Described).HangUp();

    private Task PlayAsync(string cause, SippScript caller, string number, params (Callee Who, SippScript Script)[] callees) =>
        Scenario(folder => Fixture.PlayAsync(folder, cause, caller, number, callees));

    [Theory]
    [InlineData(408)]
    [InlineData(500)]
    [InlineData(503)]
    public Task After_a_failure_the_next_target_is_tried(int status) => PlayAsync(
        HungUpByCaller, Talking, Fixture.OneAfterAnother, (Fixture.Callee, Callee.Expect("INVITE").Refuse(status)), (Fixture.Second, Answering));

    [Fact]
    public Task A_busy_target_is_the_last() => PlayAsync(
        "callee_refused",
        Caller.Invite(Offer).Expect(486, Check.Field("Reason", "SIP;cause=486")).AckOfRefusal(), Fixture.OneAfterAnother, (Fixture.Callee, Callee.Expect("INVITE").Refuse(486)));

    [Fact]
    public Task Who_does_not_answer_is_cancelled_and_the_next_is_tried() => PlayAsync(
        HungUpByCaller,
        Caller.Invite(Offer).Expect(180).Answered(Described).HangUp(),
        Fixture.Impatient,
        (Fixture.Callee, Callee.Expect("INVITE").Answer(180).Expect("CANCEL").Answer(200).Refuse(487)),
        (Fixture.Second, Answering));

    [Fact]
    public Task A_target_after_early_media_has_another_tag() => Scenario(async folder =>
    {
        var flow = await Fixture.PlayAsync(
            folder,
            HungUpByCaller,
            Caller.Invite(Offer).Expect(183, Described).Answered(Described).HangUp(),
            Fixture.OneAfterAnother,
            (Fixture.Callee, Callee.Expect("INVITE").Answer(183, Reply).Refuse(503)),
            (Fixture.Second, Answering));
        Assert.NotEqual(flow.Calling.Received("SIP/2.0 183")[0].ToTag, flow.Calling.Received("SIP/2.0 200")[0].ToTag);
    });

    [Fact]
    public Task All_ring_and_the_first_to_answer_wins() => PlayAsync(
        HungUpByCaller,
        Caller.Invite(Offer).Expect(180).Answered(Described).HangUp(),
        Fixture.AllAtOnce,
        (Fixture.Callee, Callee.Expect("INVITE").Answer(180).Expect("CANCEL").Answer(200).Refuse(487)),
        (Fixture.Second, Callee.Expect("INVITE").Pause(300).Accept(Reply).HungUp()));

    [Fact]
    public Task Of_two_that_answer_one_gets_ack_and_bye() => PlayAsync(
        HungUpByCaller,
        Caller.Invite(Offer).Expect(180).Answered(Described).HangUp(),
        Fixture.AllAtOnce,
        (Fixture.Callee, Callee.Expect("INVITE").Answer(180).Expect("CANCEL").Answer(200).Accept(Reply).HungUp()),
        (Fixture.Second, Callee.Expect("INVITE").Pause(300).Accept(Reply).HungUp()));

    [Fact]
    public Task A_cancel_ends_all_that_ring() => PlayAsync(
        Cancelled,
        Caller.Invite(Offer).Expect(180).Expect(180).Cancel().Expect(200, "CANCEL").Expect(487).AckOfRefusal(),
        Fixture.AllAtOnce,
        (Fixture.Callee, Callee.Expect("INVITE").Answer(180).Expect("CANCEL").Answer(200).Refuse(487)),
        (Fixture.Second, Callee.Expect("INVITE").Answer(180).Expect("CANCEL").Answer(200).Refuse(487)));

    /// <summary>RFC 3261 §16.7 step 5.</summary>
    [Fact]
    public Task A_6xx_ends_the_search_at_once() => PlayAsync(
        "callee_refused",
        Caller.Invite(Offer).Expect(180).Expect(603, Check.Field("Reason", "SIP;cause=603")).AckOfRefusal(),
        Fixture.AllAtOnce,
        (Fixture.Callee, Callee.Expect("INVITE").Answer(180).Expect("CANCEL").Answer(200).Refuse(487)),
        (Fixture.Second, Callee.Expect("INVITE").Pause(300).Refuse(603)));

    /// <summary>RFC 3261 §16.7 step 6: what tells the caller most.</summary>
    [Fact]
    public Task The_caller_hears_of_the_best_failure() => PlayAsync(
        "callee_refused",
        Caller.Invite(Offer).Expect(486, Check.Field("Reason", "SIP;cause=486")).AckOfRefusal(),
        Fixture.AllAtOnce,
        (Fixture.Callee, Callee.Expect("INVITE").Refuse(503)),
        (Fixture.Second, Callee.Expect("INVITE").Refuse(486)));

    [Fact]
    public Task A_challenge_does_not_reach_the_caller() => PlayAsync(
        "callee_refused",
        Caller.Invite(Offer).Expect(500, Check.NoField("WWW-Authenticate"), Check.Field("Reason", "SIP;cause=401")).AckOfRefusal(),
        Fixture.Callee.Number,
        (Fixture.Callee, Callee.Expect("INVITE").Refuse(401, "WWW-Authenticate: Digest realm=\"inside\", nonce=\"1\"\n")));

    [Fact]
    public Task A_status_is_mapped_and_the_reason_tells_the_true_one() => PlayAsync(
        "callee_refused",
        Caller.Invite(Offer).Expect(486, Check.Field("Reason", "SIP;cause=480")).AckOfRefusal(), Fixture.Mapped, (Fixture.Callee, Callee.Expect("INVITE").Refuse(480)));

    [Fact]
    public Task A_redirection_is_followed_through_the_dialplan() => PlayAsync(
        HungUpByCaller,
        Talking,
        Fixture.Callee.Number,
        (Fixture.Callee, Callee.Expect("INVITE").Refuse(302, $"Contact: <sip:{Fixture.ThirdFromInside}@elsewhere.invalid>\n")),
        (Fixture.Third, Answering));

    [Fact]
    public Task A_redirection_that_the_dialplan_has_no_route_for_ends_the_call() => PlayAsync(
        "redirect_unroutable",
        Caller.Invite(Offer).Expect(480, Check.Field("Reason", "SIP;cause=302")).AckOfRefusal(),
        Fixture.Callee.Number,
        (Fixture.Callee, Callee.Expect("INVITE").Refuse(302, $"Contact: <sip:nobody@{Fixture.Third.Endpoint}>\n")));

    [Fact]
    public Task A_redirection_is_passed_on_with_the_gateways_address() => PlayAsync(
        "callee_refused",
        Caller.Invite(Offer).Expect(302, Check.Field("Contact", $"sip:moved@{Fixture.Outside}")).AckOfRefusal(),
        Fixture.PassesRedirects,
        (Fixture.Callee, Callee.Expect("INVITE").Refuse(302, $"Contact: <sip:moved@{Fixture.Third.Endpoint}>\n")));

    /// <summary>RFC 3261 §21.5.4.</summary>
    [Fact]
    public async Task A_503_with_retry_after_rests_the_peer()
    {
        await PlayAsync(
            HungUpByCaller, Talking, Fixture.OverloadedFirst, (Fixture.Overloaded, Callee.Expect("INVITE").Refuse(503, "Retry-After: 60\n")), (Fixture.Second, Answering));
        Assert.InRange((await Fixture.Gateway.MetricsAsync()).Sum("sipalg_peer_rest_seconds", "overloaded"), 1, 60);
        // Nobody is there any more: were it asked, ICMP would lead on all the same, but an attempt would be counted.
        var before = (await Fixture.Gateway.MetricsAsync()).Sum("sipalg_peer_attempts_total", "overloaded");
        await PlayAsync(HungUpByCaller, Talking, Fixture.OverloadedFirst, (Fixture.Second, Answering));
        Assert.Equal(before, (await Fixture.Gateway.MetricsAsync()).Sum("sipalg_peer_attempts_total", "overloaded"));
    }

    [Fact]
    public Task All_fail_and_the_next_priority_follows() => PlayAsync(
        HungUpByCaller,
        Talking,
        Fixture.TwoThenThird,
        (Fixture.Callee, Callee.Expect("INVITE").Refuse(486)),
        (Fixture.Second, Callee.Expect("INVITE").Refuse(503)),
        (Fixture.Third, Answering));

    [Fact]
    public Task All_fail_and_the_next_priority_does_not_follow() => PlayAsync(
        "callee_refused",
        Caller.Invite(Offer).Expect(404).AckOfRefusal(),
        Fixture.TwoThenThird,
        (Fixture.Callee, Callee.Expect("INVITE").Refuse(404)),
        (Fixture.Second, Callee.Expect("INVITE").Refuse(404)));

    [Fact]
    public Task Where_others_ring_who_is_redirected_to_rings_with_them() => PlayAsync(
        HungUpByCaller,
        Caller.Invite(Offer).Expect(180).Answered(Described).HangUp(),
        Fixture.AllAtOnce,
        (Fixture.Callee, Callee.Expect("INVITE").Pause(300).Refuse(302, $"Contact: <sip:{Fixture.ThirdFromInside}@elsewhere.invalid>\n")),
        (Fixture.Second, Callee.Expect("INVITE").Answer(180).Expect("CANCEL").Answer(200).Refuse(487)),
        (Fixture.Third, Answering));

    [Fact]
    public Task A_redirection_in_a_loop_ends_the_call() => PlayAsync(
        "redirect_loop",
        Caller.Invite(Offer).Expect(480, Check.Field("Reason", "SIP;cause=302")).AckOfRefusal(),
        Fixture.Callee.Number,
        (Fixture.Callee, Callee.Taking(2).Expect("INVITE").Refuse(302, $"Contact: <sip:{Fixture.CalleeFromInside}@elsewhere.invalid>\n")));

    /// <summary>Of several contacts the best is asked first, and the next whatever the failure.</summary>
    [Fact]
    public Task The_contacts_of_a_redirection_are_tried_in_order() => PlayAsync(
        HungUpByCaller,
        Talking,
        Fixture.Callee.Number,
        (Fixture.Callee, Callee.Expect("INVITE").Refuse(302, $"Contact: <sip:{Fixture.ThirdFromInside}@x.invalid>;q=0.2, <sip:{Fixture.SecondFromInside}@x.invalid>;q=0.7\n")),
        (Fixture.Second, Callee.Expect("INVITE").Refuse(486)),
        (Fixture.Third, Answering));
}
