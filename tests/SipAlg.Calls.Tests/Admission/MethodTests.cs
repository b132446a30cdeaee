using SipAlg.Calls.Model;
using SipAlg.Calls.Tests.Calls;
using SipAlg.Protocol.Sip;
using SipAlg.Testing.Calls;

namespace SipAlg.Calls.Tests.Admission;

/// <summary>A realm serves the methods that are written (RFC 3261 §8.2.1, §20.5), in dialogs too.</summary>
public sealed class MethodTests : CallTest
{
    private static readonly MethodSet Served = default(MethodSet).With(SipMethod.Invite).With(SipMethod.Options).With(SipMethod.Update);

    protected override SceneOptions Options => new()
    {
        Realm = realm => realm.Index == SceneModel.Inside ? realm with { Access = new RealmAccess { Methods = Served } } : realm,
    };

    [Theory]
    [InlineData("MESSAGE", 405)]
    [InlineData("SUBSCRIBE", 405)]
    [InlineData("REGISTER", 405)]
    [InlineData("MADEUP", 501)]
    public void What_is_not_served_is_refused_and_what_is_told(string method, int status)
    {
        var a = Alice.Dialog();
        a.Request(method, "Event: presence\r\n");
        Assert.Equal("INVITE, ACK, CANCEL, BYE, OPTIONS, PRACK, UPDATE", a.Expect(status).Header(HeaderId.Allow));
        Scene.End();
    }

    /// <summary>As all that strangers are told (RFC 3261 §8.2.7).</summary>
    [Fact]
    public void Of_a_stranger_nothing_is_kept()
    {
        var stranger = Scene.Phone("eve", SceneModel.Inside, "127.91.0.99", 5060);
        var e = stranger.Dialog();
        e.Request("MESSAGE");
        e.Expect(405);
        Assert.Equal(0, Scene.Harness.Transactions.Count);
        Scene.End();
    }

    [Fact]
    public void Another_realm_serves_what_it_did()
    {
        var b = Bob.Dialog("alice");
        b.Request("MESSAGE", "Content-Type: text/plain\r\n");
        Assert.NotNull(Alice.ExpectRequest("MESSAGE"));
        Scene.Advance(40_000);
        b.Expect(504);
        Scene.End();
    }

    [Fact]
    public void In_a_dialog_too()
    {
        var (a, b) = Answered();
        a.Request("INFO", "Content-Type: application/dtmf-relay\r\n", "Signal=1\r\n");
        a.Expect(405);
        a.Request("REFER", "Refer-To: <sip:carol@gw>\r\n");
        a.Expect(405);
        b.Request("INFO");
        a.AnswerTo(a.ExpectRequest("INFO"), 200);
        b.Expect(200);
        HangUp(a, b);
        Scene.End();
    }
}
