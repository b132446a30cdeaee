using SipAlg.Interop.Tests.Sipp;

namespace SipAlg.Interop.Tests.Flows;

/// <summary>What crosses, and what a peer's own rules make of it.</summary>
public sealed partial class FlowTests
{
    public sealed partial class Gateway
    {
        /// <summary>Takes one early dialog.</summary>
        internal string Simple { get; private set; } = "";

        internal Callee Ruled { get; private set; } = null!;

        /// <summary>What it says of a caller is not believed.</summary>
        internal string Stranger { get; private set; } = "";

        internal Callee Choosy { get; private set; } = null!;

        internal Callee Untrusted { get; private set; } = null!;

        /// <summary>Shows another caller.</summary>
        internal string Renamed { get; private set; } = "";

        private void AddPolicies()
        {
            Renamed = AddRouteWith(", set: { caller: '+4999', caller_name: 'Example' }", "peer: callee");
            Stranger = AddCaller("stranger", Networks.Outside(41), ", trust: false");
            Choosy = AddCallee("choosy", Networks.Inside(26), settings: ", codecs: { remove: [PCMA], prefer: [G722] }");
            Untrusted = AddCallee("untrusted", Networks.Inside(27), settings: ", trust: false");
            Simple = AddCaller("simple", Networks.Outside(40), ", forking: single");
            Ruled = AddCallee("ruled", Networks.Inside(24), settings: ", headers: { remove: [X-Gone], add: { X-Trunk: '4711' } }, map_status: { 480: 486 }");
        }
    }

    [Fact]
    public Task A_caller_that_takes_one_early_dialog_gets_one() => Scenario(async folder =>
    {
        var flow = await Fixture.PlayAsync(
            folder,
            Caller.At(Fixture.Simple).Invite(Offer).Expect(183, Described).Expect(183, Undescribed).Answered(Described).HangUp(),
            Callee.Expect("INVITE").Answer(183, Reply, dialog: "a").Answer(183, Reply with { Port = 7002 }, dialog: "b").Accept(Reply with { Port = 7002 }, "b").HungUp());
        var tags = flow.Calling.Received("SIP/2.0 183").Select(answer => answer.ToTag).Append(flow.Calling.Received("SIP/2.0 200")[0].ToTag);
        Assert.Single(tags.Distinct());
    });

    [Fact]
    public Task Headers_that_nobody_here_knows_cross_untouched() => PlayAsync(
        Caller.Invite(Offer, "User-to-User: 00c81031;encoding=hex\nX-Odd: a  b ; \"c\" \n").Answered(Check.Field("X-Even", " d,e;f$")).HangUp(),
        Callee.Expect("INVITE", Check.Field("User-to-User", " 00c81031;encoding=hex"), Check.Field("X-Odd", " a  b ; \"c\"")).Answer(200, Reply, "X-Even: d,e;f\n").Expect("ACK").HungUp());

    [Fact]
    public Task A_trusted_identity_crosses_without_its_host() => PlayAsync(
        Caller.Invite(Offer, "P-Asserted-Identity: \"A\" <sip:+4940[local_port]@[local_ip]>\nDiversion: <sip:+49302@[local_ip]>;reason=no-answer\n").Answered().HangUp(),
        Callee.Expect(
            "INVITE", Check.Field("P-Asserted-Identity", "\"A\" <sip:[+]4940[0-9]*@"), Check.Field("Diversion", "<sip:[+]49302@.*;reason=no-answer"), Check.NoText(TwoSides.CallerAddress)).Accept(Reply).HungUp());

    [Fact]
    public Task A_peers_headers_are_removed_and_added() => PlayAsync(
        HungUpByCaller,
        Caller.Invite(Offer, "X-Gone: 1\nX-Kept: 1\n").Answered().HangUp(),
        Fixture.Ruled.Number,
        (Fixture.Ruled, Callee.Expect("INVITE", Check.NoField("X-Gone"), Check.Field("X-Kept", "1"), Check.Field("X-Trunk", "4711")).Accept(Reply).HungUp()));

    [Fact]
    public Task A_peers_status_is_mapped() => PlayAsync(
        "callee_refused", Caller.Invite(Offer).Expect(486).AckOfRefusal(), Fixture.Ruled.Number, (Fixture.Ruled, Callee.Expect("INVITE").Refuse(480)));

    [Fact]
    public Task An_identity_of_somebody_who_is_not_trusted_does_not_cross() => PlayAsync(
        Caller.At(Fixture.Stranger).Invite(Offer, "P-Asserted-Identity: <sip:+49301@[local_ip]>\n").Answered().HangUp(),
        Callee.Expect("INVITE", Check.NoField("P-Asserted-Identity")).Accept(Reply).HungUp());

    /// <summary>RFC 3323 §5.3, RFC 3325 §9.3.</summary>
    [Fact]
    public Task A_caller_who_asks_for_privacy_is_anonymous_to_who_is_not_trusted() => PlayAsync(
        HungUpByCaller,
        Caller.Invite(Offer, "Privacy: id;user\nP-Asserted-Identity: <sip:+4940[local_port]@[local_ip]>\n").Answered().HangUp(),
        Fixture.Untrusted.Number,
        (Fixture.Untrusted, Callee.Expect("INVITE", Check.NoField("P-Asserted-Identity"), Check.NoText("[+]4940"), Check.Field("From", "sip:anonymous@anonymous[.]invalid")).Accept(Reply).HungUp()));

    [Fact]
    public Task A_peers_codecs_are_taken_out_and_put_first_with_their_numbers() => PlayAsync(
        HungUpByCaller,
        Caller.Invite(Offer with { Payloads = "8 101 9 0" }).Answered(Check.Body("m=audio 2[0-9]{4} RTP/AVP 9 101")).HangUp(),
        Fixture.Choosy.Number,
        (Fixture.Choosy, Callee.Expect("INVITE", Check.Body("m=audio 2[0-9]{4} RTP/AVP 9 [0-9 ]*0"), Check.NoBody("m=audio [0-9]* RTP/AVP [0-9 ]*8"), Check.NoBody("PCMA"))
            .Accept(Reply with { Payloads = "9 101" }).HungUp()));

    [Fact]
    public Task An_offer_without_a_codec_left_is_refused() => PlayAsync(
        "no_codec", Caller.Invite(Offer with { Payloads = "8" }).Expect(488, Check.Field("Warning", "305")).AckOfRefusal(), Fixture.Choosy.Number);

    /// <summary>RFC 3323 §4.2.</summary>
    [Fact]
    public Task Privacy_that_is_critical_and_not_known_fails_the_call() => PlayAsync(
        "privacy_unavailable", Caller.Invite(Offer, "Privacy: unheard-of;critical\n").Expect(500).AckOfRefusal(), Fixture.Untrusted.Number);

    [Fact]
    public Task A_number_and_a_name_that_are_set_stand_wherever_the_caller_does() => PlayAsync(
        HungUpByCaller,
        Caller.Invite(Offer, "P-Asserted-Identity: \"A\" <sip:+4940[local_port]@[local_ip]>\nRemote-Party-ID: <sip:+4940[local_port]@[local_ip]>;party=calling;screen=yes\n").Answered().HangUp(),
        Fixture.Renamed,
        (Fixture.Callee, Callee.Expect(
                "INVITE",
                Check.Field("From", "\"Example\" <sip:[+]4999@"),
                Check.Field("P-Asserted-Identity", "\"Example\" <sip:[+]4999@"),
                Check.Field("Remote-Party-ID", "\"Example\" <sip:[+]4999@.*;party=calling;screen=yes"),
                Check.NoText("[+]4940"),
                HidesOutside)
            .Accept(Reply).HungUp(Check.Field("From", "[+]4999"), Check.NoText("[+]4940"))));

    /// <summary>RFC 5806, RFC 7044 §10.1.2.</summary>
    [Fact]
    public Task Who_diverted_the_call_privately_is_not_told_to_who_is_not_trusted() => PlayAsync(
        HungUpByCaller,
        Caller.Invite(
            Offer,
            "Diversion: <sip:+49302@[local_ip]>;reason=no-answer;privacy=full\nHistory-Info: <sip:[service]@[local_ip]>;index=1, <sip:+49302@[local_ip]?Privacy=history>;index=1.1\n").Answered().HangUp(),
        Fixture.Untrusted.Number,
        (Fixture.Untrusted, Callee.Expect(
            "INVITE", Check.NoField("Diversion"), Check.NoText("[+]49302"), Check.Field("History-Info", "index=1,.*<sip:anonymous@anonymous[.]invalid>;index=1[.]1"), HidesOutside).Accept(Reply).HungUp()));

    /// <summary>RFC 5876.</summary>
    [Fact]
    public Task Who_has_answered_is_told_without_its_host() => PlayAsync(
        Caller.Invite(Offer).Expect(180, Check.Field("P-Asserted-Identity", "<sip:[+]49303@"), HidesInside).Answered(Check.Field("P-Asserted-Identity", "<sip:[+]49303@"), HidesInside).HangUp(),
        Callee.Expect("INVITE").Answer(180, headers: "P-Asserted-Identity: <sip:+49303@[local_ip]>\n").Answer(200, Reply, "P-Asserted-Identity: <sip:+49303@[local_ip]>\n").Expect("ACK").HungUp());
}
