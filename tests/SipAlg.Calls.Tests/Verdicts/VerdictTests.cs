using System.Text.RegularExpressions;
using SipAlg.Calls.Authentication;
using SipAlg.Calls.Calls;
using SipAlg.Calls.Dialplan;
using SipAlg.Calls.Model;
using SipAlg.Calls.Tests.Authentication;
using SipAlg.Calls.Tests.Calls;
using SipAlg.Calls.Verdicts;
using SipAlg.Protocol.Addresses;
using SipAlg.Protocol.Digest;
using SipAlg.Protocol.Sip;
using SipAlg.Testing.Calls;
using SipAlg.Testing.Phones;

namespace SipAlg.Calls.Tests.Verdicts;

/// <summary>Each verdict that needs no media, said of a call that went so; the others are those of <see cref="MediaVerdictTests"/> and <see cref="TlsVerdictTests"/>.</summary>
public sealed class VerdictTests
{
    private static readonly Dictionary<VerdictCode, Action<CallScene>> Ends = new()
    {
        [VerdictCode.Completed] = CauseTests.Ends[CallCause.CallerHungUp],
        [VerdictCode.Transferred] = CauseTests.Ends[CallCause.Transferred],
        [VerdictCode.Replaced] = CauseTests.Ends[CallCause.Replaced],
        [VerdictCode.UnknownSource] = CauseTests.Ends[CallCause.NotAdmitted],
        [VerdictCode.WrongPassword] = scene => Prove(Stranger(scene), "anna", "wrong").Expect(401),
        [VerdictCode.NoSuchUser] = scene => Prove(Stranger(scene), "eve", "x").Expect(401),
        [VerdictCode.TooManyGuesses] = scene =>
        {
            var stranger = Stranger(scene);
            for (var guess = 0; guess < 100 && scene.Journal.Refused.All(record => record.Refusal!.Credentials != AuthenticationOutcome.Held); guess++)
            {
                Prove(stranger, "anna", $"guess {guess}").Expect(401);
                scene.Advance(100);
            }
        },
        [VerdictCode.OtherRequest] = scene => Prove(Stranger(scene), "anna", AuthenticationBench.Password, "sip:somebody@else.example").Expect(400),
        [VerdictCode.Draining] = scene =>
        {
            scene.Calls.IsDraining = true;
            scene.Alice.Call().Expect(503);
        },
        [VerdictCode.Overloaded] = scene =>
        {
            for (var interval = 0; interval < 100; interval++)
            {
                scene.Harness.Load(new Signaling.Lanes.LaneLoad(100, 1_000_000, IsLosing: true));
            }

            for (var call = 0; call < 100 && scene.Journal.Refused.Count == 0; call++)
            {
                scene.Alice.Call();
            }
        },
        [VerdictCode.CallerLimit] = scene => scene.Dave.Call().Expect(503),
        [VerdictCode.TooManyHops] = scene => Raw(scene, maxForwards: 0),
        [VerdictCode.CameTwice] = scene =>
        {
            Raw(scene, branch: "one");
            Raw(scene, branch: "two");
            scene.Bob.ExpectCall().Answer(486);
        },
        [VerdictCode.UnsupportedExtension] = scene => scene.Alice.Call(headers: "Require: unheard-of\r\n").Expect(420),
        [VerdictCode.UnsupportedBody] = scene => scene.Alice.Call(headers: "Content-Encoding: gzip\r\n").Expect(415),
        [VerdictCode.SessionTooShort] = scene => scene.Alice.Call(headers: "Supported: timer\r\nSession-Expires: 30\r\n").Expect(422),
        [VerdictCode.UnsupportedScheme] = scene => Raw(scene, uri: "mailto:bob@example.com"),
        [VerdictCode.Malformed] = scene => Raw(scene, from: "<sip:ali ce>;tag=f"),
        [VerdictCode.NoRoute] = CauseTests.Ends[CallCause.NoRoute],
        [VerdictCode.RejectedByRoute] = CauseTests.Ends[CallCause.RejectedByRoute],
        [VerdictCode.TargetLimit] = CauseTests.Ends[CallCause.LimitReached],
        [VerdictCode.NoMediaPorts] = CauseTests.Ends[CallCause.NoMediaPorts],
        [VerdictCode.BadOffer] = CauseTests.Ends[CallCause.BadOffer],
        [VerdictCode.CodecsForbidden] = CauseTests.Ends[CallCause.NoCodec],
        [VerdictCode.NoSrtp] = CauseTests.Ends[CallCause.NoSrtp],
        [VerdictCode.PrivacyUnavailable] = CauseTests.Ends[CallCause.PrivacyUnavailable],
        [VerdictCode.MessageTooLarge] = CauseTests.Ends[CallCause.MessageTooLarge],
        [VerdictCode.NoUsableAddress] = CauseTests.Ends[CallCause.NoTargetUsable],
        [VerdictCode.NoSecureTarget] = CauseTests.Ends[CallCause.NoSecureTarget],
        [VerdictCode.CalledUserUnknown] = CauseTests.Ends[CallCause.UnknownUser],
        [VerdictCode.NotRegistered] = CauseTests.Ends[CallCause.NotRegistered],
        [VerdictCode.NothingToReplace] = CauseTests.Ends[CallCause.NothingToReplace],
        [VerdictCode.RedirectUnroutable] = CauseTests.Ends[CallCause.RedirectUnroutable],
        [VerdictCode.RedirectLoop] = CauseTests.Ends[CallCause.RedirectLoop],
        [VerdictCode.NoResponse] = CauseTests.Ends[CallCause.TargetTimedOut],
        [VerdictCode.LargeRequestLost] = scene =>
        {
            scene.Alice.Call(body: scene.Alice.Sdp(attributes: string.Concat(Enumerable.Repeat("a=x-padding:0123456789012345678901234567890123456789\r\n", 40))));
            scene.Advance(32_000);
        },
        [VerdictCode.TargetUnreachable] = CauseTests.Ends[CallCause.TargetUnreachable],
        [VerdictCode.CalleeBusy] = scene => Refused(scene, 486),
        [VerdictCode.CalleeDeclined] = scene => Refused(scene, 603),
        [VerdictCode.NumberNotFound] = scene => Refused(scene, 404),
        [VerdictCode.CalleeUnavailable] = scene => Refused(scene, 480),
        [VerdictCode.TargetWantsCredentials] = scene => Refused(scene, 407),
        [VerdictCode.TargetForbids] = scene => Refused(scene, 403),
        [VerdictCode.NoCommonCodec] = scene => Refused(scene, 488),
        [VerdictCode.TargetLoop] = scene => Refused(scene, 482),
        [VerdictCode.TargetFailed] = scene => Refused(scene, 500),
        [VerdictCode.TargetRefused] = scene => Refused(scene, 433),
        [VerdictCode.NoAnswer] = CauseTests.Ends[CallCause.NoAnswer],
        [VerdictCode.CallerGaveUp] = scene =>
        {
            var a = scene.Alice.Call();
            scene.Bob.ExpectCall().Answer(180);
            scene.Advance(10_000);
            a.Cancel();
        },
        [VerdictCode.CallerGaveUpUnheard] = CauseTests.Ends[CallCause.CallerCancelled],
        [VerdictCode.NoSdpAnswer] = CauseTests.Ends[CallCause.NoSdpAnswer],
        [VerdictCode.PrackMissing] = CauseTests.Ends[CallCause.PrackMissing],
        [VerdictCode.AckMissing] = CauseTests.Ends[CallCause.AckMissing],
        [VerdictCode.AckToPrivateAddress] = scene => Unacknowledged(scene, Public(scene)),
        [VerdictCode.RouterAlg] = scene =>
        {
            var pat = Public(scene);
            pat.Inner = "192.168.1.5:5060";
            Unacknowledged(scene, pat);
        },
        [VerdictCode.DialogLost] = CauseTests.Ends[CallCause.DialogLost],
        [VerdictCode.SessionExpired] = CauseTests.Ends[CallCause.SessionExpired],
        [VerdictCode.MaxDuration] = CauseTests.Ends[CallCause.MaxDuration],
        [VerdictCode.AccountLimit] = CauseTests.Ends[CallCause.AccountLimit],
        [VerdictCode.NoMedia] = CauseTests.Ends[CallCause.MediaTimeout],
        [VerdictCode.HoldTimeout] = CauseTests.Ends[CallCause.HoldTimeout],
        [VerdictCode.TransferFailed] = CauseTests.Ends[CallCause.TransferFailed],
        [VerdictCode.GatewayStopped] = CauseTests.Ends[CallCause.GatewayStopped],
        [VerdictCode.DrainDeadline] = CauseTests.Ends[CallCause.DrainDeadline],
        [VerdictCode.HungUpByOperator] = CauseTests.Ends[CallCause.HungUpByOperator],
        [VerdictCode.Fault] = CauseTests.Ends[CallCause.Fault],
    };

    private static SceneOptions Options
    {
        get
        {
            var usual = CauseTests.Options;
            return usual with
            {
                Peer = peer => peer.Name switch
                {
                    "alice" => usual.Peer(peer) with { AcceptFrom = [.. peer.AcceptFrom, new IpNetwork(IpAddress.Parse("203.0.113.0"), 24)] },
                    "bob" => peer with { LargeRequests = LargeRequests.Udp },
                    _ => usual.Peer(peer),
                },
            };
        }
    }

    private static ScriptedPhone Stranger(CallScene scene) => scene.Phone("eve", SceneModel.Inside, "127.91.0.66", 5060);

    private static ScriptedPhone Public(CallScene scene) => scene.Phone("pat", SceneModel.Inside, "203.0.113.7", 5060);

    private static PhoneDialog Prove(ScriptedPhone phone, string user, string password, string? uri = null)
    {
        var nonce = Regex.Match(phone.Call().Expect(401).Header(HeaderId.WwwAuthenticate)!, "nonce=\"([^\"]+)\"").Groups[1].Value;
        phone.Take();
        var dialog = phone.Dialog();
        dialog.Invite(phone.Sdp(), AuthenticationBench.Answer(nonce, 1, user, password, DigestAlgorithm.Md5, uri: uri ?? $"sip:bob@{phone.Flow.Local}", method: "INVITE"));
        return dialog;
    }

    private static void Raw(CallScene scene, int maxForwards = 70, string branch = "b", string uri = "sip:bob@x.example", string from = "<sip:alice@x.example>;tag=f", string more = "") => scene.Alice.Send(
        $"INVITE {uri} SIP/2.0\r\nVia: SIP/2.0/UDP {scene.Alice.Flow.Remote};branch=z9hG4bK{branch}\r\nMax-Forwards: {maxForwards}\r\nFrom: {from}\r\nTo: <sip:bob@x.example>\r\n" +
        $"Call-ID: raw\r\nCSeq: 1 INVITE\r\nContact: <{scene.Alice.Contact}>\r\n{more}Content-Length: 0\r\n\r\n");

    private static void Refused(CallScene scene, int status)
    {
        scene.Alice.Call();
        scene.Bob.ExpectCall().Answer(status, headers: status == 407 ? "Proxy-Authenticate: Digest realm=\"x\", nonce=\"n\"\r\n" : "");
    }

    private static void Unacknowledged(CallScene scene, ScriptedPhone caller)
    {
        caller.Call();
        scene.Bob.ExpectCall().Accept();
        scene.Advance(32_000);
    }

    private static CallRecord[] All(CallScene scene) => [.. scene.Journal.Ended, .. scene.Journal.Refused];

    public static TheoryData<VerdictCode> Codes() => [.. Ends.Keys];

    /// <summary>That no verdict is said to exist which no call has is seen to where docs/why.md is held against the tests.</summary>
    [Theory]
    [MemberData(nameof(Codes))]
    public void Is_said_of_a_call_that_went_so(VerdictCode code)
    {
        using var scene = new CallScene(Options with { ChecksMessages = code is not (VerdictCode.UnsupportedScheme or VerdictCode.Malformed), ChecksHiding = false });
        Ends[code](scene);
        scene.End();
        var verdicts = All(scene).Select(record => Verdict.Of(record)).ToArray();
        Assert.True(verdicts.Any(verdict => verdict.Code == code), string.Join("\n", verdicts.Select(verdict => $"{verdict.Code}: {verdict.Sentence}")));
        Assert.All(verdicts, verdict => Assert.EndsWith(".", verdict.Sentence, StringComparison.Ordinal));
        Assert.All(verdicts, verdict => Assert.DoesNotContain("''", verdict.Sentence, StringComparison.Ordinal));
    }

    private static Verdict Only(Action<CallScene> work)
    {
        using var scene = new CallScene(Options);
        work(scene);
        scene.End();
        return Verdict.Of(Assert.Single(All(scene)));
    }

    private static string Told(Verdict verdict, string name) => verdict.Evidence.Single(fact => fact.Key == name).Value;

    [Fact]
    public void Of_ports_that_a_call_did_not_get_it_is_said_whose_they_are_and_why()
    {
        var verdict = Only(CauseTests.Ends[CallCause.NoMediaPorts]);
        Assert.Equal("The call got no media port in realm 'inside': none of its media.ports is left. Widen the range.", verdict.Sentence);
        Assert.Equal("inside", Told(verdict, "ports_of"));
    }

    [Fact]
    public void A_filter_that_does_not_let_a_number_be_called_is_named()
    {
        using var scene = new CallScene(Options with
        {
            Routes = model => [SceneModel.Dialplan(SceneModel.Head("few", [SceneModel.Called("many")]) with { Filter = new RouteFilter { Called = new ListedNumbers(["few"]) } }, RouteEdits.None, SceneModel.To(model.Bob))],
        });
        scene.Alice.Call("many");
        Assert.Equal("The dialplan's route 'few' takes this call, and its filter does not let 'many' be called: it is answered 403.", Verdict.Of(scene.End(CallCause.RejectedByRoute, CallOutcome.Rejected, 403)).Sentence);
    }

    [Fact]
    public void The_nearest_route_is_named_with_what_it_wants()
    {
        var verdict = Only(scene => scene.Carol.Call("nowhere"));
        Assert.Equal(("no_route", "nowhere", "carol"), (VerdictCodes.Text(verdict.Code), Told(verdict, "called"), Told(verdict, "peer")));
        Assert.Contains(Told(verdict, "nearest_route"), verdict.Sentence, StringComparison.Ordinal);
        Assert.Contains(Told(verdict, "condition"), verdict.Sentence, StringComparison.Ordinal);
    }

    [Fact]
    public void Who_did_not_answer_is_named_with_address()
    {
        var verdict = Only(CauseTests.Ends[CallCause.TargetTimedOut]);
        Assert.Equal(("bob", $"{SceneModel.BobAddress}:5060"), (Told(verdict, "target"), Told(verdict, "target_address")));
        Assert.Contains($"peer 'bob' at {SceneModel.BobAddress}:5060 never answered", verdict.Sentence, StringComparison.Ordinal);
    }

    [Fact]
    public void A_wrong_password_is_told_from_an_unknown_user()
    {
        Assert.Contains("User 'anna' exists", Only(Ends[VerdictCode.WrongPassword]).Sentence, StringComparison.Ordinal);
        Assert.Contains("'eve', and there is none", Only(Ends[VerdictCode.NoSuchUser]).Sentence, StringComparison.Ordinal);
    }

    [Fact]
    public void The_address_that_was_shown_is_named()
    {
        using var scene = new CallScene(Options);
        Ends[VerdictCode.AckToPrivateAddress](scene);
        scene.End();
        Assert.Contains($"told to send to {scene.Model.InsideAddress}:5060, a private address", Verdict.Of(scene.Journal.Ended[0]).Sentence, StringComparison.Ordinal);
    }

    /// <summary>Session gateways leave their inner address there.</summary>
    [Fact]
    public void An_inner_address_in_o_alone_is_no_sign_of_a_router()
    {
        var verdict = Only(scene =>
        {
            var pat = Public(scene);
            pat.Call(body: pat.Sdp().Replace($"77 1 IN IP4 {pat.Flow.Remote.Address}", "77 1 IN IP4 192.168.1.5", StringComparison.Ordinal));
            scene.Bob.ExpectCall().Accept();
            scene.Advance(32_000);
        });
        Assert.Equal(VerdictCode.AckToPrivateAddress, verdict.Code);
    }

    /// <summary>Of two that failed the caller hears of the first.</summary>
    [Fact]
    public void The_address_is_that_of_the_target_which_decided()
    {
        using var scene = new CallScene(new SceneOptions { Routes = model => [SceneModel.Route("two", [SceneModel.Called("two")], SceneModel.To(model.Bob), SceneModel.To(model.Carol))] });
        scene.Alice.Call("two");
        scene.Advance(32_000);
        scene.Carol.ExpectCall().Answer(500);
        scene.End();
        var verdict = Verdict.Of(Assert.Single(scene.Journal.Ended));
        Assert.Equal(("bob", $"{SceneModel.BobAddress}:5060", VerdictCode.NoResponse), (Told(verdict, "target"), Told(verdict, "target_address"), verdict.Code));
    }

    /// <summary>What cannot be read is in the list of refused calls, as far as it can be, with its messages.</summary>
    [Fact]
    public void A_malformed_invite_is_told_with_what_is_wrong_and_its_messages()
    {
        using var scene = new CallScene(Options with { ChecksMessages = false, ChecksHiding = false });
        Raw(scene, from: "<sip:ali ce>;tag=f");
        var record = Assert.Single(scene.Journal.Refused);
        var verdict = Verdict.Of(record);
        Assert.Equal((VerdictCode.Malformed, "malformed From", "400", "bob"), (verdict.Code, Told(verdict, "fault"), Told(verdict, "status"), record.Called));
        Assert.Equal(["> INVITE", "< 400"], scene.LadderOf(record));

        scene.Alice.Send("INVITE sip:bob@x.example SIP/2.0\r\nVia: SIP/2.0/UDP 127.0.0.1\r\n\r\n");
        Assert.Equal(2, scene.Journal.Refused.Count);
        Assert.Contains("not enough of it to answer", Verdict.Of(scene.Journal.Refused[1]).Sentence, StringComparison.Ordinal);
        Assert.Equal(["> INVITE"], scene.LadderOf(scene.Journal.Refused[1]));
        scene.Alice.Take();
        scene.End();
    }

    /// <summary>Of a flood of one source a few are told, so that those of others are too.</summary>
    [Fact]
    public void A_flood_of_refused_invites_hides_nobody()
    {
        using var scene = new CallScene(Options);
        scene.Calls.IsDraining = true;
        for (var number = 0; number < 50; number++)
        {
            scene.Alice.Call().Expect(503);
        }

        Assert.Equal(2, scene.Journal.Refused.Count);
        scene.Bob.Call().Expect(503);
        Assert.Equal(3, scene.Journal.Refused.Count);
        scene.Advance(1000);
        scene.Alice.Call().Expect(503);
        Assert.Equal(4, scene.Journal.Refused.Count);
        scene.Advance(40_000);
        scene.End();
    }

    [Fact]
    public void Of_a_call_that_stands_only_that_is_said()
    {
        using var scene = new CallScene();
        var (a, b) = CauseTests.Talk(scene);
        var page = new CallRecord[1];
        scene.Calls.List(0, page, out _);
        Assert.Equal(VerdictCode.InProgress, Verdict.Of(page[0]).Code);
        a.Bye();
        b.ExpectBye();
        scene.End();
    }

    /// <summary>A realm that takes messages alone (access.methods).</summary>
    [Fact]
    public void What_has_no_word_of_its_own_is_said_with_its_status()
    {
        using var scene = new CallScene(Options with { Realm = realm => realm.Index == SceneModel.Inside ? realm with { Access = realm.Access with { Methods = default(MethodSet).With(SipMethod.Message) } } : realm });
        scene.Alice.Call().Expect(405);
        scene.End();
        var verdict = Verdict.Of(Assert.Single(scene.Journal.Refused));
        Assert.Equal((VerdictCode.Refused, "405"), (verdict.Code, Told(verdict, "status")));
        Assert.Contains("405", verdict.Sentence, StringComparison.Ordinal);
    }

    [Fact]
    public void No_two_verdicts_have_the_same_word() =>
        Assert.Equal(Enum.GetValues<VerdictCode>().Length, Enum.GetValues<VerdictCode>().Select(VerdictCodes.Text).Distinct().Count());
}
