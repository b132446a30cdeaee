using SipAlg.Calls.Dialplan;
using SipAlg.Calls.Model;
using SipAlg.Calls.Tests.Authentication;
using SipAlg.Protocol.Sip;
using SipAlg.Testing.Calls;
using SipAlg.Testing.Phones;

namespace SipAlg.Calls.Tests.Registrations;

/// <summary>Transfers of and by users that the gateway carries out: nobody becomes somebody else by one, nor gets rights by it.</summary>
public sealed class UserTransferTests : UserTest
{
    private const string Supports = "Supported: replaces\r\nAllow: INVITE, ACK, BYE, CANCEL, REFER, NOTIFY\r\n";
    private ScriptedPhone? _phone;

    protected override SceneOptions Options => base.Options with
    {
        Peer = peer => peer with { Transfer = TransferMode.Gateway, IsTrusted = peer.Name == "carol" },
    };

    private ScriptedPhone Phone => _phone ??= Scene.Phone("phone", SceneModel.Inside, "127.91.0.80", 5060);

    protected override IEnumerable<Route> Routes(SceneModel model) =>
    [
        Route("carol", [SceneModel.To(model.Carol)]),
        SceneModel.Route("annas", [new UserCondition([Users.Users[0]]), SceneModel.Called("secret")], SceneModel.To(model.Carol)),
        SceneModel.Route("others", [SceneModel.Called("secret")], new Rejection(403, null)),
        SceneModel.Route("by number", [new NumberCondition(false, new ListedNumbers(["+4930123"])), SceneModel.Called("by-number")], SceneModel.To(model.Carol)),
    ];

    [Fact]
    public void A_user_who_is_transferred_is_told_of_by_his_own_number()
    {
        var (a, b) = CallOfAnna("\"Somebody\" <sip:+49666@127.91.0.80>");
        Refer(Bob, b, "carol");
        var c = Carol.ExpectCall();
        Assert.Contains("<sip:+4930123@", c.Asked.Header(HeaderId.From), StringComparison.Ordinal);
        Assert.StartsWith("<sip:+4930123@", c.Asked.Header(HeaderId.AssertedIdentity), StringComparison.Ordinal);
        Assert.DoesNotContain("49666", c.Asked.Text, StringComparison.Ordinal);
        Ends(b, a, c);
    }

    [Theory]
    [InlineData("secret")]
    [InlineData("by-number")]
    public void A_user_transfers_with_his_own_rights_and_under_his_own_name(string to)
    {
        Register(Phone, "anna");
        var b = Bob.Call("anna", headers: "Allow: INVITE, ACK, BYE, CANCEL\r\n");
        var a = Phone.ExpectCall();
        a.Answer(200, Phone.Sdp(), headers: Supports);
        a.ExpectRequest("ACK");
        b.ExpectAnswered();
        Refer(Phone, a, to, "Referred-By: <sip:+49666@example.com>\r\n");
        var c = Carol.ExpectCall();
        Assert.Contains("<sip:bob@", c.Asked.Header(HeaderId.From), StringComparison.Ordinal);
        Assert.StartsWith("<sip:+4930123@", c.Asked.Header(HeaderId.ReferredBy), StringComparison.Ordinal);
        Ends(a, b, c);
    }

    [Fact]
    public void Who_is_no_user_transfers_without_his_rights()
    {
        var (a, b) = CallOfAnna();
        Refer(Bob, b, "secret");
        var report = b.ExpectRequest("NOTIFY");
        Assert.StartsWith("SIP/2.0 403 ", Body(report), StringComparison.Ordinal);
        b.AnswerTo(report, 200);
        Carol.ExpectNothing();
        HangUp(a, b);
        Scene.End();
    }

    /// <summary>Anna's call to bob, answered.</summary>
    private (PhoneDialog A, PhoneDialog B) CallOfAnna(string? from = null)
    {
        var a = Phone.Dialog("bob");
        if (from is not null)
        {
            a.SetFrom(from);
        }

        a.Invite(Phone.Sdp(), Supports);
        a.Invite(Phone.Sdp(), Supports + AuthenticationBench.Answer(Nonce(a.Expect(401)), user: "anna", method: "INVITE", uri: $"sip:bob@{Phone.Flow.Local}"));
        var b = Bob.ExpectCall();
        b.Answer(200, Bob.Sdp(), headers: Supports);
        b.ExpectRequest("ACK");
        a.ExpectAnswered();
        return (a, b);
    }

    private static void Refer(ScriptedPhone phone, PhoneDialog dialog, string to, string headers = "")
    {
        dialog.Request("REFER", $"Refer-To: <sip:{to}@gw>\r\n{headers}");
        phone.ExpectResponse(202);
        dialog.AnswerTo(dialog.ExpectRequest("NOTIFY"), 200);
    }

    /// <summary>The target answers, who transferred goes, and the two that are left hang up.</summary>
    private void Ends(PhoneDialog by, PhoneDialog stays, PhoneDialog target)
    {
        target.Accept();
        stays.ExpectRequest("INVITE");
        stays.Accept(stays.Phone.Sdp(version: 5));
        by.AnswerTo(by.ExpectRequest("NOTIFY"), 200);
        by.Bye();
        by.Phone.ExpectResponse(200);
        HangUp(stays, target);
        Forget();
        Scene.End();
    }
}
