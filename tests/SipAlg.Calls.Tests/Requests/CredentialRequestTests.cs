using SipAlg.Calls.Tests.Calls;
using SipAlg.Protocol.Sip;
using SipAlg.Testing.Phones;

namespace SipAlg.Calls.Tests.Requests;

/// <summary>Requests outside a dialog, and subscriptions, with a peer that challenges.</summary>
public sealed class CredentialRequestTests : CredentialTest
{
    private void End()
    {
        Alice.ExpectNothing();
        Bob.ExpectNothing();
        Scene.End();
        Assert.Equal(0, Scene.Calls.ClientRequests.Count);
    }

    [Theory]
    [InlineData("MESSAGE")]
    [InlineData("PUBLISH")]
    public void A_request_outside_a_dialog_is_repeated(string method)
    {
        var a = Alice.Dialog();
        a.Request(method, method == "PUBLISH" ? "Event: presence\r\n" : "", "Hello", "text/plain");
        var first = Bob.ExpectRequest(method);
        Answer(first, 401, Challenge("n1"));
        var again = Bob.ExpectRequest(method);
        Assert.Equal(("n1/1", "2 " + method, "Hello"), (Answers(again), Sequence(again), again.BodyText()));
        Assert.Equal(first.Header(HeaderId.CallId), again.Header(HeaderId.CallId));
        Alice.ExpectNothing();
        Answer(again, 200);
        a.Expect(200);
        End();
    }

    [Fact]
    public void A_second_refusal_is_the_failure()
    {
        var a = Alice.Dialog();
        a.Request("MESSAGE", "", "Hello", "text/plain");
        Answer(Bob.ExpectRequest("MESSAGE"), 407, ProxyChallenge("n1"));
        Answer(Bob.ExpectRequest("MESSAGE"), 407, ProxyChallenge("n1"));
        a.Expect(500);
        End();
    }

    [Fact]
    public void A_subscription_its_refresh_and_its_end_are_repeated()
    {
        var a = Alice.Subscribe();
        Bob.Send(ScriptedPhone.Answer(Bob.ExpectRequest("SUBSCRIBE"), 401, "No", "tag" + Bob.Secret, Challenge("n1"), "", ""));
        var b = Bob.ExpectSubscription();
        Assert.Equal(("n1/1", "2 SUBSCRIBE"), (Answers(b.Asked), Sequence(b.Asked)));
        Alice.ExpectNothing();
        b.Grant(Bob);
        a.ExpectSubscribed();
        b.Notify(Bob);
        a.ExpectNotify();
        Bob.ExpectResponse(200);

        foreach (var (expires, nonce) in new[] { (600, "n2"), (0, "n3") })
        {
            a.Refresh(Alice, expires);
            b.AnswerTo(b.ExpectRequest("SUBSCRIBE"), 401, headers: Challenge(nonce));
            var again = b.ExpectRequest("SUBSCRIBE");
            Assert.Equal(nonce + "/1", Answers(again));
            b.Grant(Bob, expires, again);
            a.Expect(200);
        }

        b.Notify(Bob, "terminated;reason=timeout");
        a.ExpectNotify();
        Bob.ExpectResponse(200);
        End();
    }

    [Fact]
    public void A_NOTIFY_to_who_challenges_is_repeated()
    {
        var b = Bob.Subscribe("alice");
        var a = Alice.ExpectSubscription();
        a.Grant(Alice);
        b.ExpectSubscribed();
        a.Notify(Alice);
        b.AnswerTo(b.ExpectRequest("NOTIFY"), 401, headers: Challenge("n1"));
        Alice.ExpectNothing();
        Assert.Equal("n1/1", Answers(b.ExpectNotify()));
        Alice.ExpectResponse(200);
        a.Notify(Alice, "terminated;reason=timeout");
        Assert.Equal("n1/2", Answers(b.ExpectNotify()));
        Alice.ExpectResponse(200);
        End();
    }

    /// <summary>NOTIFY names a REFER by its CSeq (RFC 3515 §2.4.6).</summary>
    [Fact]
    public void A_repeated_REFER_is_reported_on_by_its_last_number()
    {
        var a = Alice.Dialog();
        a.Sequence = 40;
        a.Request("REFER", $"Contact: <{Alice.Contact}>\r\nRefer-To: <sip:carol@{Alice.Host}>\r\n");
        Answer(Bob.ExpectRequest("REFER"), 401, Challenge("n1"));
        var b = Bob.ExpectSubscription("REFER");
        Assert.Equal("42 REFER", Sequence(b.Asked));
        b.AnswerTo(b.Asked, 202, headers: $"Contact: <{Bob.Contact}>\r\n");
        a.ExpectSubscribed(202);
        b.Notify(Bob, "terminated;reason=noresource", "SIP/2.0 200 OK", "message/sipfrag", "refer;id=42");
        Assert.Equal("refer;id=41", a.ExpectNotify().Header(HeaderId.Event));
        Bob.ExpectResponse(200);
        End();
    }

    private void Answer(Testing.Lanes.SentMessage request, int status, string headers = "") =>
        Bob.Send(ScriptedPhone.Answer(request, status, "Phrase", "tag" + Bob.Secret, headers, "", ""));
}
