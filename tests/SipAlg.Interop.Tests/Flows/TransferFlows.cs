using SipAlg.Interop.Tests.Sipp;

namespace SipAlg.Interop.Tests.Flows;

/// <summary>REFER (RFC 3515), passed to the other side or carried out by the gateway.</summary>
public sealed partial class FlowTests
{
    private const string Fragment = "message/sipfrag;version=2.0";

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public Task A_blind_transfer_crosses_with_its_notifications(bool isCaller) => ChangeAsync(
        isCaller,
        asks => asks.Request("REFER", headers: "Refer-To: <sip:+49301@[local_ip]>\nReferred-By: <sip:me@[local_ip]>\n").Expect(202, "REFER")
            .Expect("NOTIFY", Check.Field("Event", "refer"), Check.Field("Subscription-State", "active"), Check.Body("^SIP/2.0 100")).Answer(200)
            .Expect("NOTIFY", Check.Field("Event", "refer"), Check.Field("Subscription-State", "terminated"), Check.Body("^SIP/2.0 200")).Answer(200),
        answers => answers
            .Expect("REFER", Check.Field("Refer-To", "sip:[+]49301@"), Check.Field("Referred-By", "sip:me@"), Check.NoText(isCaller ? TwoSides.CallerAddress : TwoSides.CalleeAddress)).Answer(202)
            .Request("NOTIFY", new Body(Fragment, "SIP/2.0 100 Trying\n"), "Event: refer\nSubscription-State: active;expires=60\n").Expect(200, "NOTIFY")
            .Request("NOTIFY", new Body(Fragment, "SIP/2.0 200 OK\n"), "Event: refer\nSubscription-State: terminated;reason=noresource\n").Expect(200, "NOTIFY"));
}
