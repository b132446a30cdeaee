using SipAlg.Calls.Calls;
using SipAlg.Calls.Dialplan;
using SipAlg.Calls.Lanes;
using SipAlg.Calls.Model;
using SipAlg.Calls.Tests.Calls;
using SipAlg.Protocol.Sip;
using SipAlg.Testing.Calls;
using SipAlg.Testing.Phones;

namespace SipAlg.Calls.Tests.Requests;

/// <summary>MESSAGE (RFC 3428), PUBLISH (RFC 3903), NOTIFY that nobody subscribed to, and methods that a route names, outside a dialog.</summary>
public sealed class StandaloneRequestTests : CallTest
{
    private const long Timeout = 64 * CallScene.T1;

    protected override SceneOptions Options => new()
    {
        Peer = peer => peer.Name == "bob" ? peer with { LargeRequests = LargeRequests.Udp } : peer,
        Routes = model =>
        [
            SceneModel.Route("two", [SceneModel.Called("two")], SceneModel.To(model.Bob), SceneModel.To(model.Carol)),
            SceneModel.Route("service first", [SceneModel.Called("service")], SceneModel.Service(ServiceKind.Echo), SceneModel.To(model.Bob)),
            SceneModel.Route("named", [SceneModel.Called("named"), new MethodCondition(["MADEUP", "INFO"])], SceneModel.To(model.Bob)),
            SceneModel.Dialplan(
                SceneModel.Head("edited", [SceneModel.Called("edited")]),
                new RouteEdits { Called = SceneModel.Template("+4930"), Caller = SceneModel.Template("+4940"), Headers = [new HeaderTemplate("X-Added", SceneModel.Template("yes")), new HeaderTemplate("X-Kept", null)] },
                SceneModel.To(model.Bob)),
            SceneModel.Dialplan(SceneModel.Head("emergency", [SceneModel.Called("112")], isEmergency: true), RouteEdits.None, SceneModel.To(model.Bob)),
        ],
    };

    private PhoneDialog Ask(string method = "MESSAGE", string called = "bob", string headers = "", string body = "Hello", string type = "text/plain")
    {
        var dialog = Alice.Dialog(called);
        dialog.Request(method, headers, body, type);
        return dialog;
    }

    private PhoneDialog Asked(string method = "MESSAGE")
    {
        var request = Bob.ExpectRequest(method);
        return new PhoneDialog(Bob, request);
    }

    private void End()
    {
        Alice.ExpectNothing();
        Bob.ExpectNothing();
        Assert.Equal(0, Scene.Calls.Owners);
        Scene.End();
        Assert.Empty(Scene.Journal.Ended);
    }

    [Theory]
    [InlineData("MESSAGE", "")]
    [InlineData("PUBLISH", "SIP-If-Match: dx200xyz\r\nExpires: 1800\r\nEvent: presence\r\n")]
    [InlineData("NOTIFY", "Event: message-summary\r\nSubscription-State: active\r\n")]
    public void It_crosses_with_its_answer(string method, string headers)
    {
        var contact = $"Contact: <{Alice.Contact}>\r\n";
        var a = Ask(method, headers: $"{contact}{headers}X-Kept: yes\r\nAccept: text/x\r\nMax-Forwards: 7\r\n");
        var request = Bob.ExpectRequest(method);
        Assert.StartsWith($"{method} sip:bob@127.92.0.20:5060 SIP/2.0\r\n", request.Text, StringComparison.Ordinal);
        Assert.StartsWith("\"alice\" <sip:alice@127.92.0.20>;tag=", request.Header(HeaderId.From), StringComparison.Ordinal);
        Assert.Equal("<sip:bob@127.92.0.20>", request.Header(HeaderId.To));
        Assert.Equal(("6", "text/x", "text/plain"), (request.Header(HeaderId.MaxForwards), request.Header(HeaderId.Accept), request.Header(HeaderId.ContentType)));
        Assert.Equal(method == "NOTIFY", request.Header(HeaderId.Contact) is not null);
        Assert.Contains(headers, request.Text, StringComparison.Ordinal);
        Assert.Contains("X-Kept: yes\r\n", request.Text, StringComparison.Ordinal);
        Assert.Equal("Hello", request.BodyText());

        Bob.Send(ScriptedPhone.Answer(request, 202, "Taken", "tag" + Bob.Secret, "SIP-ETag: ab12\r\n", "Well", "text/plain"));
        var answer = a.Expect(202);
        Assert.StartsWith("SIP/2.0 202 Taken\r\n", answer.Text, StringComparison.Ordinal);
        Assert.Contains("SIP-ETag: ab12\r\n", answer.Text, StringComparison.Ordinal);
        Assert.Equal("Well", answer.BodyText());
        End();
    }

    [Fact]
    public void The_dialplan_changes_it()
    {
        var a = Ask(called: "edited", headers: "X-Kept: no\r\nP-Asserted-Identity: <sip:alice@q7alicex.example>\r\n");
        var request = Bob.ExpectRequest("MESSAGE");
        Assert.StartsWith("MESSAGE sip:+4930@", request.Text, StringComparison.Ordinal);
        Assert.Contains("<sip:+4940@127.92.0.20>", request.Header(HeaderId.From), StringComparison.Ordinal);
        Assert.Equal("<sip:+4940@127.92.0.20>", request.Header(HeaderId.AssertedIdentity));
        Assert.Contains("X-Added: yes\r\n", request.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("X-Kept", request.Text, StringComparison.Ordinal);
        Bob.Send(ScriptedPhone.Answer(request, 200, "OK", "tag" + Bob.Secret, "", "", ""));
        a.Expect(200);
        End();
    }

    /// <summary>Between them nothing is kept: each has names of its own, as it came.</summary>
    [Fact]
    public void One_after_another()
    {
        var callIds = new HashSet<string>();
        for (var n = 0; n < 3; n++)
        {
            var a = Ask();
            var request = Bob.ExpectRequest("MESSAGE");
            Assert.True(callIds.Add(request.Header(HeaderId.CallId)!));
            Bob.Send(ScriptedPhone.Answer(request, 200, "OK", "tag" + Bob.Secret, "", "", ""));
            a.Expect(200);
        }

        End();
    }

    /// <summary>What no route names is served as little as before; a route without a method is for what its writer could think of.</summary>
    [Theory]
    [InlineData("MADEUP", "bob", 501)]
    [InlineData("INFO", "bob", 405)]
    [InlineData("MADEUP", "named", 0)]
    [InlineData("INFO", "named", 0)]
    [InlineData("REGISTER", "named", 405)]
    [InlineData("UPDATE", "named", 405)]
    public void A_method_that_is_not_usual_needs_a_route_that_names_it(string method, string called, int status)
    {
        var a = Ask(method, called, $"Contact: <{Alice.Contact}>\r\n");
        if (status != 0)
        {
            Assert.NotNull(a.Expect(status).Header(HeaderId.Allow));
        }
        else
        {
            var request = Bob.ExpectRequest(method);
            Assert.Equal(method == "MADEUP", request.Header(HeaderId.Contact) is not null);
            Bob.Send(ScriptedPhone.Answer(request, 200, "OK", "tag" + Bob.Secret, "", "", ""));
            a.Expect(200);
        }

        End();
    }

    [Theory]
    [InlineData(404, 404)]
    [InlineData(415, 415)]
    [InlineData(405, 405)]
    [InlineData(603, 603)]
    [InlineData(401, 500)]
    [InlineData(302, 480)]
    [InlineData(408, 504)]
    public void A_refusal_crosses(int status, int seen)
    {
        var a = Ask();
        var request = Bob.ExpectRequest("MESSAGE");
        Bob.Send(ScriptedPhone.Answer(request, 180, "Never", "tag" + Bob.Secret, "", "", ""));
        Bob.Send(ScriptedPhone.Answer(request, status, "Sorry", "tag" + Bob.Secret, "Accept: text/html\r\nAllow: INVITE, INFO\r\n", "", ""));
        var answer = a.Expect(seen);
        if (seen == status)
        {
            Assert.StartsWith($"SIP/2.0 {status} Sorry\r\n", answer.Text, StringComparison.Ordinal);
            Assert.Equal("text/html", answer.Header(HeaderId.Accept));
        }

        Assert.Equal(status == 405 ? "INVITE, ACK, CANCEL, BYE, OPTIONS, PRACK, UPDATE, INFO" : null, answer.Header(HeaderId.Allow));
        End();
    }

    [Fact]
    public void The_next_target_is_tried()
    {
        var a = Ask(called: "two");
        Bob.Send(ScriptedPhone.Answer(Bob.ExpectRequest("MESSAGE"), 503, "No", "tag" + Bob.Secret, "", "", ""));
        var request = Scene.Carol.ExpectRequest("MESSAGE");
        Assert.Equal("Hello", request.BodyText());
        Scene.Carol.Send(ScriptedPhone.Answer(request, 500, "Neither", "tag" + Scene.Carol.Secret, "", "", ""));
        Assert.StartsWith("SIP/2.0 500 Neither", a.Expect(500).Text, StringComparison.Ordinal);
        End();
    }

    /// <summary>RFC 4320: alice waits for 32 s and not longer, so each of two targets has half of that, and there is never a 408.</summary>
    [Fact]
    public void Nobody_answers()
    {
        var a = Ask(called: "two");
        Scene.Advance((Timeout / 2) - 1);
        Scene.Carol.ExpectNothing();
        Scene.Advance(1);
        Scene.Carol.ExpectRequest("MESSAGE");
        Scene.Advance((Timeout / 2) - 1);
        Alice.ExpectNothing();
        Scene.Advance(1);
        a.Expect(504);
        var single = Ask();
        Scene.Advance(Timeout);
        single.Expect(504);
        Bob.Take();
        Scene.Carol.Take();
        End();
    }

    [Fact]
    public void What_a_target_answers_late_is_nobodys()
    {
        var a = Ask(called: "two");
        var request = Bob.ExpectRequest("MESSAGE");
        Scene.Advance(Timeout / 2);
        Bob.Take();
        Bob.Send(ScriptedPhone.Answer(request, 200, "OK", "tag" + Bob.Secret, "", "", ""));
        Alice.ExpectNothing();
        Scene.Carol.Send(ScriptedPhone.Answer(Scene.Carol.ExpectRequest("MESSAGE"), 202, "OK", "tag" + Scene.Carol.Secret, "", "", ""));
        a.Expect(202);
        End();
    }

    [Fact]
    public void A_target_that_cannot_be_reached()
    {
        var a = Ask();
        Bob.ExpectRequest("MESSAGE");
        Scene.Turn(() => Scene.Harness.Unreachable(Bob.Flow));
        Scene.Advance(1);
        a.Expect(503);
        End();
    }

    [Fact]
    public void Services_answer_calls_only()
    {
        var refused = Ask(called: "echo").Expect(405);
        Assert.Equal("INVITE, ACK, CANCEL, BYE, OPTIONS, PRACK, UPDATE", refused.Header(HeaderId.Allow));
        var a = Ask(called: "service");
        Bob.Send(ScriptedPhone.Answer(Bob.ExpectRequest("MESSAGE"), 200, "OK", "tag" + Bob.Secret, "", "", ""));
        a.Expect(200);
        Assert.StartsWith("SIP/2.0 403 Barred", Ask(called: "barred").Expect(403).Text, StringComparison.Ordinal);
        End();
    }

    [Fact]
    public void What_is_not_sound_is_refused()
    {
        Ask(headers: "Require: foo\r\n").Expect(420);
        Ask(headers: "Proxy-Require: foo\r\n").Expect(420);
        Ask(headers: "Max-Forwards: 0\r\n").Expect(483);
        var a = Alice.Dialog();
        a.SetTarget("im:bob@example.com");
        a.Request("MESSAGE");
        a.Expect(416);
        Ask("PUBLISH", headers: "Content-Encoding: gzip\r\n").Expect(415);
        Alice.Send(Ask().LastRequest.Replace("Content-Type: text/plain\r\n", "", StringComparison.Ordinal).Replace("branch=z9hG4bK", "branch=z9hG4bKx", StringComparison.Ordinal)
            .Replace("CSeq: 2", "CSeq: 3", StringComparison.Ordinal));
        Alice.ExpectResponse(415);
        Bob.Send(ScriptedPhone.Answer(Bob.ExpectRequest("MESSAGE"), 200, "OK", "tag" + Bob.Secret, "", "", ""));
        Alice.ExpectResponse(200);
        End();
    }

    /// <summary>In a MESSAGE nothing is looked for, so an encoding hides nothing from the gateway.</summary>
    [Fact]
    public void An_encoded_message_crosses()
    {
        var a = Ask(headers: "Content-Encoding: gzip\r\n");
        var request = Bob.ExpectRequest("MESSAGE");
        Assert.Equal(("gzip", "Hello"), (request.Header(HeaderId.ContentEncoding), request.BodyText()));
        Bob.Send(ScriptedPhone.Answer(request, 200, "OK", "tag" + Bob.Secret, "", "", ""));
        a.Expect(200);
        End();
    }

    [Fact]
    public void Repeated_and_merged()
    {
        var a = Ask();
        a.Repeat();
        Alice.Send(a.LastRequest.Replace("branch=z9hG4bK", "branch=z9hG4bKother", StringComparison.Ordinal));
        a.Expect(482);
        Bob.Send(ScriptedPhone.Answer(Bob.ExpectRequest("MESSAGE"), 200, "OK", "tag" + Bob.Secret, "", "", ""));
        a.Expect(200);
        a.Repeat();
        a.Expect(200);
        End();
    }

    [Fact]
    public void Draining_and_stopping()
    {
        var a = Ask();
        Scene.Calls.IsDraining = true;
        Assert.Equal("5", Ask().Expect(503).Header(HeaderId.RetryAfter));
        var e = Ask(called: "112");
        Bob.ExpectRequest("MESSAGE");
        Bob.Send(ScriptedPhone.Answer(Bob.ExpectRequest("MESSAGE"), 200, "OK", "tag" + Bob.Secret, "", "", ""));
        e.Expect(200);
        Scene.Turn(() => Scene.Calls.HangUpAll(CallCause.GatewayStopped));
        a.Expect(503);
        End();
    }

    [Fact]
    public void Requests_of_a_peer_that_wait_are_limited()
    {
        using var scene = new CallScene(new SceneOptions { ChecksMessages = false });
        for (var n = 0; n < PeerLimits.Requests; n++)
        {
            scene.Alice.Dialog().Request("MESSAGE");
        }

        Assert.Equal(PeerLimits.Requests, scene.Bob.Take().Length);
        var more = scene.Alice.Dialog();
        more.Request("MESSAGE");
        more.Expect(503);
        Assert.Equal(1, scene.Calls.Counters.Refused[(SceneModel.Inside * (int)RefusalReason.Count) + (int)RefusalReason.PeerLimit]);
        scene.Advance(Timeout);
        scene.Alice.Take();
        scene.Bob.Take();
        scene.End();
    }
}
