using SipAlg.Calls.Calls;
using SipAlg.Calls.Dialplan;
using SipAlg.Calls.Model;
using SipAlg.Calls.Tests.Calls;
using SipAlg.Calls.Tests.Registrations;
using SipAlg.Calls.Verdicts;
using SipAlg.Protocol.Sdp;
using SipAlg.Signaling.Transports;
using SipAlg.Testing.Calls;

namespace SipAlg.Calls.Tests.Verdicts;

/// <summary>Where several targets were asked, what is told of one of them is told of that one: its address, and what became of it.</summary>
public sealed class DecisiveTargetTests : CallTest
{
    protected override SceneOptions Options => new()
    {
        Realm = CauseTests.Options.Realm,
        Peer = peer => peer.Name == "dave" ? peer with { Limits = new PeerLimits(0, null) } : peer,
        Routes = model =>
        [
            SceneModel.Dialplan(SceneModel.Head("ring", [SceneModel.Called("ring")]) with { RingsAll = true }, RouteEdits.None, Uri(SceneModel.BobAddress, 1), Uri(SceneModel.CarolAddress, 1)),
            SceneModel.Dialplan(SceneModel.Head("turns", [SceneModel.Called("turns")]), RouteEdits.None, Uri(SceneModel.BobAddress, 1), Uri(SceneModel.CarolAddress, 2)),
            SceneModel.Dialplan(SceneModel.Head("full", [SceneModel.Called("full")]), RouteEdits.None, SceneModel.To(model.Bob), SceneModel.To(model.Dave)),
            SceneModel.Dialplan(SceneModel.Head("nowhere", [SceneModel.Called("nowhere")]), RouteEdits.None, SceneModel.To(model.Bob), SceneModel.To(model.Carol) with { Kind = TargetKind.Uri, Peer = null, Uri = "sip:x@[2001:db8::1]" }),
            SceneModel.Dialplan(SceneModel.Head("opus", [SceneModel.Called("opus")]) with { Codecs = new CodecRules { Allow = [SdpCodec.TryParse("opus")!] } }, RouteEdits.None, SceneModel.To(model.Bob)),
            SceneModel.Dialplan(SceneModel.Head("stream", [SceneModel.Called("stream")]), RouteEdits.None, new RouteTarget { Kind = TargetKind.Uri, Uri = $"sip:x@{SceneModel.BobAddress};transport=tcp", Realm = SceneModel.Outside }),
            SceneModel.Dialplan(SceneModel.Head("phone", [SceneModel.Called("phone")]), RouteEdits.None, SceneModel.To(model.Bob), UserTest.Registered("anna")),
        ],
    };

    private static RouteTarget Uri(string address, int priority) => new() { Kind = TargetKind.Uri, Uri = $"sip:x@{address}", Realm = SceneModel.Outside, Priority = priority };

    private static string? Told(Verdict verdict, string name) => verdict.Evidence.FirstOrDefault(fact => fact.Key == name).Value;

    [Fact]
    public void Of_two_that_rang_together_the_one_that_refused_is_named()
    {
        Alice.Call("ring");
        var (b, c) = (Bob.ExpectCall(), Scene.Carol.ExpectCall());
        b.Answer(486);
        c.Answer(500);
        var verdict = Verdict.Of(Scene.End(CallCause.CalleeRefused, CallOutcome.Failed, 486));
        Assert.Equal($"{SceneModel.BobAddress}:5060 answered 486: busy.", verdict.Sentence);
        Assert.Equal($"{SceneModel.BobAddress}:5060", Told(verdict, "target_address"));
    }

    [Fact]
    public void Of_two_that_rang_together_the_one_that_answered_is_the_callee()
    {
        var a = Alice.Call("ring");
        var (b, c) = (Bob.ExpectCall(), Scene.Carol.ExpectCall());
        c.Answer(100);
        b.Accept();
        a.ExpectAnswered();
        c.ExpectCancel();
        a.Bye();
        b.ExpectBye();
        Assert.Equal(SceneModel.Endpoint(SceneModel.BobAddress, 5060), Scene.End(CallCause.CallerHungUp, CallOutcome.Answered, 200).TargetAt);
    }

    [Fact]
    public void Of_two_that_were_asked_in_turn_the_first_may_decide()
    {
        Alice.Call("turns");
        Scene.Advance(32_000);
        Scene.Carol.ExpectCall().Answer(500);
        var verdict = Verdict.Of(Scene.End(CallCause.TargetTimedOut, CallOutcome.Failed, 408));
        Assert.StartsWith($"{SceneModel.BobAddress}:5060 never answered the INVITE", verdict.Sentence, StringComparison.Ordinal);
    }

    /// <summary>It rang nowhere, though another target did say something.</summary>
    [Fact]
    public void Who_said_nothing_did_not_ring()
    {
        Alice.Call("ring");
        var c = Scene.Carol.ExpectCall();
        c.Answer(180);
        Scene.Advance(10_000);
        c.Answer(500);
        Scene.Advance(22_000);
        var verdict = Verdict.Of(Scene.End(CallCause.TargetTimedOut, CallOutcome.Failed, 408));
        Assert.StartsWith($"{SceneModel.BobAddress}:5060 never answered the INVITE", verdict.Sentence, StringComparison.Ordinal);
    }

    [Fact]
    public void A_user_without_a_phone_is_at_no_address()
    {
        Alice.Call("phone");
        Bob.ExpectCall().Answer(503);
        var record = Scene.End(CallCause.NotRegistered, CallOutcome.Failed, 480);
        var verdict = Verdict.Of(record);
        Assert.Equal((VerdictCode.NotRegistered, null, null), (verdict.Code, Told(verdict, "target"), Told(verdict, "target_address")));
        Assert.Equal((null, null), (record.ToRealm, record.ToPeer));
    }

    /// <summary>Another one had no limit, and refused.</summary>
    [Theory]
    [InlineData("full", CallCause.LimitReached, CallOutcome.Rejected, "peer 'dave' has as many calls")]
    [InlineData("nowhere", CallCause.NoTargetUsable, CallOutcome.Failed, "The target has no address that can be used")]
    public void Of_the_last_target_is_not_said_what_is_not_true_of_all(string called, CallCause cause, CallOutcome outcome, string words)
    {
        Alice.Call(called);
        Bob.ExpectCall().Answer(503);
        Assert.StartsWith(words, Verdict.Of(Scene.End(cause, outcome, 503)).Sentence, StringComparison.Ordinal);
    }

    /// <summary>The caller had offered nothing (RFC 3261 §13.2.1, an INVITE without SDP).</summary>
    [Fact]
    public void A_callee_that_offers_no_codec_that_is_allowed_is_named()
    {
        Alice.Call("opus", body: "");
        Bob.ExpectCall().Accept();
        Assert.StartsWith(
            $"peer 'bob' at {SceneModel.BobAddress}:5060 offers or answers no codec", Verdict.Of(Scene.End(CallCause.NoCodec, CallOutcome.Rejected, 488)).Sentence, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(ConnectFailure.Refused, "the network said so")]
    [InlineData(ConnectFailure.Timeout, "it did not answer when a connection was to be opened")]
    public void A_connection_that_nobody_answers_is_told_from_one_that_is_refused(ConnectFailure failure, string words)
    {
        Alice.Call("stream");
        var asked = Assert.Single(Scene.Unclaimed).Flow;
        Scene.Turn(() => Scene.Harness.ConnectionFailed(new Flow(asked.Transport, asked.Listener, asked.Local, asked.Remote, 5, asked.Far), failure));
        Scene.Advance(1);
        Assert.Contains(words, Verdict.Of(Scene.End(CallCause.TargetUnreachable, CallOutcome.Failed, 503)).Sentence, StringComparison.Ordinal);
    }

    /// <summary>RFC 3261 §18.1.1: a large request goes by a connection, where no datagram is cut.</summary>
    [Fact]
    public void A_large_request_that_went_by_tcp_was_not_lost_for_its_size()
    {
        Alice.Call(body: Alice.Sdp(attributes: string.Concat(Enumerable.Repeat("a=x-padding:0123456789012345678901234567890123456789\r\n", 40))));
        Scene.Advance(32_000);
        var record = Scene.End(CallCause.TargetTimedOut, CallOutcome.Failed, 408);
        Assert.Equal((VerdictCode.NoResponse, Transport.Tcp), (Verdict.Of(record).Code, record.TargetBy));
    }
}
