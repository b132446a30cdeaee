using SipAlg.Protocol.Sip;
using SipAlg.Testing.Phones;

namespace SipAlg.Calls.Tests.Registrations.Relay;

/// <summary>A PBX asks by OPTIONS whether a phone is there, and how far away (Asterisk: "qualify"): so the phone is asked.</summary>
public sealed class RelayOptionsTests : RelayTest
{
    private PhoneDialog Asks(string token, ScriptedPhone? who = null)
    {
        var dialog = (who ?? Pbx).Dialog("ann");
        dialog.SetTarget($"sip:{token}@{(who ?? Pbx).Flow.Local}");
        dialog.Request("OPTIONS", "Accept: application/sdp\r\n");
        return dialog;
    }

    [Fact]
    public void The_phone_is_asked_and_its_answer_is_the_pbxs()
    {
        var phone = Phone();
        var asking = Asks(Token(Registered(phone)));
        var asked = phone.ExpectRequest("OPTIONS");
        Assert.Equal($"OPTIONS sip:ann@{phone.Flow.Remote};line=7 SIP/2.0", asked.StartLine);
        Pbx.ExpectNothing();
        phone.Send(ScriptedPhone.Answer(asked, 200, "OK", "t", "Allow: INVITE, ACK, BYE, CANCEL, MESSAGE\r\nX-Model: 7\r\n", phone.Sdp(), "application/sdp"));
        var answer = asking.Expect(200);
        Assert.Equal("INVITE, ACK, CANCEL, BYE, OPTIONS, PRACK, UPDATE, MESSAGE", answer.Header(HeaderId.Allow));
        Assert.Contains("X-Model: 7\r\n", answer.Text, StringComparison.Ordinal);
        Assert.Equal("0", answer.Header(HeaderId.ContentLength));
        Forget();
        Scene.End();
    }

    [Theory]
    [InlineData(486, 486)]
    [InlineData(405, 405)]
    public void A_phone_that_refuses_is_there_too(int status, int told)
    {
        var phone = Phone();
        var asking = Asks(Token(Registered(phone)));
        phone.Send(ScriptedPhone.Answer(phone.ExpectRequest("OPTIONS"), status, "No", "t", "", "", ""));
        asking.Expect(told);
        Forget();
        Scene.End();
    }

    [Fact]
    public void A_phone_that_is_gone_does_not_seem_to_be_there()
    {
        var phone = Phone();
        var token = Token(Registered(phone));
        var asking = Asks(token);
        Scene.Advance(32_000);
        asking.Expect(504);
        phone.Take();
        Forget();
        Asks(token).Expect(404);
        Scene.End();
    }

    /// <summary>Who asks the gateway itself is answered by it, and so is whoever did not get the contact.</summary>
    [Fact]
    public void The_gateway_answers_for_itself()
    {
        var phone = Phone();
        var token = Token(Registered(phone));
        Asks("pbx").Expect(200);
        Asks(token, Carol).Expect(200);
        phone.ExpectNothing();
        Forget();
        Scene.End();
    }
}
