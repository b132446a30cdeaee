using System.Text;
using System.Text.RegularExpressions;
using FsCheck;
using FsCheck.Fluent;
using SipAlg.Calls.Authentication;
using SipAlg.Calls.Model;
using SipAlg.Protocol.Digest;
using SipAlg.Protocol.Sip;
using SipAlg.Testing.Hostile;
using static SipAlg.Calls.Tests.Authentication.AuthenticationBench;

namespace SipAlg.Calls.Tests.Authentication;

/// <summary>Our requests towards who challenges them.</summary>
public sealed class DigestClientTests
{
    private readonly DigestClient _client = new([new PeerCredentials("alice", null, Password)], Secrets(3));

    [Theory]
    [InlineData(DigestAlgorithm.Md5)]
    [InlineData(DigestAlgorithm.Sha256)]
    public void A_challenge_is_answered_and_later_requests_are_not_challenged(DigestAlgorithm algorithm)
    {
        var server = new AuthenticationBench(algorithms: algorithm);
        var attempt = default(ClientAttempt);
        Assert.Equal("", Write(ref attempt));
        Assert.Equal(ChallengeOutcome.Retry, _client.Take(Response(401, server.Challenge()), ref attempt));
        Assert.Equal(AuthenticationOutcome.Accepted, server.Outcome(Write(ref attempt)));

        for (var count = 2; count < 20; count++)
        {
            attempt = default;
            var fields = Write(ref attempt);
            Assert.Contains($", nc={count:x8}", fields, StringComparison.Ordinal);
            Assert.Equal(AuthenticationOutcome.Accepted, server.Outcome(fields));
        }
    }

    [Fact]
    public void A_wrong_password_is_given_up_after_one_answer()
    {
        var server = new AuthenticationBench();
        var client = new DigestClient([new PeerCredentials("alice", Domain, "wrong")], Secrets(3));
        var attempt = default(ClientAttempt);
        Assert.Equal(ChallengeOutcome.Retry, client.Take(Response(401, server.Challenge()), ref attempt));
        Assert.Equal(AuthenticationOutcome.Wrong, server.Outcome(Write(ref attempt, client: client)));
        Assert.Equal(ChallengeOutcome.Refused, client.Take(Response(401, server.Challenge()), ref attempt));

        attempt = default;
        Assert.Equal("", Write(ref attempt, client: client));
    }

    [Fact]
    public void A_server_that_forgot_its_nonces_says_stale_and_is_answered_again()
    {
        var server = new AuthenticationBench();
        var attempt = Known(server);
        server.Server = new Authenticator(1, Secrets(9));

        attempt = default;
        var refused = server.Check(Request(Write(ref attempt)));
        Assert.True(refused.IsStale);
        Assert.Equal(ChallengeOutcome.Retry, _client.Take(Response(401, server.Challenge(refused.IsStale)), ref attempt));
        Assert.Equal(AuthenticationOutcome.Accepted, server.Outcome(Write(ref attempt)));
    }

    [Fact]
    public void A_server_that_never_says_stale_gets_another_answer_once()
    {
        var attempt = default(ClientAttempt);
        Assert.Equal(ChallengeOutcome.Retry, Take("nonce=\"1\"", ref attempt));
        Write(ref attempt);

        attempt = default;
        Write(ref attempt);
        Assert.Equal(ChallengeOutcome.Retry, Take("nonce=\"2\"", ref attempt));
        Assert.Contains("nonce=\"2\"", Write(ref attempt), StringComparison.Ordinal);
        Assert.Equal(ChallengeOutcome.Refused, Take("nonce=\"3\"", ref attempt));
    }

    [Fact]
    public void The_same_nonce_again_without_stale_is_a_refusal()
    {
        var attempt = default(ClientAttempt);
        Take("nonce=\"1\"", ref attempt);
        Write(ref attempt);

        attempt = default;
        Write(ref attempt);
        Assert.Equal(ChallengeOutcome.Refused, Take("nonce=\"1\"", ref attempt));
    }

    /// <summary>Servers whose nonces are made of the time give the same to two calls in one second.</summary>
    [Fact]
    public void Two_requests_that_get_the_same_nonce_both_go_on_with_counts_of_their_own()
    {
        var (one, two) = (default(ClientAttempt), default(ClientAttempt));
        Write(ref one);
        Write(ref two);
        Assert.Equal(ChallengeOutcome.Retry, Take("nonce=\"1\"", ref one));
        var first = Write(ref one);
        Assert.Equal(ChallengeOutcome.Retry, Take("nonce=\"1\"", ref two));
        var second = Write(ref two);

        Assert.Equal((1u, 2u), (Count(first), Count(second)));
        Assert.Equal(ChallengeOutcome.Refused, Take("nonce=\"1\"", ref one));
    }

    [Fact]
    public void A_server_that_says_stale_for_ever_is_given_up()
    {
        var attempt = default(ClientAttempt);
        var rounds = 0;
        while (Take($"nonce=\"{rounds}\", stale=true", ref attempt) == ChallengeOutcome.Retry)
        {
            Write(ref attempt);
            Assert.InRange(++rounds, 1, ClientAttempt.MaxRounds);
        }

        Assert.Equal(ClientAttempt.MaxRounds, rounds);
    }

    [Fact]
    public void Two_proxies_and_a_server_are_answered_in_one_request()
    {
        var client = new DigestClient([new PeerCredentials("a", "one", "1"), new PeerCredentials("b", "two", "2"), new PeerCredentials("c", null, "3")], Secrets(3));
        var attempt = default(ClientAttempt);
        Assert.Equal(ChallengeOutcome.Retry, client.Take(Response(407, "Proxy-Authenticate: Digest realm=\"one\", nonce=\"n1\", qop=\"auth\", Digest realm=\"two\", nonce=\"n2\"\r\n"), ref attempt));
        Write(ref attempt, client: client);
        Assert.Equal(ChallengeOutcome.Retry, client.Take(Response(401, "WWW-Authenticate: Digest realm=\"three\", nonce=\"n3\", qop=\"auth\"\r\n"), ref attempt));

        var lines = Write(ref attempt, client: client).Split("\r\n", StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(3, lines.Length);
        Assert.Contains(lines, line => line.StartsWith("Proxy-Authorization: Digest username=\"a\", realm=\"one\", nonce=\"n1\"", StringComparison.Ordinal) && line.EndsWith("nc=00000002", StringComparison.Ordinal));
        Assert.Contains(lines, line => line.StartsWith("Proxy-Authorization: Digest username=\"b\", realm=\"two\", nonce=\"n2\"", StringComparison.Ordinal));
        Assert.Contains(lines, line => line.StartsWith("Authorization: Digest username=\"c\", realm=\"three\", nonce=\"n3\"", StringComparison.Ordinal));
    }

    [Fact]
    public void The_same_realm_at_a_proxy_and_at_the_server_are_two()
    {
        var attempt = default(ClientAttempt);
        _client.Take(Response(407, "Proxy-Authenticate: Digest realm=\"a\", nonce=\"n1\", qop=\"auth\"\r\n"), ref attempt);
        Write(ref attempt);
        Assert.Equal(ChallengeOutcome.Retry, _client.Take(Response(401, "WWW-Authenticate: Digest realm=\"a\", nonce=\"n2\", qop=\"auth\"\r\n"), ref attempt));
        Assert.Equal(2, Write(ref attempt).Split("\r\n", StringSplitOptions.RemoveEmptyEntries).Length);
    }

    [Fact]
    public void More_realms_than_can_be_kept_take_the_place_of_the_oldest()
    {
        for (var n = 0; n < 10; n++)
        {
            var attempt = default(ClientAttempt);
            Assert.Equal(ChallengeOutcome.Retry, Take($"nonce=\"{n}\"", ref attempt, realm: $"r{n}"));
            Assert.Contains($"realm=\"r{n}\"", Write(ref attempt), StringComparison.Ordinal);
        }

        var last = default(ClientAttempt);
        Assert.Equal(["r6", "r7", "r8", "r9"], Regex.Matches(Write(ref last), "realm=\"(r\\d)\"").Select(match => match.Groups[1].Value).Order(StringComparer.Ordinal));
        var many = string.Concat(Enumerable.Range(0, 6).Select(n => $"WWW-Authenticate: Digest realm=\"m{n}\", nonce=\"n\"\r\n"));
        Assert.Equal(ChallengeOutcome.Retry, _client.Take(Response(401, many), ref last));
        Assert.Equal(["m0", "m1", "m2", "m3"], Regex.Matches(Write(ref last), "realm=\"(m\\d)\"").Select(match => match.Groups[1].Value).Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData("MD5", "SHA-256", "SHA-256")]
    [InlineData("SHA-256", "MD5", "SHA-256")]
    [InlineData("MD5-sess", "MD5", "MD5-sess")]
    [InlineData("SHA-512-256", "MD5", "MD5")]
    [InlineData("AKAv1-MD5", "SHA-256-sess", "SHA-256-sess")]
    public void The_strongest_algorithm_is_chosen(string first, string second, string chosen)
    {
        var attempt = default(ClientAttempt);
        var fields = $"WWW-Authenticate: Digest realm=\"a\", nonce=\"n\", qop=\"auth\", algorithm={first}\r\nWWW-Authenticate: Basic realm=\"a\"\r\nWWW-Authenticate: Digest realm=\"a\", nonce=\"n\", qop=\"auth\", algorithm={second}\r\n";
        Assert.Equal(ChallengeOutcome.Retry, _client.Take(Response(401, fields), ref attempt));

        var answer = Write(ref attempt);
        Assert.Contains($", algorithm={chosen},", answer, StringComparison.Ordinal);
        Assert.True(IsRight(answer, "a"));
    }

    [Theory]
    [InlineData("")]
    [InlineData("WWW-Authenticate: Basic realm=\"a\"\r\n")]
    [InlineData("WWW-Authenticate: Digest realm=\"a\", nonce=\"n\", algorithm=SHA-512-256\r\n")]
    [InlineData("WWW-Authenticate: Digest realm=\"a\", nonce=\"n\", qop=\"auth-int\"\r\n")]
    [InlineData("WWW-Authenticate: Digest realm=\"a\"\r\n")]
    [InlineData("WWW-Authenticate: Digest realm=\"a\", nonce=\"\"\r\n")]
    [InlineData("WWW-Authenticate: Digest realm=\"b\", nonce=\"n\"\r\n")]
    public void What_cannot_be_answered_is_final(string fields)
    {
        var client = new DigestClient([new PeerCredentials("alice", "a", Password)], Secrets(3));
        var attempt = default(ClientAttempt);
        Assert.Equal(ChallengeOutcome.NotAnswerable, client.Take(Response(401, fields), ref attempt));
        Assert.Equal("", Write(ref attempt, client: client));
    }

    [Fact]
    public void Texts_that_are_too_long_are_not_kept()
    {
        var attempt = default(ClientAttempt);
        Assert.Equal(ChallengeOutcome.NotAnswerable, Take($"nonce=\"{new string('n', 2000)}\"", ref attempt));
        Assert.Equal(ChallengeOutcome.NotAnswerable, Take($"nonce=\"n\", opaque=\"{new string('n', 2000)}\"", ref attempt));
        Assert.Equal(ChallengeOutcome.NotAnswerable, Take("nonce=\"n\"", ref attempt, realm: new string('n', 2000)));
    }

    [Fact]
    public void Who_knows_no_qop_gets_the_digest_of_RFC_2069()
    {
        var attempt = default(ClientAttempt);
        _client.Take(Response(401, "WWW-Authenticate: Digest realm=\"a\", nonce=\"n\"\r\n"), ref attempt);

        var answer = Write(ref attempt);
        Assert.True(IsRight(answer, "a"));
        Assert.DoesNotContain("cnonce", answer, StringComparison.Ordinal);
        Assert.DoesNotContain("algorithm", answer, StringComparison.Ordinal);
    }

    [Fact]
    public void Realm_nonce_and_opaque_go_back_as_they_came()
    {
        var attempt = default(ClientAttempt);
        _client.Take(Response(407, "Proxy-Authenticate: Digest realm=\"a \\\"b\\\"\", nonce=\"n\\\\\", opaque=\"o\\\"\", qop=\"auth,auth-int\", algorithm=\"MD5\"\r\n"), ref attempt);

        var answer = Write(ref attempt, "BYE", "sip:bob@192.0.2.1:5060;transport=udp");
        Assert.StartsWith("Proxy-Authorization: Digest username=\"alice\", realm=\"a \\\"b\\\"\", nonce=\"n\\\\\", uri=\"sip:bob@192.0.2.1:5060;transport=udp\", ", answer, StringComparison.Ordinal);
        Assert.Contains(", opaque=\"o\\\"\"", answer, StringComparison.Ordinal);
        Assert.True(IsRight(answer, "a \"b\"", "BYE"));
    }

    [Theory]
    [InlineData("MD5")]
    [InlineData("SHA-256-sess")]
    public void The_next_nonce_is_taken_from_a_response(string algorithm)
    {
        var attempt = default(ClientAttempt);
        _client.Take(Response(401, $"WWW-Authenticate: Digest realm=\"a\", nonce=\"n\", qop=\"auth\", algorithm={algorithm}\r\n"), ref attempt);
        Write(ref attempt);
        _client.Learn(Response(200, "Authentication-Info: qop=auth, nextnonce=\"m\"\r\n"));

        attempt = default;
        var answer = Write(ref attempt);
        Assert.Contains("nonce=\"m\"", answer, StringComparison.Ordinal);
        Assert.Equal(1u, Count(answer));
        Assert.True(IsRight(answer, "a"));
    }

    [Fact]
    public void A_next_nonce_that_may_be_anybodys_is_left()
    {
        var attempt = default(ClientAttempt);
        _client.Take(Response(401, "WWW-Authenticate: Digest realm=\"a\", nonce=\"n\", Digest realm=\"b\", nonce=\"n\"\r\n"), ref attempt);
        _client.Learn(Response(200, "Authentication-Info: nextnonce=\"m\"\r\n"));
        Assert.DoesNotContain("nonce=\"m\"", Write(ref attempt), StringComparison.Ordinal);
        _client.Learn(Response(200, "Authentication-Info: nextnonce\r\n"));
        _client.Learn(Response(200, ""));
    }

    [Fact]
    public void Passwords_are_not_printed()
    {
        var credentials = new PeerCredentials("4711", "carrier.example", "hunter2");
        var peer = new Peer { Index = 0, Name = "p", Realm = 0, Credentials = [credentials] };
        Assert.All([credentials.ToString(), peer.ToString(), DigestSecrets.OfPassword("a", "b", "hunter2").ToString()], text => Assert.DoesNotContain("hunter2", text, StringComparison.Ordinal));
        Assert.Equal("(hidden)", DigestSecrets.OfHashes(new string('a', 32), null).ToString());
    }

    [Fact]
    public void Damaged_challenges_are_answered_or_left() => Prop.ForAll(Arb.From(Gen.Choose(0, int.MaxValue)), seed =>
    {
        var octets = new Mutator(seed).Damage(Response(401,
            "WWW-Authenticate: Digest realm=\"a\", nonce=\"n\\\"\", opaque=\"o\", qop=\"auth\", algorithm=SHA-256-sess\r\nProxy-Authenticate: Digest realm=b,nonce=c,stale=true, Basic realm=c\r\n").Octets);
        var message = new SipMessage();
        if (SipParser.Parse(message, octets, 0, octets.Length, isStream: false) != MessageFault.None)
        {
            return true;
        }

        var client = new DigestClient([new PeerCredentials("alice", null, Password)], Secrets(seed));
        var attempt = default(ClientAttempt);
        var outcome = client.Take(message, ref attempt);
        var fields = Write(ref attempt, client: client);

        // Whatever was in them, what is written is header fields that can be read again.
        return (outcome == ChallengeOutcome.Retry) == (fields.Length > 0) && Request(fields).FieldCount == Request("").FieldCount + Regex.Count(fields, "\r\n");
    }).Check(Config.QuickThrowOnFailure.WithMaxTest(3000));

    private ClientAttempt Known(AuthenticationBench server)
    {
        var attempt = default(ClientAttempt);
        _client.Take(Response(401, server.Challenge()), ref attempt);
        Assert.Equal(AuthenticationOutcome.Accepted, server.Outcome(Write(ref attempt)));
        return attempt;
    }

    private ChallengeOutcome Take(string parameters, ref ClientAttempt attempt, string realm = "a") =>
        _client.Take(Response(401, $"WWW-Authenticate: Digest realm=\"{realm}\", {parameters}, qop=\"auth\"\r\n"), ref attempt);

    private string Write(ref ClientAttempt attempt, string method = "REGISTER", string uri = "sip:example.com", DigestClient? client = null)
    {
        var writer = new MessageWriter(new byte[20000]);
        (client ?? _client).Write(ref writer, Encoding.UTF8.GetBytes(method), Encoding.UTF8.GetBytes(uri), ref attempt);
        Assert.False(writer.Overflowed);
        return Encoding.UTF8.GetString(writer.Written);
    }

    private static uint Count(string answer) => Convert.ToUInt32(Regex.Match(answer, "nc=([0-9a-f]{8})").Groups[1].Value, 16);

    /// <summary>Checked with the hashes alone.</summary>
    private static bool IsRight(string answer, string realm, string method = "REGISTER")
    {
        var schemes = new AuthSchemes(Encoding.UTF8.GetBytes(answer[(answer.IndexOf(':', StringComparison.Ordinal) + 1)..].TrimEnd()));
        Assert.True(schemes.MoveNext());
        Assert.True(DigestCredentials.TryParse(schemes.Parameters, out var credentials));
        var secret = DigestSecrets.Hash(credentials.Algorithm, "alice", realm, Password);
        return DigestHash.IsResponse(DigestInput.Of(credentials, Encoding.UTF8.GetBytes(method)), secret, credentials.Response);
    }
}
