using System.Text.RegularExpressions;
using FsCheck;
using FsCheck.Fluent;
using SipAlg.Calls.Authentication;
using SipAlg.Protocol.Addresses;
using SipAlg.Protocol.Digest;
using SipAlg.Testing;
using SipAlg.Testing.Hostile;
using static SipAlg.Calls.Tests.Authentication.AuthenticationBench;

namespace SipAlg.Calls.Tests.Authentication;

public sealed class AuthenticatorTests
{
    private readonly AuthenticationBench _bench = new();

    [Theory]
    [InlineData(DigestAlgorithm.Md5, "alice")]
    [InlineData(DigestAlgorithm.Sha256, "alice")]
    [InlineData(DigestAlgorithm.Md5, "alice@example.com")]
    [InlineData(DigestAlgorithm.Sha256, "alice@example.com")]
    [InlineData(DigestAlgorithm.Md5, "hashed")]
    public void Who_knows_the_password_is_let_in(DigestAlgorithm algorithm, string user)
    {
        var result = _bench.Check(Request(Answer(_bench.Nonce(), user: user, algorithm: algorithm)));

        Assert.True(result.IsAccepted);
        Assert.Equal(user.Split('@')[0], result.User!.Name);
        Assert.Equal(1, _bench.Server.Total(0, AuthenticationOutcome.Accepted));
    }

    [Theory]
    [InlineData("alice", "wrong")]
    [InlineData("Alice", Password)]
    [InlineData("bob", Password)]
    [InlineData("nobody", Password)]
    [InlineData("", Password)]
    [InlineData("alice@other.example", Password)]
    [InlineData("alice@example.com@example.com", Password)]
    [InlineData("hashed@example.com", Password)]
    [InlineData("al\\ice", Password)]
    public void Who_does_not_is_told_no_more_than_that(string user, string password)
    {
        var result = _bench.Check(Request(Answer(_bench.Nonce(), user: user, password: password)));

        Assert.Equal(new AuthenticationResult(AuthenticationOutcome.Wrong), result);
        Assert.Equal((401, false), (result.Status, result.IsStale));
    }

    /// <summary>The unknown user's dummy is never right, whoever knew it.</summary>
    [Fact]
    public void A_hash_that_is_not_there_is_no_empty_one() =>
        Assert.Equal(AuthenticationOutcome.Wrong, _bench.Outcome(Answer(_bench.Nonce(), user: "hashed", algorithm: DigestAlgorithm.Sha256)));

    [Fact]
    public void A_request_without_credentials_gets_a_challenge_for_each_algorithm_the_strongest_first()
    {
        Assert.Equal(AuthenticationOutcome.Missing, _bench.Outcome(""));

        var lines = _bench.Challenge().Split("\r\n", StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(2, lines.Length);
        Assert.Matches("^WWW-Authenticate: Digest realm=\"example.com\", nonce=\"[A-Za-z0-9_-]{32}\", algorithm=SHA-256, qop=\"auth\"$", lines[0]);
        Assert.Equal(lines[0].Replace("SHA-256", "MD5", StringComparison.Ordinal), lines[1]);
        Assert.Matches("^WWW-Authenticate: Digest realm=\"example.com\", nonce=\"[A-Za-z0-9_-]{32}\", algorithm=MD5, stale=true, qop=\"auth\"\r\n$",
            new AuthenticationBench(algorithms: DigestAlgorithm.Md5).Challenge(isStale: true));
    }

    [Fact]
    public void No_two_nonces_are_alike()
    {
        var nonces = Enumerable.Range(0, 1000).Select(_ => _bench.Nonce()).ToArray();
        Assert.Distinct(nonces);
    }

    [Fact]
    public void A_request_that_is_repeated_is_stale()
    {
        var answer = Answer(_bench.Nonce());
        Assert.Equal(AuthenticationOutcome.Accepted, _bench.Outcome(answer));

        var again = _bench.Check(Request(answer));
        Assert.Equal((AuthenticationOutcome.Stale, 401, true), (again.Outcome, again.Status, again.IsStale));
        Assert.Equal(AuthenticationOutcome.Accepted, _bench.Outcome(Answer(_bench.Nonce())));
    }

    [Fact]
    public void A_nonce_is_used_again_with_the_next_count()
    {
        var nonce = _bench.Nonce();
        for (var count = 1u; count < 200; count++)
        {
            Assert.Equal(AuthenticationOutcome.Accepted, _bench.Outcome(Answer(nonce, count)));
        }

        Assert.All([1u, 150u, 199u], count => Assert.Equal(AuthenticationOutcome.Stale, _bench.Outcome(Answer(nonce, count))));
    }

    [Fact]
    public void Counts_may_overtake_one_another_a_little()
    {
        var nonce = _bench.Nonce();
        uint[] counts = [100, 37, 99, 101, 38];
        Assert.All(counts, count => Assert.Equal(AuthenticationOutcome.Accepted, _bench.Outcome(Answer(nonce, count))));
        Assert.All([.. counts, 36u], count => Assert.Equal(AuthenticationOutcome.Stale, _bench.Outcome(Answer(nonce, count))));
    }

    [Fact]
    public void A_wrong_answer_does_not_use_a_nonce_up()
    {
        var nonce = _bench.Nonce();
        Assert.Equal(AuthenticationOutcome.Wrong, _bench.Outcome(Answer(nonce, password: "wrong")));
        Assert.Equal(AuthenticationOutcome.Accepted, _bench.Outcome(Answer(nonce)));
    }

    [Fact]
    public void A_nonce_that_is_changed_in_any_character_is_stale()
    {
        var nonce = _bench.Nonce();
        for (var at = 0; at < nonce.Length; at++)
        {
            var other = nonce[..at] + (nonce[at] == 'A' ? 'B' : 'A') + nonce[(at + 1)..];
            Assert.Equal(AuthenticationOutcome.Stale, _bench.Outcome(Answer(other)));
        }

        Assert.All(["", "x", nonce + "A", nonce[1..], nonce[..^1] + "=", " " + nonce[1..], nonce[..^1] + "ä", nonce + nonce],
            other => Assert.Equal(AuthenticationOutcome.Stale, _bench.Outcome(Answer(other))));
        Assert.Equal(AuthenticationOutcome.Accepted, _bench.Outcome(Answer(nonce)));
    }

    [Fact]
    public void Nonces_of_another_lane_or_another_start_are_stale()
    {
        var nonce = _bench.Nonce();
        _bench.Server = new Authenticator(1, Secrets(2));

        Assert.Equal(AuthenticationOutcome.Stale, _bench.Outcome(Answer(nonce)));
    }

    /// <summary>
    /// Who sends under an address that is not his never saw a challenge to it, so he can neither register it nor have wrong passwords
    /// counted against it. A port says nothing: NATs change it. Nor do the lower half of an address of IPv6, which changes each day.
    /// </summary>
    [Theory]
    [InlineData("192.0.2.7", "192.0.2.8", false)]
    [InlineData("192.0.2.7", "2001:db8::7", false)]
    [InlineData("2001:db8:0:1::7", "2001:db8:0:2::7", false)]
    [InlineData("2001:db8:0:1::7", "2001:db8:0:1:9:8:7:6", true)]
    public void A_nonce_is_good_where_its_challenge_went(string challenged, string source, bool isGood)
    {
        var (here, there) = (IpAddress.Parse(challenged), IpAddress.Parse(source));
        var nonce = _bench.Nonce(here);
        for (var guess = 0; !isGood && guess < 20; guess++)
        {
            Assert.Equal(AuthenticationOutcome.Stale, _bench.Outcome(Answer(nonce, password: "wrong"), there));
        }

        Assert.Equal(isGood ? AuthenticationOutcome.Accepted : AuthenticationOutcome.Stale, _bench.Outcome(Answer(nonce), there));
        Assert.Equal(AuthenticationOutcome.Accepted, _bench.Outcome(Answer(_bench.Nonce(there)), there));
        Assert.Equal(AuthenticationOutcome.Accepted, _bench.Outcome(Answer(nonce, 2), here));
        Assert.Equal(0, _bench.Server.Total(0, AuthenticationOutcome.Wrong));
    }

    [Fact]
    public void An_old_nonce_is_stale()
    {
        var (used, unused) = (_bench.Nonce(), _bench.Nonce());
        Assert.Equal(AuthenticationOutcome.Accepted, _bench.Outcome(Answer(used)));

        _bench.Now += NonceMint.LifetimeSeconds * 1000L;
        Assert.Equal(AuthenticationOutcome.Accepted, _bench.Outcome(Answer(used, 2)));
        _bench.Now += 1000;
        Assert.Equal(AuthenticationOutcome.Stale, _bench.Outcome(Answer(used, 3)));
        Assert.Equal(AuthenticationOutcome.Stale, _bench.Outcome(Answer(unused)));
    }

    [Fact]
    public void Stale_answers_are_no_failures()
    {
        for (var n = 0; n < 100; n++)
        {
            Assert.Equal(AuthenticationOutcome.Stale, _bench.Outcome(Answer("unknown", password: "wrong")));
        }

        Assert.Equal(AuthenticationOutcome.Accepted, _bench.Outcome(Answer(_bench.Nonce())));
        Assert.Equal(100, _bench.Server.Total(0, AuthenticationOutcome.Stale));
    }

    /// <summary>A nonce that lost its place is never taken again, so nothing can be used twice.</summary>
    [Fact]
    public void A_nonce_whose_place_is_taken_is_stale()
    {
        var bench = new AuthenticationBench(nonces: 4);
        var nonces = Enumerable.Range(0, 6).Select(_ => bench.Nonce()).ToArray();
        Assert.Equal(AuthenticationOutcome.Accepted, bench.Outcome(Answer(nonces[0])));
        Assert.Equal(AuthenticationOutcome.Accepted, bench.Outcome(Answer(nonces[4])));

        Assert.Equal(AuthenticationOutcome.Stale, bench.Outcome(Answer(nonces[0])));
        Assert.Equal(AuthenticationOutcome.Stale, bench.Outcome(Answer(nonces[0], 2)));
        Assert.Equal(AuthenticationOutcome.Accepted, bench.Outcome(Answer(nonces[1])));
        Assert.Equal(AuthenticationOutcome.Accepted, bench.Outcome(Answer(nonces[4], 2)));
    }

    [Fact]
    public void Challenges_that_nobody_answers_take_no_place()
    {
        var bench = new AuthenticationBench(nonces: 4);
        var nonce = bench.Nonce();
        Assert.Equal(AuthenticationOutcome.Accepted, bench.Outcome(Answer(nonce)));
        for (var n = 0; n < 100; n++)
        {
            Assert.Equal(AuthenticationOutcome.Wrong, bench.Outcome(Answer(bench.Nonce(Source(n)), user: $"stranger{n}", password: "x"), Source(n)));
        }

        Assert.Equal(AuthenticationOutcome.Accepted, bench.Outcome(Answer(nonce, 2)));
    }

    [Fact]
    public void Without_qop_a_nonce_is_good_once()
    {
        var nonce = _bench.Nonce();
        Assert.Equal(AuthenticationOutcome.Accepted, _bench.Outcome(Answer(nonce, qop: DigestQop.None)));
        Assert.Equal(AuthenticationOutcome.Stale, _bench.Outcome(Answer(nonce, qop: DigestQop.None)));
        Assert.All([1u, 2u, uint.MaxValue], count => Assert.Equal(AuthenticationOutcome.Stale, _bench.Outcome(Answer(nonce, count))));

        var other = _bench.Nonce();
        Assert.Equal(AuthenticationOutcome.Accepted, _bench.Outcome(Answer(other, 7)));
        Assert.Equal(AuthenticationOutcome.Stale, _bench.Outcome(Answer(other, qop: DigestQop.None)));
    }

    [Fact]
    public void What_was_not_offered_proves_nothing()
    {
        Assert.Equal(AuthenticationOutcome.Unusable, _bench.Outcome(Answer(_bench.Nonce(), algorithm: DigestAlgorithm.Sha256, qop: DigestQop.None)));
        Assert.Equal(AuthenticationOutcome.Unusable, _bench.Outcome(Answer(_bench.Nonce(), realm: "other.example")));
        Assert.Equal(AuthenticationOutcome.Unusable, _bench.Outcome(Answer(_bench.Nonce()).Replace("qop=auth", "qop=auth-int", StringComparison.Ordinal)));
        Assert.Equal(AuthenticationOutcome.Unusable, _bench.Outcome(Answer(_bench.Nonce()).Replace("=MD5", "=MD5-sess", StringComparison.Ordinal)));
        Assert.Equal(AuthenticationOutcome.Missing, _bench.Outcome("Authorization: Basic YWxpY2U6cHc=\r\n"));
        Assert.Equal(AuthenticationOutcome.Unusable, new AuthenticationBench(algorithms: DigestAlgorithm.Sha256).Outcome(Answer(_bench.Nonce())));
    }

    /// <summary>RFC 7616 §3.4.4, §4: names that are hashed or encoded are not offered either; a hash is nobody's name.</summary>
    [Theory]
    [InlineData("username=\"alice\"", "username*=UTF-8''alice", AuthenticationOutcome.Unusable)]
    [InlineData("username=\"alice\"", "username=\"488869477bf257147b804c45308cd62ac4e25eb717b12b298c79e62dcea254ec\", userhash=true", AuthenticationOutcome.Wrong)]
    [InlineData("username=\"alice\"", "username=\"al\\ice\"", AuthenticationOutcome.Accepted)]
    public void A_name_is_read_as_it_is_written(string name, string written, AuthenticationOutcome outcome)
    {
        var answer = Answer(_bench.Nonce());
        Assert.Contains(name, answer, StringComparison.Ordinal);
        Assert.DoesNotContain("userhash", _bench.Challenge(), StringComparison.Ordinal);
        Assert.DoesNotContain("auth-int", _bench.Challenge(), StringComparison.Ordinal);
        Assert.Equal(outcome, _bench.Outcome(answer.Replace(name, written, StringComparison.Ordinal)));
    }

    [Fact]
    public void Credentials_for_others_are_passed_over() =>
        Assert.Equal(AuthenticationOutcome.Accepted, _bench.Outcome("Authorization: Basic x\r\nAuthorization: Digest broken\r\n" + Answer("n", realm: "other.example") + Answer(_bench.Nonce())));

    [Fact]
    public void A_request_is_one_guess() =>
        Assert.Equal(AuthenticationOutcome.Wrong, _bench.Outcome(Answer(_bench.Nonce(), password: "wrong") + Answer(_bench.Nonce())));

    [Theory]
    [InlineData("sip:+4930123@example.com", "sip:+4930123@10.0.0.1:5060;transport=udp", true)]
    [InlineData("sip:+4930123@example.com", "sip:%2B4930123@example.com;user=phone", true)]
    [InlineData("sip:+4930123@example.com", "sip:example.com", true)]
    [InlineData("sip:example.com", "sip:alice@example.com", true)]
    [InlineData("sip:+4930123@example.com", "no uri", true)]
    [InlineData("sip:+4930123@example.com", "sip:+49900123@example.com", false)]
    [InlineData("sip:+4930123@example.com", "tel:+49900123", false)]
    public void The_uri_of_the_digest_may_differ_but_in_whom_it_names(string asked, string written, bool isAccepted)
    {
        var nonce = _bench.Nonce();
        var result = _bench.Check(Request(Answer(nonce, uri: written, method: "INVITE"), "INVITE", asked));

        Assert.Equal(isAccepted ? AuthenticationOutcome.Accepted : AuthenticationOutcome.OtherUri, result.Outcome);
        Assert.Equal(isAccepted ? 401 : 400, result.Status);
        Assert.Equal(isAccepted, _bench.Outcome(Answer(nonce)) == AuthenticationOutcome.Stale);
    }

    [Fact]
    public void The_method_is_part_of_the_answer() => Assert.Equal(AuthenticationOutcome.Wrong, _bench.Outcome(Answer(_bench.Nonce(), method: "INVITE")));

    [Fact]
    public void Checking_and_challenging_allocate_nothing()
    {
        var requests = Enumerable.Range(1, 100).Select(count => Request(Answer(_bench.Nonce(), algorithm: DigestAlgorithm.Sha256))).ToArray();
        Assert.True(_bench.Check(requests[0]).IsAccepted);
        var room = new byte[2000];
        Challenge(room);

        // Each request is good once: eleven runs take nine each.
        var (next, accepted) = (1, 0);
        Assert.Equal(0, Allocations.Of(() =>
        {
            for (var n = 0; n < 9; n++, next++)
            {
                accepted += _bench.Check(requests[next]).IsAccepted ? 1 : 0;
                Challenge(room);
            }
        }));
        Assert.Equal(next - 1, accepted);
    }

    private void Challenge(byte[] room)
    {
        var writer = new SipAlg.Protocol.Sip.MessageWriter(room);
        _bench.Server.WriteChallenges(ref writer, _bench.Realm.Authentication!, false, Phone, _bench.Now);
    }

    [Fact]
    public void All_of_a_lanes_authentication_takes_less_than_5_MB()
    {
        var secrets = Secrets(1);
        _ = secrets.Next();
        var before = GC.GetAllocatedBytesForCurrentThread();
        var server = new Authenticator(4, secrets);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 16 * Authenticator.UsualNonces, 5_000_000);
        GC.KeepAlive(server);
    }

    [Fact]
    public void Damaged_credentials_are_refused() => Prop.ForAll(Arb.From(Gen.Choose(0, int.MaxValue)), Arb.From(Gen.Elements(true, false)), (seed, hasQop) =>
    {
        var bench = new AuthenticationBench(nonces: 4);
        var sound = Answer(bench.Nonce(), qop: hasQop ? DigestQop.Auth : DigestQop.None);
        var octets = new Mutator(seed).Damage(Request(sound).Octets);
        var message = new SipAlg.Protocol.Sip.SipMessage();
        if (SipAlg.Protocol.Sip.SipParser.Parse(message, octets, 0, octets.Length, isStream: false) != SipAlg.Protocol.Sip.MessageFault.None)
        {
            return true;
        }

        // Let in only with the very response, user and nonce that were right.
        var result = bench.Server.Check(message, bench.Realm, Phone, bench.Now);
        var response = Regex.Match(sound, "response=\"(\\w+)\"").Groups[1].Value;
        return !result.IsAccepted || (result.User!.Name == "alice" && System.Text.Encoding.UTF8.GetString(octets).Contains(response, StringComparison.OrdinalIgnoreCase));
    }).Check(Config.QuickThrowOnFailure.WithMaxTest(3000));

    private static IpAddress Source(int n) => IpAddress.FromV4(0x0A000000u + (uint)n);
}
