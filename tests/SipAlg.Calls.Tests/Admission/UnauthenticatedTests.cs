using SipAlg.Calls.Calls;
using SipAlg.Calls.Dialplan;
using SipAlg.Calls.Tests.Authentication;
using SipAlg.Calls.Tests.Registrations;
using SipAlg.Protocol.Sip;
using SipAlg.Signaling.Gate;
using SipAlg.Testing.Calls;
using SipAlg.Testing.Lanes;
using SipAlg.Testing.Phones;

namespace SipAlg.Calls.Tests.Admission;

/// <summary>An emergency route that takes calls of those who have proven nothing: it, and nothing else.</summary>
public sealed class UnauthenticatedTests : UserTest
{
    private readonly GateBoard _gate = new(TimeProvider.System, 5, 6);

    protected override SceneOptions Options => base.Options with { Gate = _gate };

    protected override IEnumerable<Route> Routes(SceneModel model) =>
    [
        SceneModel.Dialplan(SceneModel.Head("emergency", [SceneModel.Called("112")], isEmergency: true) with { IsUnauthenticated = true }, RouteEdits.None, SceneModel.To(model.Bob)),
        SceneModel.Dialplan(SceneModel.Head("inner emergency", [SceneModel.Called("110")], isEmergency: true), RouteEdits.None, SceneModel.To(model.Bob)),
    ];

    private ScriptedPhone Eve(int realm = SceneModel.Inside) => Scene.Phone("eve", realm, realm == SceneModel.Inside ? "127.91.0.99" : "127.92.0.99", 5060);

    [Theory]
    [InlineData(SceneModel.Inside)]
    [InlineData(SceneModel.Outside)]
    public void A_strangers_call_goes_on_also_while_draining(int realm)
    {
        Scene.Calls.IsDraining = true;
        var e = Eve(realm).Call("112");
        var b = Bob.ExpectCall();
        b.Accept();
        e.ExpectAnswered();
        b.Bye();
        e.ExpectBye();
        b.Expect(200);
        Assert.False(_gate.Known.Has(e.Phone.Flow.Remote.Address, Scene.Harness.Time.Now));
        var record = Scene.End(CallCause.CalleeHungUp, CallOutcome.Answered, 200);
        Assert.Null(record.FromUser);
        Assert.Null(record.FromPeer);
        Assert.Equal("emergency", record.Route);
    }

    /// <summary>A balancer that is no peer takes a challenge, and a 403, for a sign of life.</summary>
    [Theory]
    [InlineData(SceneModel.Inside, 401)]
    [InlineData(SceneModel.Outside, 403)]
    public void A_strangers_ping_tells_of_a_drain(int realm, int before)
    {
        var eve = Eve(realm);
        Ping(before);
        Scene.Calls.IsDraining = true;
        Assert.Equal("5", Ping(503).Header(HeaderId.RetryAfter));
        var call = eve.Dialog("anna");
        call.Invite(eve.Sdp());
        call.Expect(before);
        Scene.Calls.IsDraining = false;
        Ping(before);
        Scene.End();

        SentMessage Ping(int status)
        {
            var e = eve.Dialog();
            e.Request("OPTIONS");
            return e.Expect(status);
        }
    }

    [Theory]
    [InlineData("110", "INVITE")]
    [InlineData("anna", "INVITE")]
    [InlineData("112", "MESSAGE")]
    [InlineData("112", "OPTIONS")]
    [InlineData("112", "REFER")]
    [InlineData("112", "SUBSCRIBE")]
    public void Nothing_else_does(string called, string method)
    {
        var eve = Eve();
        var e = eve.Dialog(called);
        e.Request(method, "Event: x\r\n");
        e.Expect(401);
        Bob.ExpectNothing();
        Scene.End();
    }

    /// <summary>Who is let in for this call has no rights beyond it: a transfer is not carried out for him.</summary>
    [Theory]
    [InlineData("anna")]
    [InlineData("bob")]
    [InlineData("110")]
    public void His_transfer_leads_nowhere(string target)
    {
        RegisterBoth();
        var eve = Eve();
        var e = eve.Call("112");
        var b = Bob.ExpectCall();
        b.Accept();
        e.ExpectAnswered();
        e.Request("REFER", $"Refer-To: <sip:{target}@gw>\r\n");
        e.Expect(202);
        Assert.Contains("SIP/2.0 404", Final(e), StringComparison.Ordinal);
        Desk.ExpectNothing();
        Bob.ExpectNothing();
        HangUp(e, b);
        Forget();
        Scene.End();
    }

    /// <summary>A phone with credentials from before is taken at its word, one without is not asked for any.</summary>
    [Theory]
    [InlineData(true, "anna")]
    [InlineData(false, null)]
    public void A_user_who_proves_it_calls_as_himself(bool proves, string? user)
    {
        RegisterBoth();
        Desk.Dialog("anna").Request("OPTIONS");
        var nonce = Nonce(Desk.ExpectResponse(401));
        var d = Desk.Dialog("112");
        d.Invite(Desk.Sdp(), proves ? AuthenticationBench.Answer(nonce, user: "anna", method: "INVITE", uri: $"sip:112@{Desk.Flow.Local}") : "");
        var b = Bob.ExpectCall();
        b.Accept();
        d.ExpectAnswered();
        HangUp(d, b);
        Forget();
        Scene.End();
        Assert.Equal(user, Scene.Journal.Ended.Single().FromUser);
    }

    /// <summary>The last NOTIFY of the transfer says how it ended.</summary>
    private static string Final(PhoneDialog transferor)
    {
        var text = "";
        for (var notify = transferor.ExpectRequest("NOTIFY"); ; notify = transferor.ExpectRequest("NOTIFY"))
        {
            text = System.Text.Encoding.UTF8.GetString(notify.Octets);
            transferor.AnswerTo(notify, 200);
            if (text.Contains("terminated", StringComparison.Ordinal))
            {
                return text;
            }
        }
    }
}
