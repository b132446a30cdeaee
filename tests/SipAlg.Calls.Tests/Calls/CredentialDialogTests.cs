using SipAlg.Calls.Calls;
using SipAlg.Calls.Model;
using SipAlg.Protocol.Sip;
using SipAlg.Testing.Calls;

namespace SipAlg.Calls.Tests.Calls;

/// <summary>Requests in a dialog with a peer that challenges.</summary>
public sealed class CredentialDialogTests : CredentialTest
{
    private const string Update = "Allow: INVITE, ACK, CANCEL, BYE, UPDATE, PRACK\r\n";

    protected override SceneOptions Options => base.Options with
    {
        Peer = peer => base.Options.Peer(peer) with { Transfer = TransferMode.Pass },
        Calls = new CallSettings(TimeSpan.FromMinutes(3), null, TimeSpan.Zero) { SessionExpires = TimeSpan.FromSeconds(600) },
    };

    [Theory]
    [InlineData("INFO")]
    [InlineData("UPDATE")]
    [InlineData("MESSAGE")]
    [InlineData("REFER")]
    [InlineData("NOTIFY")]
    [InlineData("MADEUP")]
    public void What_crosses_has_credentials_and_is_repeated_when_challenged(string method)
    {
        var (a, b) = Admitted(headers: Update, ok: Update);
        a.Request(method, method == "REFER" ? $"Refer-To: <sip:x@{Alice.Host}>\r\n" : method == "NOTIFY" ? "Event: x\r\nSubscription-State: active\r\n" : "X-Kept: yes\r\n");
        var first = b.ExpectRequest(method);
        Assert.Equal("n1/2", Answers(first));
        b.AnswerTo(first, 401, headers: Challenge("n2"));
        Alice.ExpectNothing();
        var again = b.ExpectRequest(method);
        Assert.Equal(("n2/1", first.Parse().CSeq + 1), (Answers(again), again.Parse().CSeq));
        Assert.Equal(first.Text.Contains("X-Kept: yes\r\n", StringComparison.Ordinal), again.Text.Contains("X-Kept: yes\r\n", StringComparison.Ordinal));
        b.AnswerTo(again, 200);
        Alice.ExpectResponse(200);
        EndNormally(a, b);
    }

    [Fact]
    public void A_second_refusal_of_what_crosses_is_told()
    {
        var (a, b) = Admitted();
        a.Request("INFO");
        b.AnswerTo(b.ExpectRequest("INFO"), 401, headers: Challenge("n2"));
        b.AnswerTo(b.ExpectRequest("INFO"), 401, headers: Challenge("n3"));
        Assert.DoesNotContain("Authenticate", Alice.ExpectResponse(500).Text, StringComparison.Ordinal);
        EndNormally(a, b);
    }

    [Fact]
    public void A_re_INVITE_is_repeated_and_its_ACK_has_the_credentials()
    {
        var (a, b) = Admitted();
        a.Invite(Alice.Sdp(version: 2));
        var first = b.ExpectRequest("INVITE");
        Assert.Equal("n1/2", Answers(first));
        b.Answer(407, headers: ProxyChallenge("p1"));
        b.ExpectRequest("ACK");
        var again = b.ExpectRequest("INVITE");
        Assert.Equal(("n1/3 p1/1", first.Parse().CSeq + 1), (Answers(again), again.Parse().CSeq));
        Alice.ExpectNothing();
        Assert.Equal(CredentialLines(again), CredentialLines(b.Accept()));
        a.ExpectAnswered();
        EndNormally(a, b);
    }

    [Fact]
    public void A_repeated_2xx_gets_the_same_credentials_in_its_ACK()
    {
        var (a, b) = Admitted();
        b.Answer(200, Bob.Sdp());
        Assert.Equal(CredentialLines(b.Asked), CredentialLines(b.ExpectRequest("ACK")));
        EndNormally(a, b);
    }

    [Fact]
    public void A_challenged_re_INVITE_that_was_cancelled_is_not_repeated()
    {
        var (a, b) = Admitted();
        a.Invite(Alice.Sdp(version: 2));
        b.ExpectRequest("INVITE");
        b.Answer(100);
        a.Cancel();
        Alice.ExpectResponse(200);
        b.AnswerTo(b.ExpectRequest("CANCEL"), 200);
        b.Answer(401, headers: Challenge("n2"));
        b.ExpectRequest("ACK");
        a.Expect(500);
        EndNormally(a, b);
    }

    [Fact]
    public void A_BYE_is_repeated()
    {
        var (a, b) = Admitted();
        a.Bye("Reason: Q.850;cause=16\r\n");
        a.Expect(200);
        var first = b.ExpectRequest("BYE");
        Assert.Equal("n1/2", Answers(first));
        b.AnswerTo(first, 401, headers: Challenge("n2"));
        var again = b.ExpectBye();
        Assert.Equal(("n2/1", first.Parse().CSeq + 1), (Answers(again), again.Parse().CSeq));
        Assert.Contains("Reason: Q.850;cause=16\r\n", again.Text, StringComparison.Ordinal);
        Scene.End(CallCause.CallerHungUp, CallOutcome.Answered, 200);
    }

    [Fact]
    public void A_BYE_that_is_refused_for_good_ends_the_call_all_the_same()
    {
        var (a, b) = Admitted();
        a.Bye();
        a.Expect(200);
        b.AnswerTo(b.ExpectRequest("BYE"), 401, headers: Challenge("n2"));
        b.AnswerTo(b.ExpectRequest("BYE"), 401, headers: Challenge("n3"));
        Bob.ExpectNothing();
        Scene.End(CallCause.CallerHungUp, CallOutcome.Answered, 200);
    }

    [Fact]
    public void A_PRACK_is_repeated()
    {
        var a = Alice.Call(headers: "Supported: 100rel\r\n");
        var b = Challenged(Bob.ExpectCall(), Challenge("n1"));
        b.AnswerReliably(183, 1, Bob.Sdp());
        a.Prack(a.Expect(183));
        var first = b.ExpectRequest("PRACK");
        Assert.Equal(("n1/2", "1 2 INVITE"), (Answers(first), first.Header(HeaderId.RAck)));
        b.AnswerTo(first, 401, headers: Challenge("n2"));
        var again = b.ExpectRequest("PRACK");
        Assert.Equal(("n2/1", "1 2 INVITE"), (Answers(again), again.Header(HeaderId.RAck)));
        b.AnswerTo(again, 200);
        Alice.ExpectResponse(200);
        b.Answer(200);
        b.ExpectRequest("ACK");
        a.ExpectAnswered();
        EndNormally(a, b);
    }

    [Theory]
    [InlineData("UPDATE")]
    [InlineData("INVITE")]
    public void A_refresh_of_the_session_is_repeated(string method)
    {
        var (a, b) = Admitted(headers: Update, ok: method == "UPDATE" ? Update : "");
        Scene.Advance(300_000);
        a.AnswerTo(a.ExpectRequest("UPDATE"), 200);
        var first = b.ExpectRequest(method);
        Assert.Equal("n1/2", Answers(first));
        b.AnswerTo(first, 401, headers: Challenge("n2"));
        if (method == "INVITE")
        {
            b.ExpectRequest("ACK");
        }

        var again = b.ExpectRequest(method);
        Assert.Equal(("n2/1", first.Parse().CSeq + 1), (Answers(again), again.Parse().CSeq));
        Assert.Equal(first.Header(HeaderId.SessionExpires), again.Header(HeaderId.SessionExpires));
        if (method == "INVITE")
        {
            Assert.Equal(CredentialLines(again), CredentialLines(b.Accept()));
        }
        else
        {
            b.AnswerTo(again, 200);
        }

        EndNormally(a, b);
    }

    [Fact]
    public void A_422_after_a_challenge_is_met_too()
    {
        var a = Alice.Call();
        var b = Challenged(Bob.ExpectCall(), Challenge("n1"));
        b.Answer(422, headers: "Min-SE: 900\r\n");
        b.ExpectRequest("ACK");
        b = Bob.ExpectCall();
        Assert.Equal(("n1/2", "3 INVITE", "900"), (Answers(b.Asked), Sequence(b.Asked), b.Asked.Header(HeaderId.MinSe)));
        b.Accept();
        a.ExpectAnswered();
        EndNormally(a, b);
    }

    [Fact]
    public void A_caller_that_challenges_is_answered()
    {
        var b = Bob.Call("alice");
        var a = Alice.ExpectCall();
        a.Accept();
        b.ExpectAnswered();
        a.Bye();
        a.Expect(200);
        b.AnswerTo(b.ExpectRequest("BYE"), 401, headers: Challenge("n1"));
        Assert.Equal("n1/1", Answers(b.ExpectBye()));
        Scene.End(CallCause.CalleeHungUp, CallOutcome.Answered, 200);
    }

    /// <summary>NOTIFY names a REFER by its CSeq (RFC 3515 §2.4.6).</summary>
    [Fact]
    public void A_repeated_REFER_is_reported_on_by_its_last_number()
    {
        var (a, b) = Admitted();
        a.Request("REFER", $"Refer-To: <sip:x@{Alice.Host}>\r\n");
        var sent = a.Sequence;
        b.AnswerTo(b.ExpectRequest("REFER"), 401, headers: Challenge("n2"));
        var refer = b.ExpectRequest("REFER");
        b.AnswerTo(refer, 202);
        Alice.ExpectResponse(202);
        b.Request("NOTIFY", $"Event: refer;id={refer.Parse().CSeq}\r\nSubscription-State: terminated\r\n", "SIP/2.0 200 OK\r\n", "message/sipfrag");
        var notify = a.ExpectRequest("NOTIFY");
        Assert.Equal($"refer;id={sent}", notify.Header(HeaderId.Event));
        a.AnswerTo(notify, 200);
        Bob.ExpectResponse(200);
        EndNormally(a, b);
    }
}
