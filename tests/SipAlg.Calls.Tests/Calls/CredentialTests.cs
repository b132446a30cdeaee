using SipAlg.Calls.Calls;
using SipAlg.Protocol.Sip;

namespace SipAlg.Calls.Tests.Calls;

/// <summary>The INVITE that begins a call is challenged; the caller never hears of it.</summary>
public sealed class CredentialTests : CredentialTest
{
    [Theory]
    [InlineData(401)]
    [InlineData(407)]
    public void The_same_INVITE_comes_again_with_credentials(int status)
    {
        var a = Alice.Call(headers: "Session-Expires: 1800\r\nSupported: timer\r\nX-Kept: yes\r\n");
        var b = Bob.ExpectCall();
        var first = b.Asked;
        b.Answer(100);
        Assert.Equal("", Answers(first));
        b = Challenged(b, status == 401 ? Challenge("n1", ", opaque=\"o\"") : ProxyChallenge("n1"), status);
        var again = b.Asked;
        Alice.ExpectNothing();

        Assert.Equal("n1/1", Answers(again));
        Assert.Equal(status == 401, again.Header(HeaderId.Authorization) is not null);
        Assert.Equal(("1 INVITE", "2 INVITE"), (Sequence(first), Sequence(again)));
        Assert.Equal(Fixed(first.Text), Fixed(again.Text));
        Assert.NotEqual(first.Header(HeaderId.Via), again.Header(HeaderId.Via));

        b.Answer(180);
        a.Expect(180);
        Assert.Equal(CredentialLines(again), CredentialLines(b.Accept()));
        a.ExpectAnswered();
        EndNormally(a, b);
    }

    [Fact]
    public void A_proxy_and_the_carrier_behind_it_are_both_answered()
    {
        var a = Alice.Call();
        var b = Challenged(Bob.ExpectCall(), ProxyChallenge("p1"), 407);
        b = Challenged(b, Challenge("n1"));
        Assert.Equal("p1/2 n1/1", Answers(b.Asked));
        Assert.Equal("3 INVITE", Sequence(b.Asked));
        b.Accept();
        a.ExpectAnswered();
        EndNormally(a, b);
    }

    [Fact]
    public void Two_proxies_that_challenge_at_once_are_both_answered()
    {
        var a = Alice.Call();
        var b = Challenged(Bob.ExpectCall(), ProxyChallenge("p1") + ProxyChallenge("p2", "other"), 407);
        Assert.Equal("p1/1 p2/1", Answers(b.Asked));
        b.Accept();
        a.ExpectAnswered();
        EndNormally(a, b);
    }

    [Theory]
    [InlineData("n1")]
    [InlineData("n2")]
    public void A_second_refusal_is_the_failure(string nonce)
    {
        var a = Alice.Call();
        var b = Challenged(Bob.ExpectCall(), Challenge("n1"));
        b.Answer(401, headers: Challenge(nonce));
        b.ExpectRequest("ACK");
        var refused = a.Expect(500);
        Assert.DoesNotContain("Authenticate", refused.Text, StringComparison.Ordinal);
        Bob.ExpectNothing();
        Scene.End();
    }

    [Theory]
    [InlineData("WWW-Authenticate: Basic realm=\"a\"\r\n")]
    [InlineData("")]
    public void What_cannot_be_answered_is_the_failure(string challenge)
    {
        var a = Alice.Call();
        var b = Bob.ExpectCall();
        b.Answer(401, headers: challenge);
        b.ExpectRequest("ACK");
        a.Expect(500);
        Scene.End();
    }

    [Fact]
    public void A_stale_nonce_is_replaced()
    {
        var a = Alice.Call();
        var b = Challenged(Bob.ExpectCall(), Challenge("n1"));
        b = Challenged(b, Challenge("n2", ", stale=true"));
        Assert.Equal("n2/1", Answers(b.Asked));
        b.Accept();
        a.ExpectAnswered();
        EndNormally(a, b);
    }

    [Fact]
    public void The_next_call_needs_no_challenge()
    {
        var (a, b) = Admitted();
        HangUp(a, b);
        a = Alice.Call();
        b = Bob.ExpectCall();
        Assert.Equal("n1/3", Answers(b.Asked));
        Assert.Equal(CredentialLines(b.Asked), CredentialLines(b.Accept()));
        a.ExpectAnswered();
        HangUp(a, b);
        Scene.End();
    }

    [Fact]
    public void The_nonce_that_a_2xx_names_is_the_next()
    {
        var (a, b) = Admitted(ok: "Authentication-Info: nextnonce=\"n9\"\r\n");
        a.Bye();
        a.Expect(200);
        Assert.Equal("n9/1", Answers(b.ExpectBye()));
        Scene.End();
    }

    [Fact]
    public void Other_peers_get_no_credentials()
    {
        var (a, b) = Admitted();
        HangUp(a, b);
        b = Bob.Call("alice");
        a = Alice.ExpectCall();
        Assert.Equal("", Answers(a.Asked));
        a.Answer(401, headers: Challenge("n7"));
        a.ExpectRequest("ACK");
        b.Expect(500);
        Alice.ExpectNothing();
        Scene.End();
    }

    [Fact]
    public void A_challenge_that_comes_again_gets_its_ACK_and_nothing_else()
    {
        var a = Alice.Call();
        var first = Bob.ExpectCall();
        var b = Challenged(first, Challenge("n1"));
        first.Answer(401, headers: Challenge("n1"));
        Assert.Equal("1 ACK", Sequence(Bob.ExpectRequest("ACK")));
        Bob.ExpectNothing();
        b.Accept();
        a.ExpectAnswered();
        EndNormally(a, b);
    }

    [Fact]
    public void The_repeated_INVITE_is_cancelled_as_soon_as_it_may_be()
    {
        var a = Alice.Call();
        var b = Challenged(Bob.ExpectCall(), Challenge("n1"));
        a.Cancel();
        Alice.ExpectResponse(200);
        a.Expect(487);
        Bob.ExpectNothing();
        b.Answer(180);
        Assert.Equal("2 CANCEL", Sequence(b.ExpectRequest("CANCEL")));
        b.Answer(487);
        b.ExpectRequest("ACK");
        Scene.End(CallCause.CallerCancelled, CallOutcome.Cancelled, 487);
    }

    [Fact]
    public void A_challenge_to_a_cancelled_INVITE_is_not_answered()
    {
        var (a, b) = Ringless();
        a.Cancel();
        Alice.ExpectResponse(200);
        a.Expect(487);
        b.ExpectRequest("CANCEL");
        b.Answer(401, headers: Challenge("n1"));
        b.ExpectRequest("ACK");
        Bob.ExpectNothing();
        Scene.End(CallCause.CallerCancelled, CallOutcome.Cancelled, 487);
    }

    [Fact]
    public void An_answer_that_crosses_the_CANCEL_is_ended_with_credentials()
    {
        var a = Alice.Call();
        var b = Challenged(Bob.ExpectCall(), Challenge("n1"));
        a.Cancel();
        Alice.ExpectResponse(200);
        a.Expect(487);
        b.Answer(200, Bob.Sdp());
        b.ExpectRequest("ACK");
        var bye = b.ExpectRequest("BYE");
        Assert.Equal("n1/2", Answers(bye));
        b.AnswerTo(bye, 401, headers: Challenge("n2"));
        bye = b.ExpectBye();
        Assert.Equal(("n2/1", "4 BYE"), (Answers(bye), Sequence(bye)));
        Scene.End();
    }

    [Fact]
    public void The_others_of_a_ring_go_on_ringing()
    {
        var a = Alice.Call("all");
        var (b, c) = (Bob.ExpectCall(), Scene.Carol.ExpectCall());
        c.Answer(180);
        a.Expect(180);
        b = Challenged(b, Challenge("n1"));
        Alice.ExpectNothing();
        Scene.Carol.ExpectNothing();
        b.Answer(180);
        a.Another().Expect(180);
        b.Accept();
        a.ExpectAnswered();
        c.ExpectCancel();
        EndNormally(a, b);
    }

    [Fact]
    public void Time_to_answer_runs_from_the_first()
    {
        var a = Alice.Call();
        var b = Bob.ExpectCall();
        b.Answer(100);
        Scene.Advance(100_000);
        b = Challenged(b, Challenge("n1"));
        b.Answer(180);
        a.Expect(180);
        Scene.Advance(80_000);
        b.ExpectCancel();
        a.Expect(480);
        Scene.End();
    }

    private (Testing.Phones.PhoneDialog A, Testing.Phones.PhoneDialog B) Ringless()
    {
        var a = Alice.Call();
        var b = Bob.ExpectCall();
        b.Answer(100);
        return (a, b);
    }

    /// <summary>What is to stay: all but Via, CSeq and credentials, whatever the order.</summary>
    private static string[] Fixed(string text) =>
        [.. text.Split("\r\n").Where(line => !line.StartsWith("Via:", StringComparison.Ordinal) && !line.StartsWith("CSeq:", StringComparison.Ordinal) &&
            !line.Contains("uthorization:", StringComparison.Ordinal)).Order(StringComparer.Ordinal)];
}
