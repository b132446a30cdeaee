using System.Net;
using SipAlg.Interop.Tests.Harness;
using SipAlg.Interop.Tests.Sipp;
using SipAlg.Interop.Tests.Wire;

namespace SipAlg.Interop.Tests.Flows;

/// <summary>REFER (RFC 3515), passed to the other side or carried out by the gateway.</summary>
public sealed partial class FlowTests
{
    public sealed partial class Gateway
    {
        /// <summary>Calls by itself whom it is referred to.</summary>
        internal Callee Mobile { get; private set; } = null!;

        /// <summary>The number of the second, as those inside may call it.</summary>
        internal string SecondFromInside { get; private set; } = "";

        /// <summary>The number of the callers, as those inside may call it.</summary>
        internal string CallersFromInside { get; private set; } = "";

        /// <summary>Leads to the second, and then to the third.</summary>
        internal string SecondOrThird { get; private set; } = "";

        private void AddTransfers()
        {
            SecondOrThird = AddRoute("peer: second", "peer: third");
            Mobile = AddCallee("mobile", Networks.Inside(28), mayCall: true);
            SecondFromInside = AddRouteFrom("inside", "", "peer: second");
            CallersFromInside = AddRouteFrom("inside", "", "peer: callers");
        }
    }

    private const string NoRefer = "INVITE, ACK, CANCEL, BYE, OPTIONS";
    private const string Fragment = "message/sipfrag;version=2.0";

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public Task A_blind_transfer_crosses_with_its_notifications(bool isCaller) => ChangeAsync(
        isCaller,
        asks => asks.Request("REFER", headers: "Refer-To: <sip:+49301@[local_ip]>\nReferred-By: <sip:me@[local_ip]>\n").Expect(202, "REFER")
            .Expect("NOTIFY", Check.Field("Event", "refer"), Check.Field("Subscription-State", "active"), Check.Body("^SIP/2.0 100")).Answer(200)
            .Expect("NOTIFY", Check.Field("Event", "refer"), Check.Field("Subscription-State", "terminated"), Check.Body("^SIP/2.0 200"), isCaller ? HidesInside : HidesOutside).Answer(200),
        answers => answers
            .Expect("REFER", Check.Field("Refer-To", "sip:[+]49301@"), Check.Field("Referred-By", "sip:me@"), Check.NoText(isCaller ? TwoSides.CallerAddress : TwoSides.CalleeAddress)).Answer(202)
            .Request("NOTIFY", new Body(Fragment, "SIP/2.0 100 Trying\n"), "Event: refer\nSubscription-State: active;expires=60\n").Expect(200, "NOTIFY")
            .Request("NOTIFY", new Body(Fragment, "SIP/2.0 200 OK\nContact: <sip:x@[local_ip]>\n"), "Event: refer\nSubscription-State: terminated;reason=noresource\n").Expect(200, "NOTIFY"));

    /// <summary>Asks for a transfer that the gateway carries out.</summary>
    private static SippScript Referring(string referTo) =>
        Reported(Caller.Invite(Offer).Answered().Request("REFER", headers: $"Refer-To: <{referTo}>\n").Expect(202, "REFER"), 100);

    /// <summary>Is told what has become of a transfer so far.</summary>
    private static SippScript Reported(SippScript transferor, int status, string named = "refer") => transferor
        .Expect(
            "NOTIFY",
            Check.Field("Event", $" {named}$"),
            Check.Field("Subscription-State", status < 200 ? "active" : "terminated;reason=noresource"),
            Check.Field("Content-Type", Fragment),
            Check.Body($"^SIP/2.0 {status}"),
            Check.NoText(Networks.InsidePrefix))
        .Answer(200);

    /// <summary>Asks for a transfer that the gateway carries out, and is told of this end.</summary>
    private static SippScript Transferring(string referTo, int status) => Reported(Referring(referTo), status);

    private string At(string number) => $"sip:{number}@{Fixture.Outside}";

    [Fact]
    public Task A_blind_transfer_by_the_gateway_joins_the_other_side_and_the_target() => Scenario(async folder =>
    {
        await using var stays = new RtpEnd(TwoSides.CalleeAddress);
        await using var joins = new RtpEnd($"{Fixture.Second.Endpoint.Address}");
        var (first, second) = (Reply with { Port = stays.Port }, Reply with { Port = joins.Port });
        await using var flow = await Fixture.BeginAsync(
            folder,
            Transferring(At(Fixture.Second.Number), 200).HangUp(),
            Fixture.Callee.Number,
            (Fixture.Callee, Callee.Allowing(NoRefer).Expect("INVITE").Accept(first).Expect("INVITE", Described).Accept(first with { Version = 2 }).HungUp()),
            (Fixture.Second, Callee.Expect("INVITE", Described).Accept(second).HungUp()));
        await flow.Calling.ReceivedAsync("SIP/2.0 200 OK");
        stays.PlaysTo((await flow.Answering.ReceivedAsync("INVITE")).Audio);
        joins.PlaysTo((await flow.Joining.ReceivedAsync("INVITE")).Audio);
        await stays.HearsAsync(joins);
        await joins.HearsAsync(stays);
        await flow.HangUpAsync();
        await flow.EndsAsync("hung_up_by_operator");
    });

    [Fact]
    public Task While_the_target_of_a_transfer_rings_the_two_talk_on_and_then_the_two_others_do() => Scenario(async folder =>
    {
        await using var leaves = new RtpEnd(TwoSides.CallerAddress);
        await using var stays = new RtpEnd(TwoSides.CalleeAddress);
        await using var joins = new RtpEnd($"{Fixture.Second.Endpoint.Address}");
        var (offer, first, second) = (Offer with { Port = leaves.Port }, Reply with { Port = stays.Port }, Reply with { Port = joins.Port });
        await using var flow = await Fixture.BeginAsync(
            folder,
            Reported(Reported(Reported(Caller.Invite(offer).Answered().Request("REFER", headers: $"Refer-To: <{At(Fixture.Second.Number)}>\n").Expect(202, "REFER"), 100), 180), 200).HangUp(),
            Fixture.Callee.Number,
            (Fixture.Callee, Callee.Allowing(NoRefer).Expect("INVITE").Accept(first).Expect("INVITE", Described).Accept(first with { Version = 2 }).HungUp()),
            (Fixture.Second, Callee.Expect("INVITE", Described).Answer(180).Pause(3000).Accept(second).HungUp()));
        leaves.PlaysTo((await flow.Calling.ReceivedAsync("SIP/2.0 200")).Audio);
        stays.PlaysTo((await flow.Answering.ReceivedAsync("INVITE")).Audio);
        await flow.Joining.ReceivedAsync("INVITE");
        await leaves.HearsAsync(stays, not: joins);
        await stays.HearsAsync(leaves, not: joins);
        joins.PlaysTo((await flow.Joining.ReceivedAsync("INVITE")).Audio);
        await stays.HearsAsync(joins);
        await stays.HearsAsync(joins, not: leaves);
        await joins.HearsAsync(stays, not: leaves);
        await flow.HangUpAsync();
        await flow.EndsAsync("hung_up_by_operator");
        var transfer = Assert.Single((await flow.RecordAsync()).GetProperty("transfers").EnumerateArray());
        Assert.Equal(("caller", Fixture.Second.Number, "inside", "second"), (Text("by"), Text("to"), Text("to_realm"), Text("to_peer")));

        string? Text(string member) => transfer.GetProperty(member).GetString();
    });

    [Fact]
    public Task A_target_that_refuses_a_transfer_leaves_the_call() => PlayAsync(
        HungUpByCaller,
        Transferring(At(Fixture.Second.Number), 486).Reinvite(Offer with { Version = 2 }).Answered().HangUp(),
        Fixture.Callee.Number,
        (Fixture.Callee, Callee.Allowing(NoRefer).Expect("INVITE").Accept(Reply).Expect("INVITE").Accept(Reply with { Version = 2 }).HungUp()),
        (Fixture.Second, Callee.Expect("INVITE").Refuse(486)));

    [Fact]
    public Task An_attended_transfer_by_the_gateway_joins_the_two_others() => Scenario(async folder =>
    {
        await using var one = new RtpEnd(TwoSides.CalleeAddress);
        await using var other = new RtpEnd($"{Fixture.Second.Endpoint.Address}");
        var (first, second) = (Reply with { Port = one.Port }, Reply with { Port = other.Port });
        await using var consultation = await Fixture.BeginAsync(
            folder,
            Caller.Invite(Offer).Answered().HungUp(),
            Fixture.Second.Number,
            (Fixture.Second, Callee.Expect("INVITE").Accept(second).Expect("INVITE", Described).Accept(second with { Version = 2 }).HungUp()));
        await consultation.IsAnsweredAsync();
        await using var call = await Fixture.BeginAsync(
            folder,
            Transferring($"{At(Fixture.Second.Number)}?Replaces={Replaced(consultation.Calling)}", 200).HangUp(),
            Fixture.Callee.Number,
            (Fixture.Callee, Callee.Allowing(NoRefer).Expect("INVITE").Accept(first).Expect("INVITE", Described).Accept(first with { Version = 2 }).HungUp()));
        await call.Calling.ReceivedAsync("SIP/2.0 200 OK");
        one.PlaysTo((await call.Answering.ReceivedAsync("INVITE")).Audio);
        other.PlaysTo((await consultation.Answering.ReceivedAsync("INVITE")).Audio);
        await one.HearsAsync(other);
        await other.HearsAsync(one);
        await call.HangUpAsync();
        await call.EndsAsync("hung_up_by_operator");
        await consultation.EndsAsync("transferred");
    });

    /// <summary>It has called the one and is called by the other; what it is asked to replace is a dialog of its own.</summary>
    [Fact]
    public Task An_attended_transfer_to_a_pbx_that_has_both_calls() => Scenario(async folder =>
    {
        var before = await Fixture.Gateway.MetricsAsync();
        var called = await SippRun.AnswerAsync(folder, new SippOptions(Callee.Expect("INVITE").Accept(Reply).HungUp(), IPEndPoint.Parse($"{TwoSides.CallerAddress}:5060")));
        var pbx = SippRun.Call(folder, new SippOptions(Caller.Invite(Offer).Answered().HungUp(), Ports.Free($"{Fixture.Mobile.Endpoint.Address}"))
        {
            Remote = Fixture.Inside, Called = Fixture.CallersFromInside,
        });
        await using var first = new Flow(Fixture.Gateway, before, pbx, called);
        await first.IsAnsweredAsync();
        var (invite, answer) = (await called.ReceivedAsync("INVITE"), await pbx.ReceivedAsync("SIP/2.0 200"));
        var replaces = Uri.EscapeDataString($"{invite.Field("Call-ID")};to-tag={invite.FromTag};from-tag={called.Sent("SIP/2.0 200")[0].ToTag}");
        await using var second = await Fixture.BeginAsync(
            folder,
            Caller.Invite(Offer).Answered().Request("REFER", headers: $"Refer-To: <sip:somebody@{Fixture.Outside}?Replaces={replaces}>\n").Expect(202, "REFER").HangUp(),
            Fixture.Mobile.Number,
            (Fixture.Mobile, Callee.Expect("INVITE").Accept(Reply).Expect("REFER").Answer(202).HungUp()));
        var referTo = Uri.UnescapeDataString((await second.Answering.ReceivedAsync("REFER")).Field("Refer-To"));
        Assert.EndsWith($"?Replaces={answer.Field("Call-ID")};to-tag={answer.FromTag};from-tag={answer.ToTag}>", referTo, StringComparison.Ordinal);
        await second.IsOverAsync(HungUpByCaller);
        await first.HangUpAsync();
        await first.EndsAsync("hung_up_by_operator");
    });

    /// <summary>The dialog of a caller, escaped, for who is to replace it at the far side (RFC 3891 §4).</summary>
    private static string Replaced(SippRun calling) => Replaced(calling.Received("SIP/2.0 200")[0]);

    private static string Replaced(SippMessage answer) => Uri.EscapeDataString($"{answer.Field("Call-ID")};to-tag={answer.ToTag};from-tag={answer.FromTag}");

    /// <summary>Of the three phones the one that is transferred calls by itself; the last knows no Replaces, so that the gateway does it.</summary>
    [Fact]
    public Task An_attended_transfer_from_phone_to_phone() => Scenario(async folder =>
    {
        await using var consultation = await Fixture.BeginAsync(
            folder,
            Caller.Invite(Offer).Answered().HungUp(),
            Fixture.Second.Number,
            (Fixture.Second, Callee.Expect("INVITE").Accept(Reply).Expect("INVITE", Described).Accept(Reply with { Version = 2 }).HangUp()));
        await consultation.IsAnsweredAsync();
        await using var call = await Fixture.BeginAsync(
            folder,
            Caller.Invite(Offer).Answered().Request("REFER", headers: $"Refer-To: <{At(Fixture.SecondFromInside)}?Replaces={Replaced(consultation.Calling)}>\n").Expect(202, "REFER").HungUp(),
            Fixture.Mobile.Number,
            (Fixture.Mobile, Callee.Expect("INVITE").Accept(Reply).Expect("REFER", Check.Field("Refer-To", $"sip:{Fixture.SecondFromInside}@{Fixture.Inside}")).Answer(202).HungUp()));
        var referTo = (await call.Answering.ReceivedAsync("REFER")).Field("Refer-To");
        var replaces = Uri.UnescapeDataString(referTo[(referTo.IndexOf("Replaces=", StringComparison.Ordinal) + "Replaces=".Length)..].TrimEnd('>'));
        await using var joining = SippRun.Call(folder, new SippOptions(Caller.Invite(Offer, $"Require: replaces\nReplaces: {replaces}\n").Answered(Described).HungUp(), Ports.Free($"{Fixture.Mobile.Endpoint.Address}"))
        {
            Remote = Fixture.Inside, Called = Fixture.SecondFromInside,
        });
        await joining.AllSucceedAsync();
        await call.HangUpAsync();
        await call.EndsAsync("hung_up_by_operator");
        await consultation.EndsAsync("replaced");
    });
}
