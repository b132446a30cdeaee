using SipAlg.Calls.Calls;
using SipAlg.Testing.Calls;
using SipAlg.Testing.Phones;

namespace SipAlg.Calls.Tests.Registrations;

/// <summary>Contacts whose host is a name (RFC 3263).</summary>
public sealed class ContactNameTests : UserTest
{
    private ScriptedPhone _phone = null!;

    /// <summary>A phone that is registered from another address than it is to be called at.</summary>
    private ScriptedPhone Register(string contact)
    {
        _phone = Scene.Phone("from", SceneModel.Inside, "127.91.0.77", 5060);
        Register(_phone, "anna", contact: contact);
        return Scene.Phone("at", SceneModel.Inside, "127.91.0.78", 5070);
    }

    private void Ends()
    {
        Forget();
        Scene.End(CallCause.CallerHungUp, CallOutcome.Answered, 200);
    }

    [Fact]
    public void A_phone_is_called_where_its_name_leads()
    {
        Scene.Names.Set("phone.example", "127.91.0.78:5070");
        var at = Register("sip:anna@phone.example");
        var a = Bob.Call("anna");
        at.ExpectNothing();
        Scene.Resolve();
        var b = at.ExpectCall();
        Assert.StartsWith("INVITE sip:anna@phone.example SIP/2.0", b.Asked.StartLine, StringComparison.Ordinal);
        Completes(a, b);
        Ends();
    }

    [Fact]
    public void A_message_too()
    {
        Scene.Names.Set("phone.example", "127.91.0.78:5070");
        var at = Register("sip:anna@phone.example");
        Bob.Dialog("anna").Request("MESSAGE", body: "Hello", type: "text/plain");
        Scene.Resolve();
        at.Send(ScriptedPhone.Answer(at.ExpectRequest("MESSAGE"), 200, "OK", "t", "", "", ""));
        Bob.ExpectResponse(200);
        Forget();
        Scene.End();
    }

    [Fact]
    public void A_name_that_nobody_knows_leads_to_where_the_phone_registered_from()
    {
        Register("sip:anna@phone.local");
        var a = Bob.Call("anna");
        Scene.Resolve();
        Completes(a, _phone.ExpectCall());
        Ends();
    }

    /// <summary>Our own domain would lead to ourselves.</summary>
    [Fact]
    public void A_contact_at_our_own_domain_is_not_looked_up()
    {
        Register("sip:anna@example.com");
        var a = Bob.Call("anna");
        Assert.Empty(Scene.Names.Open);
        Completes(a, _phone.ExpectCall());
        Ends();
    }

    [Fact]
    public void A_path_by_name_is_looked_up_in_its_place()
    {
        Scene.Names.Set("edge.example", "127.91.0.78:5070");
        _phone = Scene.Phone("from", SceneModel.Inside, "127.91.0.77", 5060);
        Register(_phone, "anna", headers: "Path: <sip:edge.example;lr>\r\nSupported: path\r\n", contact: "sip:anna@192.168.9.9");
        var at = Scene.Phone("at", SceneModel.Inside, "127.91.0.78", 5070);
        var a = Bob.Call("anna");
        Scene.Resolve();
        var b = at.ExpectCall();
        Refuse(b, 486);
        a.Expect(486);
        Forget();
        Scene.End();
    }
}
