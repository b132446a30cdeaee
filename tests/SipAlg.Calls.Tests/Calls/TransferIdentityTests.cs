using SipAlg.Calls.Dialplan;
using SipAlg.Calls.Model;
using SipAlg.Protocol.Sip;
using SipAlg.Testing.Calls;
using SipAlg.Testing.Phones;

namespace SipAlg.Calls.Tests.Calls;

/// <summary>
/// Who is said to be there once somebody else has taken a place in a call (RFC 3325 §5, RFC 3323 §4.2): what was set or asked for one of them
/// concerns nobody else.
/// </summary>
public sealed class TransferIdentityTests : TransferTest
{
    private string[] _trusted = ["alice", "bob", "carol"];

    private protected override TransferMode Mode => TransferMode.Gateway;

    protected override SceneOptions Options => base.Options with
    {
        Peer = peer => peer with { Transfer = Mode, IsTrusted = _trusted.Contains(peer.Name) },
    };

    private protected override IEnumerable<Route> MoreRoutes(SceneModel model) =>
    [
        SceneModel.Dialplan(SceneModel.Head("set", [SceneModel.Called("set")]), Caller("+49111"), SceneModel.To(model.Bob)),
        SceneModel.Dialplan(SceneModel.Head("to carol", [SceneModel.Called("other")]), Caller("+49222"), SceneModel.To(model.Carol)),
    ];

    private static RouteEdits Caller(string number) => new() { Caller = SceneModel.Template(number), CallerName = SceneModel.Template("Set") };

    private static string Asserted(ScriptedPhone phone) => $"P-Asserted-Identity: <sip:{phone.Name}@{phone.Host}>\r\n";

    /// <summary>What the far side is told of who asks for something in the dialog.</summary>
    private static string? Told(PhoneDialog from, PhoneDialog to)
    {
        from.Request("INFO", Asserted(from.Phone));
        var info = to.ExpectRequest("INFO");
        to.AnswerTo(info, 200);
        from.Phone.ExpectResponse(200);
        return info.Header(HeaderId.AssertedIdentity);
    }

    private PhoneDialog Transferred(ScriptedPhone phone, PhoneDialog by, PhoneDialog stays, string to)
    {
        Refer(phone, by, ReferTo(to, "gw"));
        var c = Carol.ExpectCall();
        c.Accept();
        stays.ExpectRequest("INVITE");
        stays.Accept(stays.Phone.Sdp(version: 5));
        ExpectReport(by, 200);
        by.Bye();
        phone.ExpectResponse(200);
        return c;
    }

    private void End(PhoneDialog one, PhoneDialog other)
    {
        HangUp(one, other);
        Scene.End();
    }

    [Fact]
    public void A_number_that_was_set_for_the_caller_is_not_that_of_who_takes_its_place()
    {
        var a = Alice.Call("set", headers: Supports);
        var b = Bob.ExpectCall();
        b.Answer(200, Bob.Sdp(), headers: Supports);
        b.ExpectRequest("ACK");
        a.ExpectAnswered();
        Assert.Equal("\"Set\" <sip:+49111@127.92.0.20>", Told(a, b));
        var c = Transferred(Alice, a, b, "carol");
        Assert.Equal("<sip:carol@127.92.0.20>", Told(c, b));
        Assert.Equal("<sip:bob@127.92.0.30>", Told(b, c));
        End(b, c);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_number_that_was_set_for_who_stays_is_his_to_the_end(bool isCaller)
    {
        var (a, b) = Talk(Alice, Bob);
        var stays = isCaller ? b : a;
        var c = isCaller ? Transferred(Alice, a, b, "other") : Transferred(Bob, b, a, "other");
        Assert.Equal("\"Set\" <sip:+49222@127.92.0.30>", Told(stays, c));
        Assert.StartsWith("<sip:carol@", Told(c, stays), StringComparison.Ordinal);
        End(stays, c);
    }

    /// <summary>To one who is trusted the privacy is told, since it is his to give; to another it is given.</summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void The_privacy_of_who_stays_holds_towards_the_target(bool isTrusted)
    {
        _trusted = isTrusted ? ["alice", "carol"] : ["alice"];
        var (a, b) = Talk(Alice, Bob, Supports + "Privacy: user;id\r\n");
        Refer(Bob, b, ReferTo("carol", "gw"));
        var c = Carol.ExpectCall();
        Assert.Equal(isTrusted ? "user;id" : "id", c.Asked.Header(HeaderId.Privacy));
        Assert.StartsWith(isTrusted ? "\"alice\" <sip:alice@127.92.0.30>" : "\"Anonymous\" <sip:anonymous@anonymous.invalid>", c.Asked.Header(HeaderId.From), StringComparison.Ordinal);
        c.Accept();
        a.ExpectRequest("INVITE");
        a.Accept(Alice.Sdp(version: 5));
        ExpectReport(b, 200);
        Assert.Equal(isTrusted ? "<sip:alice@127.92.0.30>" : null, Told(a, c));
        b.Bye();
        Bob.ExpectResponse(200);
        End(a, c);
    }

    /// <summary>Who was called may ask for privacy too, in its 200.</summary>
    [Fact]
    public void The_privacy_of_who_was_called_holds_towards_the_target()
    {
        _trusted = ["alice", "bob"];
        var a = Alice.Call(headers: Supports);
        var b = Bob.ExpectCall();
        b.Answer(200, Bob.Sdp(), headers: Supports + "Privacy: user\r\n");
        b.ExpectRequest("ACK");
        a.ExpectAnswered();
        var c = Transferred(Alice, a, b, "carol");
        Assert.StartsWith("\"Anonymous\" <sip:anonymous@anonymous.invalid>", c.Asked.Header(HeaderId.From), StringComparison.Ordinal);
        Assert.Null(Told(b, c));
        End(b, c);
    }

    /// <summary>Carol had called with privacy, and comes into another call by an attended transfer.</summary>
    [Fact]
    public void The_privacy_of_who_comes_goes_with_him()
    {
        _trusted = ["alice", "carol"];
        var (a, b) = Talk(Alice, Bob);
        var (c, consult) = Talk(Carol, Alice, Supports + "Privacy: user\r\n");
        Refer(Alice, a, ReferTo("carol", "gw", consult));
        c.ExpectRequest("INVITE");
        c.Accept(Carol.Sdp(version: 5));
        b.ExpectRequest("INVITE");
        b.Accept(Bob.Sdp(version: 5));
        Scene.Advance(0);
        consult.ExpectBye();
        ExpectReport(a, 200);
        a.Bye();
        Alice.ExpectResponse(200);
        Assert.Null(Told(c, b));
        End(b, c);
    }
}
