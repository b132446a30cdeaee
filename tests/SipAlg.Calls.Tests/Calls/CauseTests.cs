using SipAlg.Calls.Calls;
using SipAlg.Calls.Dialplan;
using SipAlg.Calls.Fraud;
using SipAlg.Calls.Model;
using SipAlg.Calls.Tests.Registrations;
using SipAlg.Protocol.Sdp;
using SipAlg.Signaling.Transports;
using SipAlg.Testing.Calls;
using SipAlg.Testing.Phones;

namespace SipAlg.Calls.Tests.Calls;

/// <summary>Each cause that a call can end with, had by a call that ends so; and who ended it.</summary>
public sealed class CauseTests
{
    internal static readonly Dictionary<CallCause, Action<CallScene>> Ends = new()
    {
        [CallCause.CallerHungUp] = scene =>
        {
            var a = scene.Alice.Call();
            scene.Bob.ExpectCall().Accept();
            a.ExpectAnswered();
            a.Bye();
        },
        [CallCause.CalleeHungUp] = scene =>
        {
            var a = scene.Alice.Call();
            var b = scene.Bob.ExpectCall();
            b.Accept();
            a.ExpectAnswered();
            b.Bye();
        },
        [CallCause.CallerCancelled] = scene => scene.Alice.Call().Cancel(),
        [CallCause.NoRoute] = scene => scene.Carol.Call("nowhere"),
        [CallCause.RejectedByRoute] = scene => scene.Alice.Call("barred"),
        [CallCause.LimitReached] = scene => scene.Alice.Call("dave"),
        [CallCause.NoMediaPorts] = scene => scene.Alice.Call(body: scene.Alice.Sdp(media: "m=video 5000 RTP/AVP 96\r\nm=video 5002 RTP/AVP 96\r\nm=video 5004 RTP/AVP 96\r\n")),
        [CallCause.BadOffer] = scene => scene.Alice.Call(body: "v=0\r\n"),
        [CallCause.NoCodec] = scene => scene.Alice.Call("opus"),
        [CallCause.NoSrtp] = scene => scene.Alice.Call("keys", scene.Alice.Sdp(1, null, "m=audio 4000 RTP/SAVP 8\r\n")),
        [CallCause.PrivacyUnavailable] = scene => scene.Alice.Call("stranger", headers: "Privacy: critical;unheard-of\r\n"),
        [CallCause.MessageTooLarge] = scene => scene.Alice.Call("long"),
        [CallCause.CalleeRefused] = scene =>
        {
            scene.Alice.Call();
            scene.Bob.ExpectCall().Answer(486);
        },
        [CallCause.NoAnswer] = scene =>
        {
            scene.Alice.Call();
            scene.Bob.ExpectCall().Answer(180);
            scene.Advance(180_000);
        },
        [CallCause.TargetTimedOut] = scene =>
        {
            scene.Alice.Call();
            scene.Advance(32_000);
        },
        [CallCause.TargetUnreachable] = scene =>
        {
            scene.Alice.Call();
            scene.Turn(() => scene.Harness.Unreachable(scene.Bob.Flow, UnreachableReason.Port));
            scene.Advance(1);
        },
        [CallCause.NoTargetUsable] = scene =>
        {
            scene.Alice.Call("name");
            scene.Resolve();
        },
        [CallCause.NoSecureTarget] = scene =>
        {
            var secure = scene.Secure("secure", SceneModel.Inside, SceneModel.AliceAddress, 5061, connection: 7);
            var dialog = secure.Dialog();
            dialog.SetTarget($"sips:bob@{secure.Flow.Local}");
            dialog.Contact = $"sips:secure@{secure.Flow.Remote}";
            dialog.Invite(secure.Sdp());
            dialog.Expect(480);
        },
        [CallCause.RedirectUnroutable] = scene =>
        {
            scene.Alice.Call();
            scene.Bob.ExpectCall().Answer(302);
        },
        [CallCause.RedirectLoop] = scene =>
        {
            scene.Alice.Call();
            scene.Bob.ExpectCall().Answer(302, headers: "Contact: <sip:again@x>\r\n");
            scene.Bob.ExpectRequest("ACK");
            scene.Bob.ExpectCall().Answer(302, headers: "Contact: <sip:again@x>\r\n");
        },
        [CallCause.NoSdpAnswer] = scene =>
        {
            scene.Alice.Call();
            scene.Bob.ExpectCall().Answer(200);
        },
        [CallCause.AckMissing] = scene =>
        {
            var a = scene.Alice.Call();
            scene.Bob.ExpectCall().Accept();
            a.Expect(200);
            scene.Advance(32_000);
        },
        [CallCause.PrackMissing] = scene =>
        {
            scene.Alice.Call(headers: "Require: 100rel\r\n");
            scene.Bob.ExpectCall().Answer(180);
            scene.Advance(32_000);
        },
        [CallCause.NothingToReplace] = scene => scene.Alice.Call(headers: "Replaces: no-tags@here\r\n"),
        [CallCause.SessionExpired] = scene =>
        {
            var a = scene.Alice.Call(headers: "Supported: timer\r\nSession-Expires: 90;refresher=uac\r\n");
            scene.Bob.ExpectCall().Accept();
            a.ExpectAnswered();
            scene.Advance(90_000);
        },
        [CallCause.DialogLost] = scene =>
        {
            var a = scene.Alice.Call();
            var b = scene.Bob.ExpectCall();
            b.Accept();
            a.ExpectAnswered();
            a.Invite(scene.Alice.Sdp(version: 2));
            b.ExpectRequest("INVITE");
            b.Answer(481);
        },
        [CallCause.Transferred] = scene =>
        {
            var (a, b) = Talk(scene);
            var (c, d) = Talk(scene);
            a.Request("REFER", $"Refer-To: <sip:x@y?Replaces={Uri.EscapeDataString($"{c.CallId};to-tag={c.RemoteTag};from-tag={c.LocalTag}")}>\r\n");
            d.ExpectRequest("INVITE");
            d.Accept();
            b.ExpectRequest("INVITE");
            b.Accept();
            b.Bye();
        },
        [CallCause.Replaced] = scene =>
        {
            var (a, b) = Talk(scene);
            scene.Alice.Call(headers: $"Replaces: {a.CallId};to-tag={a.RemoteTag};from-tag={a.LocalTag}\r\n");
            b.ExpectRequest("INVITE");
            b.Accept();
            b.Bye();
        },
        [CallCause.TransferFailed] = scene =>
        {
            var (a, _) = Talk(scene);
            a.Request("REFER", "Refer-To: <sip:again@x>\r\n");
            var target = scene.Bob.ExpectCall();
            a.Bye();
            target.Answer(486);
        },
        [CallCause.UnknownUser] = scene => scene.Alice.Call("no-user").Expect(404),
        [CallCause.NotRegistered] = scene => scene.Alice.Call("no-phone").Expect(480),
        [CallCause.MediaTimeout] = scene =>
        {
            Talk(scene);
            scene.Advance(300_000);
        },
        [CallCause.HoldTimeout] = scene =>
        {
            var a = scene.Alice.Call(body: scene.Alice.Sdp(attributes: "a=inactive\r\n"));
            scene.Bob.ExpectCall().Accept(scene.Bob.Sdp(attributes: "a=inactive\r\n"));
            a.ExpectAnswered();
            scene.Advance(400_000);
        },
        [CallCause.MaxDuration] = scene =>
        {
            const string Message = "m=message 7000 TCP/MSRP *\r\n";
            var a = scene.Alice.Call(body: scene.Alice.Sdp(1, null, Message));
            scene.Bob.ExpectCall().Accept(scene.Bob.Sdp(1, null, Message));
            a.ExpectAnswered();
            scene.Advance(600_000);
        },
        [CallCause.AccountLimit] = scene =>
        {
            var a = scene.Alice.Call("costs");
            scene.Bob.ExpectCall().Accept();
            a.ExpectAnswered();
            scene.Advance(61_000);
        },
        [CallCause.GatewayStopped] = scene => HangUp(scene, CallCause.GatewayStopped),
        [CallCause.DrainDeadline] = scene =>
        {
            Talk(scene);
            scene.Turn(() => scene.Calls.EndDrained());
        },
        [CallCause.HungUpByOperator] = scene => HangUp(scene, CallCause.HungUpByOperator),
        [CallCause.NotAdmitted] = scene => scene.Phone("mallory", SceneModel.Outside, "127.92.0.99", 5060).Call().Expect(403),
        [CallCause.Fault] = scene =>
        {
            var a = scene.Alice.Call();
            scene.Bob.ExpectCall().Accept();
            a.ExpectAnswered();
            scene.Journal.Defect = new InvalidOperationException("a defect");
            Assert.Throws<InvalidOperationException>(() => a.Invite(scene.Alice.Sdp(version: 2, media: "m=video 5000 RTP/AVP 96\r\nm=video 5002 RTP/AVP 96\r\nm=video 5004 RTP/AVP 96\r\n")));
            scene.Turn(() => scene.Calls.OnFault(scene.Journal.Defect));
        },
    };

    internal static (PhoneDialog A, PhoneDialog B) Talk(CallScene scene)
    {
        var a = scene.Alice.Call();
        var b = scene.Bob.ExpectCall();
        b.Accept();
        a.ExpectAnswered();
        return (a, b);
    }

    private static void HangUp(CallScene scene, CallCause cause)
    {
        scene.Alice.Call();
        scene.Turn(() => scene.Calls.HangUpAll(cause));
    }

    internal static SceneOptions Options => new()
    {
        UsualRoutes = routes => routes.Where(route => route.Name != "in"),
        Calls = new(TimeSpan.FromMinutes(3), TimeSpan.FromMinutes(10), TimeSpan.Zero) { MediaTimeout = TimeSpan.FromSeconds(300), HoldTimeout = TimeSpan.FromSeconds(400) },
        MediaPairs = 3,
        Realm = realm => realm.Index == SceneModel.Inside ? SceneModel.Secured(realm) with { Authentication = UserTest.Domain } : realm,
        Peer = peer => peer.Name switch
        {
            "dave" => peer with { Limits = new PeerLimits(0, null) },
            "alice" => peer with { Fraud = new AccountLimits { To = [(new LimitedNumbers("dear", new ListedNumbers(["costs"])), new CallLimits { MinutesPerDay = new LimitLevels(null, 1) })] } },
            "carol" => peer with { Srtp = SrtpMode.Required },
            _ => peer,
        },
        Routes = model =>
        [
            SceneModel.Route("no-user", [SceneModel.Called("no-user")], UserTest.Registered("nobody")),
            SceneModel.Route("no-phone", [SceneModel.Called("no-phone")], UserTest.Registered("anna")),
            SceneModel.Route("costs", [SceneModel.Called("costs")], SceneModel.To(model.Bob)),
            SceneModel.Route("keys", [SceneModel.Called("keys")], SceneModel.To(model.Carol)),
            SceneModel.Route("again", [SceneModel.Called("again")], SceneModel.To(model.Bob)),
            SceneModel.Dialplan(SceneModel.Head("name", [SceneModel.Called("name")]), RouteEdits.None, new RouteTarget { Kind = TargetKind.Uri, Uri = "sip:ext@no-such-host.example", Realm = SceneModel.Outside }),
            SceneModel.Dialplan(SceneModel.Head("opus", [SceneModel.Called("opus")]) with { Codecs = new CodecRules { Allow = [SdpCodec.TryParse("opus")!] } }, RouteEdits.None, SceneModel.To(model.Bob)),
            SceneModel.Dialplan(SceneModel.Head("stranger", [SceneModel.Called("stranger")]), RouteEdits.None, new RouteTarget { Kind = TargetKind.Uri, Uri = $"sip:ext@{SceneModel.BobAddress}", Realm = SceneModel.Outside }),
            SceneModel.Dialplan(SceneModel.Head("long", [SceneModel.Called("long")]), new RouteEdits { CallerName = SceneModel.Template(new string('x', 17_000)) }, SceneModel.To(model.Bob)),
        ],
    };

    public static TheoryData<CallCause> Causes() => [.. Enum.GetValues<CallCause>().Where(cause => cause != CallCause.None)];

    /// <summary>A cause without an entry in <see cref="Ends"/> fails: none is said to exist that no call ends with.</summary>
    [Theory]
    [MemberData(nameof(Causes))]
    public void Can_be_had(CallCause cause)
    {
        using var scene = new CallScene(Options);
        Ends[cause](scene);
        scene.End();
        if (cause == CallCause.NotAdmitted)
        {
            // No call: nothing but its own list tells of it.
            Assert.Equal(cause, Assert.Single(scene.Journal.Refused).Cause);
            return;
        }

        var record = Assert.Single(scene.Journal.Ended, record => record.Cause == cause);
        Assert.Equal(1, scene.Calls.Counters.Ends(record.FromRealm == "inside" ? 0 : 1, cause));
    }

    [Theory]
    [InlineData(CallCause.CallerHungUp, EndedBy.Caller)]
    [InlineData(CallCause.CallerCancelled, EndedBy.Caller)]
    [InlineData(CallCause.CalleeHungUp, EndedBy.Callee)]
    [InlineData(CallCause.CalleeRefused, EndedBy.Callee)]
    [InlineData(CallCause.HungUpByOperator, EndedBy.Operator)]
    [InlineData(CallCause.NoAnswer, EndedBy.Gateway)]
    [InlineData(CallCause.NoRoute, EndedBy.Gateway)]
    [InlineData(CallCause.Fault, EndedBy.Gateway)]
    public void Is_of_somebody(CallCause cause, EndedBy side) => Assert.Equal(side, CallCauses.By(cause));
}
