using SipAlg.Calls.Calls;
using SipAlg.Calls.Dialplan;
using SipAlg.Protocol.Sip;
using SipAlg.Signaling.Transports;
using SipAlg.Testing.Calls;
using SipAlg.Testing.Phones;

namespace SipAlg.Calls.Tests.Calls;

/// <summary>Routes with several targets, and what the dialplan sets.</summary>
public sealed class TargetTests : CallTest
{
    private ScriptedPhone Carol => Scene.Carol;

    protected override SceneOptions Options => new()
    {
        Routes = model =>
        [
            SceneModel.Route("hunt", [SceneModel.Called("hunt")], SceneModel.To(model.Bob) with { NoAnswer = TimeSpan.FromSeconds(20) }, SceneModel.To(model.Carol)),
            SceneModel.Dialplan(
                SceneModel.Head("busy too", [SceneModel.Called("busy")], new StatusSet([new StatusRange(486, 486), new StatusRange(408, 408), new StatusRange(600, 699)])), RouteEdits.None,
                SceneModel.To(model.Bob) with { NoAnswer = TimeSpan.FromSeconds(20) }, SceneModel.To(model.Carol)),
            SceneModel.Dialplan(
                SceneModel.Head("set", [new NumberCondition(true, Regex("^set(?<n>.*)$"))]),
                new RouteEdits
                {
                    Called = SceneModel.Template("${n}"),
                    Caller = SceneModel.Template("${n}"),
                    CallerName = SceneModel.Template("Al \"X\" \\"),
                    Headers = [new HeaderTemplate("X-Added", SceneModel.Template("yes ${n}")), new HeaderTemplate("X-Gone", null), new HeaderTemplate("Refer-To", null)],
                },
                SceneModel.To(model.Bob)),
            SceneModel.Dialplan(
                SceneModel.Head("domain", [new NumberCondition(true, Regex("^dom(?<n>.*)$"))]),
                new RouteEdits { Domain = SceneModel.Template("${n}.example") }, SceneModel.To(model.Bob)),
            SceneModel.Dialplan(
                SceneModel.Head("uri", [SceneModel.Called("uri")]), RouteEdits.None,
                new RouteTarget { Kind = TargetKind.Uri, Uri = "sip:ext@127.92.0.30:5060", Realm = SceneModel.Outside }),
            SceneModel.Dialplan(
                SceneModel.Head("name", [SceneModel.Called("name")]), RouteEdits.None,
                new RouteTarget { Kind = TargetKind.Uri, Uri = "sip:ext@no-such-host.example", Realm = SceneModel.Outside }),
        ],
    };

    private static RegexNumbers Regex(string pattern) => RouteRegex.TryCreate(pattern, out var regex, out var fault) ? new RegexNumbers(regex!) : throw new SceneException(fault);

    [Theory]
    [InlineData(408)]
    [InlineData(500)]
    [InlineData(502)]
    [InlineData(503)]
    [InlineData(504)]
    public void The_next_target_is_asked_after_a_failure(int status)
    {
        var a = Alice.Call("hunt");
        var b = Bob.ExpectCall();
        b.Answer(183, Bob.Sdp());
        a.Expect(183);
        b.Answer(status);
        b.ExpectRequest("ACK");
        var c = Carol.ExpectCall();
        Assert.NotEqual(b.CallId, c.CallId);
        c.Accept();
        a.ExpectAnswered();
        HangUp(a, c);
        Assert.Equal("carol", Scene.End(CallCause.CallerHungUp, CallOutcome.Answered, 200).ToPeer);
    }

    [Fact]
    public void A_challenge_counts_as_500()
    {
        var a = Alice.Call("hunt");
        var b = Bob.ExpectCall();
        b.Answer(407);
        b.ExpectRequest("ACK");
        Carol.ExpectCall().Accept();
        a.ExpectAnswered();
        a.Bye();
        Scene.End();
    }

    [Theory]
    [InlineData(404)]
    [InlineData(486)]
    [InlineData(600)]
    public void Other_failures_end_the_call(int status)
    {
        var a = Alice.Call("hunt");
        var b = Bob.ExpectCall();
        b.Answer(status);
        b.ExpectRequest("ACK");
        a.Expect(status);
        Carol.ExpectNothing();
        Scene.End(CallCause.CalleeRefused, CallOutcome.Failed, status);
    }

    [Fact]
    public void A_route_says_which_failures_lead_on()
    {
        var a = Alice.Call("busy");
        var b = Bob.ExpectCall();
        b.Answer(486);
        b.ExpectRequest("ACK");
        var c = Carol.ExpectCall();
        c.Answer(404, phrase: "Nobody");
        c.ExpectRequest("ACK");
        Assert.Equal("SIP/2.0 404 Nobody", a.Expect(404).StartLine);
        Scene.End(CallCause.CalleeRefused, CallOutcome.Failed, 404);
    }

    [Fact]
    public void Who_does_not_answer_is_cancelled_and_the_next_is_asked()
    {
        var a = Alice.Call("hunt");
        var b = Bob.ExpectCall();
        b.Answer(180);
        a.Expect(180);
        Scene.Advance(20_000);
        b.ExpectCancel();
        var c = Carol.ExpectCall();
        c.Accept();
        a.ExpectAnswered();
        HangUp(a, c);
        Scene.End(CallCause.CallerHungUp, CallOutcome.Answered, 200);
    }

    [Fact]
    public void A_late_answer_of_a_cancelled_target()
    {
        var a = Alice.Call("hunt");
        var b = Bob.ExpectCall();
        b.Answer(180);
        Scene.Advance(20_000);
        b.ExpectRequest("CANCEL");
        var c = Carol.ExpectCall();
        b.Answer(200, Bob.Sdp());
        b.ExpectRequest("ACK");
        b.ExpectBye();
        c.Accept();
        a.Expect(180);
        a.ExpectAnswered();
        HangUp(a, c);
        Scene.End(CallCause.CallerHungUp, CallOutcome.Answered, 200);
    }

    [Fact]
    public void A_silent_target_and_then_the_next()
    {
        var a = Alice.Call("busy");
        Bob.ExpectCall();
        Scene.Advance(20_000);
        var c = Carol.ExpectCall();
        c.Accept();
        a.ExpectAnswered();
        HangUp(a, c);
        Scene.End(CallCause.CallerHungUp, CallOutcome.Answered, 200);
    }

    [Fact]
    public void An_unreachable_target_and_then_the_next()
    {
        var a = Alice.Call("hunt");
        Bob.ExpectCall();
        Scene.Turn(() => Scene.Harness.Unreachable(Bob.Flow, UnreachableReason.Host));
        Scene.Advance(1);
        Carol.ExpectCall().Accept();
        a.ExpectAnswered();
        a.Bye();
        Scene.End();
    }

    [Fact]
    public void All_fail()
    {
        var a = Alice.Call("hunt");
        var b = Bob.ExpectCall();
        b.Answer(500);
        b.ExpectRequest("ACK");
        Scene.Advance(32_000);
        a.Expect(408);
        Scene.End(CallCause.TargetTimedOut, CallOutcome.Failed, 408);
    }

    [Fact]
    public void Cancelled_at_the_second_target()
    {
        var a = Alice.Call("hunt");
        var b = Bob.ExpectCall();
        b.Answer(503);
        b.ExpectRequest("ACK");
        var c = Carol.ExpectCall();
        c.Answer(180);
        a.Expect(180);
        a.Cancel();
        a.Expect(200);
        a.Expect(487);
        c.ExpectCancel();
        Bob.ExpectNothing();
        Scene.End(CallCause.CallerCancelled, CallOutcome.Cancelled, 487);
    }

    [Theory]
    [InlineData("set4711", "4711", "4711")]
    [InlineData("set%3Cx%3E%40evil%20y", "%3Cx%3E%40evil%20y", "<x>@evil y")]
    [InlineData("set%25", "%25", "%")]
    public void What_the_route_sets(string called, string user, string text)
    {
        var a = Alice.Call(called, headers: "X-Gone: 1\r\nr: <sip:x@y>\r\nP-Asserted-Identity: <sip:alice@q7alicex.example>\r\n");
        var b = Bob.ExpectCall();
        Assert.Equal($"INVITE sip:{user}@127.92.0.20:5060 SIP/2.0", b.Asked.StartLine);
        Assert.StartsWith($"\"Al \\\"X\\\" \\\\\" <sip:{user}@127.92.0.20>;tag=", b.Asked.Header(HeaderId.From));
        Assert.Equal($"<sip:{user}@127.92.0.20>", b.Asked.Header(HeaderId.To));
        Assert.Equal($"\"Al \\\"X\\\" \\\\\" <sip:{user}@127.92.0.20>", b.Asked.Header(HeaderId.AssertedIdentity));
        Assert.Contains($"\r\nX-Added: yes {text}\r\n", b.Asked.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("X-Gone", b.Asked.Text, StringComparison.Ordinal);
        Assert.Null(b.Asked.Header(HeaderId.ReferTo));
        b.Answer(486);
        b.ExpectRequest("ACK");
        a.Expect(486);
        Scene.End();
    }

    [Fact]
    public void A_tel_identity_has_the_set_number_too()
    {
        Alice.Call("set4711", headers: "P-Asserted-Identity: <sip:alice@q7alicex.example>, <tel:+49301>\r\n");
        const string name = "\"Al \\\"X\\\" \\\\\"";
        Assert.Equal($"{name} <sip:4711@127.92.0.20>, {name} <tel:4711>", Bob.ExpectCall().Asked.Header(HeaderId.AssertedIdentity));
    }

    [Fact]
    public void A_route_sets_the_domain()
    {
        Alice.Call("domwide", headers: "P-Asserted-Identity: <sip:alice@q7alicex.example>\r\n");
        var invite = Bob.ExpectCall().Asked;
        Assert.Equal("<sip:alice@wide.example>", invite.Header(HeaderId.AssertedIdentity));
        Assert.Equal("INVITE sip:domwide@wide.example SIP/2.0", invite.StartLine);
        Assert.StartsWith("\"alice\" <sip:alice@wide.example>", invite.Header(HeaderId.From));
    }

    /// <summary>A capture that makes no host makes no message either.</summary>
    [Fact]
    public void A_domain_that_is_none_fails_the_target()
    {
        var a = Alice.Call("dom%3E%3Bx");
        a.Expect(503);
        Bob.ExpectNothing();
        Scene.End(CallCause.NoTargetUsable, CallOutcome.Failed, 503);
    }

    [Fact]
    public void A_target_that_is_a_uri()
    {
        var a = Alice.Call("uri");
        var c = Carol.ExpectCall();
        Assert.Equal("INVITE sip:ext@127.92.0.30:5060 SIP/2.0", c.Asked.StartLine);
        c.Accept();
        a.ExpectAnswered();
        HangUp(a, c);
        Scene.End(CallCause.CallerHungUp, CallOutcome.Answered, 200);
    }

    [Fact]
    public void A_target_whose_name_is_not_known()
    {
        var a = Alice.Call("name");
        Scene.Resolve();
        a.Expect(503);
        Scene.End(CallCause.NoTargetUsable, CallOutcome.Failed, 503);
    }
}
