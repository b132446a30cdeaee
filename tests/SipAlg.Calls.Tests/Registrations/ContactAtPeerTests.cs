using SipAlg.Calls.Calls;
using SipAlg.Calls.Model;
using SipAlg.Signaling.Transports;
using SipAlg.Testing.Calls;

namespace SipAlg.Calls.Tests.Registrations;

/// <summary>A phone elsewhere names a host in its contact that is not its own.</summary>
public abstract class ContactHostTest : UserTest
{
    private protected void IsNotCalledForWhoIsElsewhere(string host)
    {
        Register(Scene.Phone("from", SceneModel.Inside, "203.0.113.77", 5060), "anna", contact: $"sip:0900@{host}");
        Bob.Call("anna").Expect(503);
        Forget();
        Scene.End(CallCause.NoTargetUsable, CallOutcome.Failed, 503);
    }
}

/// <summary>A peer takes what comes from the gateway's address: who registers a contact there must not reach it past the dialplan.</summary>
public sealed class ContactAtPeerTests : ContactHostTest
{
    /// <summary>A peer of another realm is named in a contact.</summary>
    protected override SceneOptions Options => base.Options with { ChecksHiding = false };

    private void RegisterAt(string contact, string headers = "") =>
        Register(Scene.Phone("from", SceneModel.Inside, "127.91.0.77", 5060), "anna", headers: headers, contact: contact);

    [Theory]
    [InlineData("sip:0900@" + SceneModel.AliceAddress)]
    [InlineData("sip:0900@" + SceneModel.AliceAddress + ":5099")]
    [InlineData("sip:0900@" + SceneModel.CarolAddress)]
    [InlineData("sip:0900@192.168.9.9", "Path: <sip:" + SceneModel.AliceAddress + ";lr>\r\nSupported: path\r\n")]
    public void A_contact_at_a_peer_is_not_called(string contact, string headers = "")
    {
        RegisterAt(contact, headers);
        Bob.Call("anna").Expect(503);
        Alice.ExpectNothing();
        Carol.ExpectNothing();
        Forget();
        Scene.End(CallCause.NoTargetUsable, CallOutcome.Failed, 503);
    }

    /// <summary>What listens there takes who calls from this host for one of its own.</summary>
    [Theory]
    [InlineData("127.0.0.1")]
    [InlineData("127.91.0.78:5090")]
    [InlineData("0.0.0.0")]
    public void A_contact_at_this_host_itself_is_not_called_for_who_is_elsewhere(string host) =>
        IsNotCalledForWhoIsElsewhere(host);

    [Fact]
    public void Nor_by_its_name()
    {
        Scene.Names.Set("carrier.example", SceneModel.AliceAddress + ":5060");
        RegisterAt("sip:0900@carrier.example");
        var a = Bob.Call("anna");
        Scene.Resolve();
        a.Expect(503);
        Alice.ExpectNothing();
        Forget();
        Scene.End(CallCause.NoTargetUsable, CallOutcome.Failed, 503);
    }

    [Fact]
    public void Nor_by_a_message()
    {
        RegisterAt("sip:0900@" + SceneModel.AliceAddress);
        Bob.Dialog("anna").Request("MESSAGE", body: "Hello", type: "text/plain");
        Bob.ExpectResponse(503);
        Alice.ExpectNothing();
        Forget();
        Scene.End();
    }

    [Fact]
    public void A_peer_that_registers_itself_is()
    {
        Register(Alice, "anna", contact: "sip:anna@" + SceneModel.AliceAddress + ":5060;line=1");
        Completes(Bob.Call("anna"), Alice.ExpectCall());
        Forget();
        Scene.End(CallCause.CallerHungUp, CallOutcome.Answered, 200);
    }
}

/// <summary>What listens at an address of this host takes who calls from there for one of its own, as on loopback.</summary>
public sealed class ContactHereTests : ContactHostTest
{
    private const string Inside = "192.0.2.1";
    private const string Outside = "198.51.100.1";

    protected override SceneOptions Options => base.Options with
    {
        ChecksHiding = false,
        Realm = realm => realm.Index == SceneModel.Six ? realm : base.Options.Realm(realm) with
        {
            Listen = [new ListenAddress(Transport.Udp, SceneModel.Endpoint(realm.Index == SceneModel.Inside ? Inside : Outside, 5060))],
            Media = realm.Media! with { BindV4 = realm.Listen[0].Endpoint.Address },
        },
    };

    [Theory]
    [InlineData(Inside)]
    [InlineData(Inside + ":5090")]
    [InlineData(Outside + ":5090")]
    public void A_contact_at_an_address_of_the_gateway_is_not_called_for_who_is_elsewhere(string host) =>
        IsNotCalledForWhoIsElsewhere(host);

    [Theory]
    [InlineData(Inside)]
    [InlineData(Outside)]
    [InlineData("127.0.0.1")]
    public void A_phone_on_the_same_host_is(string address)
    {
        var phone = Scene.Phone("here", SceneModel.Inside, Inside, 5090);
        Register(Scene.Phone("from", SceneModel.Inside, address, 5070), "anna", contact: phone.Contact);
        Completes(Bob.Call("anna"), phone.ExpectCall());
        Forget();
        Scene.End();
    }
}
