using SipAlg.Interop.Tests.Harness;
using SipAlg.Interop.Tests.Sipp;

namespace SipAlg.Interop.Tests.Flows;

/// <summary>Requests outside a call: subscriptions (RFC 6665), MESSAGE, PUBLISH, REFER.</summary>
public sealed partial class FlowTests
{
    public sealed partial class Gateway
    {
        /// <summary>A telephone outside that may be called.</summary>
        internal Callee Phone { get; private set; } = null!;

        /// <summary>Its number, as those inside may call it.</summary>
        internal string PhoneFromInside { get; private set; } = "";

        private void AddSubscriptions()
        {
            Phone = AddCallee("phone", Networks.Outside(42), realm: "outside", mayCall: true);
            PhoneFromInside = AddRouteFrom("inside", "", "peer: phone");
        }

        /// <summary>Requests of no call by these scripts. When all have gone as written, nothing is kept of them.</summary>
        internal async Task AskAsync(ScenarioFolder folder, SippScript asks, Callee asked, SippScript answers)
        {
            var before = (await Gateway.MetricsAsync()).Sum("sipalg_subscriptions_active");
            await using var answering = await AnswerAsync(folder, answers, asked);
            await using var asking = Call(folder, asks, asked.Number, from: asks.Address);
            await SippRun.AllSucceedAsync(asking, answering);
            await Eventually.TrueAsync(async () => (await Gateway.MetricsAsync()).Sum("sipalg_subscriptions_active") <= before, text: "no subscription left");
        }
    }

    private const string DialogInfo = "application/dialog-info+xml";
    private const string Granted = "Expires: 600\n";
    private const string Ended = "Expires: 0\n";

    /// <summary>Neither side's network is seen in the other.</summary>
    private static Check HidesInside => Check.NoText(Networks.InsidePrefix);

    private static Check HidesOutside => Check.NoText(Networks.OutsidePrefix);

    private Task AskAsync(SippScript asks, SippScript answers) => Scenario(folder => Fixture.AskAsync(folder, asks, Fixture.Callee, answers));

    /// <summary>What a PBX says of a line of its own and of a dialog there.</summary>
    private static Body Lamp(string names) => new(
        DialogInfo,
        $"""
        <?xml version="1.0"?>
        <dialog-info xmlns="urn:ietf:params:xml:ns:dialog-info" version="1" state="full" entity="sip:102@[local_ip]">
        <dialog id="d1" {names} direction="recipient"><state>early</state>
        <local><identity>sip:102@[local_ip]</identity><target uri="sip:102@[local_ip]:[local_port]"/></local></dialog>
        </dialog-info>
        """);

    private static SippScript Grants(string name, string state, Body? body = null) => Callee
        .Expect("SUBSCRIBE", Check.Field("Event", $" {name}$"), HidesOutside).Answer(200, headers: Granted)
        .Notify(name, state, body).Expect(200, "NOTIFY");

    /// <summary>The subscriber takes it back.</summary>
    private static SippScript Unsubscribed(SippScript notifier, string name) => notifier
        .Expect("SUBSCRIBE", Check.Field("Expires", " 0$")).Answer(200, headers: Ended).Notify(name, "terminated;reason=timeout").Expect(200, "NOTIFY");

    private static SippScript Unsubscribes(SippScript subscriber, string name) =>
        subscriber.Resubscribe(name, 0).Expect(200, "SUBSCRIBE", Check.Field("Expires", " 0$")).Notified(name, "terminated;reason=timeout");

    private static SippScript Subscribes(string name) =>
        Caller.Subscribe(name).Subscribed(200, "SUBSCRIBE", Check.Field("Expires", " 600$"), Check.Field("Contact", $"<sip:[^>]*@{Networks.OutsidePrefix}"), HidesInside);

    /// <summary>Targets lead to the gateway, names have the host that the subscriber knows; behind the last NOTIFY neither side's dialog is there.</summary>
    [Fact]
    public Task A_subscription_is_refreshed_and_taken_back() => AskAsync(
        Unsubscribes(
            Subscribes("dialog").Notified(
                    "dialog",
                    "active;expires=600",
                    Check.Field("Content-Type", "application/dialog-info[+]xml"),
                    Check.Body($"entity=\"sip:102@{Networks.OutsidePrefix}[0-9:]*\""),
                    Check.Body($"target uri=\"sip:102@{Networks.OutsidePrefix}"),
                    HidesInside)
                .Resubscribe("dialog", 600).Expect(200, "SUBSCRIBE", Check.Field("Expires", " 500$"), HidesInside).Notified("dialog", "active;expires=500", HidesInside),
            "dialog").Resubscribe("dialog", 600).Expect(481, "SUBSCRIBE"),
        Unsubscribed(
            Grants("dialog", "active;expires=600", Lamp(""))
                .Expect("SUBSCRIBE", Check.Field("Expires", " 600$"), HidesOutside).Answer(200, headers: "Expires: 500\n").Notify("dialog", "active;expires=500").Expect(200, "NOTIFY"),
            "dialog").Notify("dialog", "active").Expect(481, "NOTIFY"));

    [Fact]
    public Task A_message_summary_names_the_account_as_the_subscriber_knows_it() => AskAsync(
        Unsubscribes(
            Subscribes("message-summary").Notified(
                "message-summary", "active", Check.Body("Messages-Waiting: yes"), Check.Body($"Message-Account: sip:102@{Networks.OutsidePrefix}"), Check.Body("Voice-Message: 2/8"), HidesInside),
            "message-summary"),
        Unsubscribed(
            Grants(
                "message-summary",
                "active;expires=600",
                new Body("application/simple-message-summary", "Messages-Waiting: yes\nMessage-Account: sip:102@[local_ip]\nVoice-Message: 2/8 (0/2)\n")),
            "message-summary"));

    [Fact]
    public Task A_notifier_ends_a_subscription() => AskAsync(
        Subscribes("presence").Notified("presence", "terminated;reason=probation;retry-after=7").Resubscribe("presence", 600).Expect(481, "SUBSCRIBE"),
        Grants("presence", "terminated;reason=probation;retry-after=7"));

    [Fact]
    public Task A_fetch_is_answered_by_one_notify() => AskAsync(
        Caller.Subscribe("presence", expires: 0).Subscribed(200, "SUBSCRIBE", Check.Field("Expires", " 0$")).Notified("presence", "terminated"),
        Callee.Expect("SUBSCRIBE", Check.Field("Expires", " 0$")).Answer(200, headers: Ended).Notify("presence", "terminated;reason=timeout").Expect(200, "NOTIFY"));

    [Fact]
    public Task A_subscriber_that_knows_nothing_of_it_ends_a_subscription() => AskAsync(
        Subscribes("presence").Expect("NOTIFY").Answer(481),
        Callee.Expect("SUBSCRIBE").Answer(200, headers: Granted).Notify("presence", "active;expires=600").Expect(481, "NOTIFY").Notify("presence", "active").Expect(481, "NOTIFY"));

    [Theory]
    [InlineData(489, "Allow-Events", "presence")]
    [InlineData(423, "Min-Expires", "3600")]
    [InlineData(603, "Retry-After", "30")]
    public Task A_refused_subscription_is_refused_with_what_was_said(int status, string field, string value) => AskAsync(
        Caller.Subscribe("dialog").Expect(status, "SUBSCRIBE", Check.Field(field, value), HidesInside),
        Callee.Expect("SUBSCRIBE").Answer(status, headers: $"{field}: {value}\n"));

    [Theory]
    [InlineData("MESSAGE", "text/plain", "said here", "said here")]
    [InlineData("PUBLISH", "application/pidf+xml", "<presence entity=\"sip:me@[local_ip]\"/>", "<presence entity=\"sip:me@")]
    [InlineData("NOTIFY", "application/simple-message-summary", "Messages-Waiting: no", "Messages-Waiting: no")]
    public Task A_request_outside_a_dialog_crosses_with_its_body_and_its_answer(string method, string type, string body, string seen) => AskAsync(
        Caller.Ask(method, new Body(type, body), "Event: presence\nSubscription-State: active\nX-Kept: yes\n").Expect(202, method, Check.Field("X-Why", "later"), HidesInside),
        Callee.Expect(
                method,
                [Check.Body(seen), Check.Field("Content-Type", type.Replace("+", "[+]", StringComparison.Ordinal)), Check.Field("X-Kept", "yes"), .. method == "MESSAGE" ? Array.Empty<Check>() : [HidesOutside]])
            .Answer(202, headers: "X-Why: later\n"));

    [Fact]
    public Task A_refer_outside_a_dialog_is_reported_on() => AskAsync(
        Caller.Ask("REFER", headers: "Refer-To: <sip:+49301@[local_ip]>\n").Subscribed(202, "REFER", HidesInside)
            .Notified("refer", "active", Check.Body("^SIP/2.0 100"), HidesInside).Notified("refer", "terminated", Check.Body("^SIP/2.0 200"), HidesInside),
        Callee.Expect("REFER", Check.Field("Refer-To", "<sip:[+]49301@"), HidesOutside).Answer(202)
            .Notify("refer", "active;expires=60", new Body(Fragment, "SIP/2.0 100 Trying\n")).Expect(200, "NOTIFY")
            .Notify("refer", "terminated;reason=noresource", new Body(Fragment, "SIP/2.0 200 OK\n")).Expect(200, "NOTIFY"));

    /// <summary>A telephone outside rings, called by a PBX that tells of it; one beside it picks up by the names that it was told.</summary>
    [Fact]
    public Task A_lamp_leads_to_a_pickup() => Scenario(async folder =>
    {
        var pbx = Fixture.Mobile;
        var before = await Fixture.Gateway.MetricsAsync();
        await using var ringing = await TwoSides.AnswerAsync(folder, Callee.Expect("INVITE").Answer(180).Expect("CANCEL").Answer(200).Refuse(487), Fixture.Phone);
        await using var call = new Flow(Fixture.Gateway, before, CallFromInside(folder, Caller.Invite(Offer, "Supported: replaces\n").Expect(180).Expect(480).AckOfRefusal(), Fixture.PhoneFromInside), ringing);
        var (at, seen) = (await call.Calling.ReceivedAsync("SIP/2.0 180"), await ringing.ReceivedAsync("INVITE"));
        var (local, remote) = (seen.FromTag, TagOf(ringing));
        var outside = Ports.Free($"{Fixture.Phone.Endpoint.Address}");
        await Fixture.AskAsync(
            folder,
            Unsubscribes(
                Caller.At($"{outside.Address}").Subscribe("dialog").Subscribed(200, "SUBSCRIBE").Notified(
                    "dialog", "active", Check.Body($"call-id=\"{seen.Field("Call-ID")}\" local-tag=\"{local}\" remote-tag=\"{remote}\""), Check.NoText(at.Field("Call-ID")), HidesInside),
                "dialog"),
            pbx,
            Unsubscribed(Grants("dialog", "active;expires=600", Lamp($"call-id=\"{at.Field("Call-ID")}\" local-tag=\"{at.FromTag}\" remote-tag=\"{at.ToTag}\"")), "dialog"));
        await Fixture.PlayAsync(
            folder,
            HungUpByCaller,
            Caller.At($"{outside.Address}").Invite(Offer, $"Require: replaces\nReplaces: {seen.Field("Call-ID")};to-tag={local};from-tag={remote};early-only\n").Answered(Described).HangUp(),
            pbx.Number,
            (pbx, Callee.Expect("INVITE", Check.Field("Replaces", $" {at.Field("Call-ID")};to-tag={at.FromTag};from-tag={at.ToTag};early-only")).Accept(Reply).HungUp()));
        await call.HangUpAsync();
        await call.EndsAsync("hung_up_by_operator");
    });

    /// <summary>Calls as a telephone of the PBX that <see cref="Gateway.Mobile"/> is.</summary>
    private SippRun CallFromInside(ScenarioFolder folder, SippScript script, string called) =>
        SippRun.Call(folder, new SippOptions(script, Ports.Free($"{Fixture.Mobile.Endpoint.Address}")) { Remote = Fixture.Inside, Called = called });

    /// <summary>The tag that a callee has given itself.</summary>
    private static string TagOf(SippRun answering) => answering.Sent("SIP/2.0 1")[0].ToTag;
}
