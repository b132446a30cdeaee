using SipAlg.Calls.Calls;
using SipAlg.Calls.Verdicts;

namespace SipAlg.Calls.Tests.Registrations.Relay;

/// <summary>Whom a phone of the PBX may call: nobody but by its registrar.</summary>
public sealed class RelayAdmissionTests : RelayCallTest
{
    [Theory]
    [InlineData("carol", 403)]
    [InlineData("dave", 403)]
    [InlineData("echo", 403)]
    [InlineData("barred", 403)]
    public void A_phone_is_admitted_towards_its_registrar_only(string called, int status)
    {
        var phone = Phone();
        Registered(phone);
        Dial(phone, called).Expect(status);
        var message = phone.Dialog(called);
        message.Request("MESSAGE", body: "x", type: "text/plain");
        phone.ExpectResponse(status);
        Assert.All([Pbx, Carol, Dave], other => other.ExpectNothing());
        Forget();
        Scene.End();
    }

    /// <summary>No route of it rejects anything: who reads that one did looks for it in vain.</summary>
    [Theory]
    [InlineData("carol", "Phones of realm 'inside' call by way of their registrar, peer 'bob', alone, and the route 'carol' does not lead there: it is answered 403.")]
    [InlineData("barred", "The dialplan's route 'barred' rejects this call with 403 (Barred).")]
    public void Why_it_was_not_let_through_is_said(string called, string expected)
    {
        var phone = Phone();
        Registered(phone);
        Dial(phone, called).Expect(403);
        Forget();

        Assert.Equal(expected, Verdict.Of(Scene.End(CallCause.RejectedByRoute, CallOutcome.Rejected, 403)).Sentence);
    }

    [Fact]
    public void Of_the_targets_of_a_route_the_registrar_alone_is_asked()
    {
        var phone = Phone();
        Registered(phone);
        Completes(Dial(phone, "either"), Pbx.ExpectCall());
        Carol.ExpectNothing();
        var a = Dial(phone, "short");
        var b = Pbx.ExpectCall();
        Assert.StartsWith("INVITE sip:4999@", b.Asked.StartLine, StringComparison.Ordinal);
        Completes(a, b);
        Forget();
        Scene.End();
    }

    [Fact]
    public void The_pbx_sends_a_phone_on_with_rights_of_its_own()
    {
        var phone = Phone();
        Registered(phone);
        var a = Dial(phone, "100");
        var b = Pbx.ExpectCall();
        Refuse(b, 302, headers: "Contact: <sip:carol@127.92.0.30>\r\n");
        Completes(a, Carol.ExpectCall());
        Forget();
        Scene.End();
    }

    [Fact]
    public void A_transfer_that_the_gateway_carries_out_for_a_phone_goes_no_further_than_it()
    {
        var phone = Phone();
        Registered(phone);
        var a = Dial(phone, "100");
        var b = Pbx.ExpectCall();
        b.Accept();
        a.ExpectAnswered();
        a.Request("REFER", $"Refer-To: <sip:carol@{Domain}>\r\n");
        phone.ExpectResponse(202);
        a.AnswerTo(a.ExpectRequest("NOTIFY"), 200);
        var report = a.ExpectRequest("NOTIFY");
        Assert.StartsWith("SIP/2.0 403 ", Body(report), StringComparison.Ordinal);
        a.AnswerTo(report, 200);
        Carol.ExpectNothing();
        HangUp(a, b);
        Forget();
        Scene.End();
    }

    [Fact]
    public void A_stranger_in_a_realm_that_relays_is_refused()
    {
        var phone = Phone();
        Dial(phone, "100").Expect(403);
        Register(phone, 1);
        Answers(401, Challenge);
        phone.ExpectResponse(401);
        Dial(phone, "100").Expect(403);
        Registered(phone, 2);
        Completes(Dial(phone, "100"), Pbx.ExpectCall());
        Dial(Phone("other", "127.91.0.66", 5062), "100").Expect(403);
        Scene.Advance(60_000);
        Dial(phone, "100").Expect(403);
        Scene.End();
    }

    [Fact]
    public void A_phone_of_two_users_is_admitted_until_both_are_gone()
    {
        var phone = Phone();
        Registered(phone);
        Registered(phone, 5, "ben");
        Register(phone, 6, expires: 0);
        Answers(contacts: "");
        phone.ExpectResponse(200);
        Completes(Dial(phone, "100"), Pbx.ExpectCall());
        Register(phone, 7, "ben", expires: 0);
        Answers(contacts: "");
        phone.ExpectResponse(200);
        Dial(phone, "100").Expect(403);
        Forget();
        Scene.End();
    }
}
