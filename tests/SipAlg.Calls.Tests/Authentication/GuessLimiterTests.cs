using SipAlg.Calls.Authentication;
using SipAlg.Protocol.Addresses;
using SipAlg.Protocol.Digest;
using static SipAlg.Calls.Tests.Authentication.AuthenticationBench;

namespace SipAlg.Calls.Tests.Authentication;

/// <summary>Whoever guesses is slowed down, and nobody else.</summary>
public sealed class GuessLimiterTests
{
    private readonly AuthenticationBench _bench = new();

    [Fact]
    public void A_source_that_guesses_is_not_listened_to_for_a_time_that_doubles()
    {
        Guess(GuessLimiter.Limit, source: Source(1), user: n => $"user{n}");
        var hold = GuessLimiter.FirstHoldSeconds;
        for (var bout = 0; bout < 5; bout++)
        {
            Assert.Equal(AuthenticationOutcome.Held, Try(Source(1), "newcomer", "x"));
            _bench.Now += (hold * 1000) - 1000;
            Assert.Equal(AuthenticationOutcome.Held, Try(Source(1)));
            _bench.Now += 1000;
            Guess(GuessLimiter.AfterHold, source: Source(1), user: n => $"user{bout}-{n}");
            hold *= 2;
        }

        Assert.Equal(AuthenticationOutcome.Accepted, Try(Source(2)));
    }

    [Theory]
    [InlineData("alice")]
    [InlineData("nobody")]
    public void A_user_who_is_guessed_from_everywhere_is_not_listened_to_elsewhere(string user)
    {
        Assert.Equal(AuthenticationOutcome.Accepted, Try(Source(100)));
        Guess(GuessLimiter.Limit, n => Source(n), _ => user);

        Assert.Equal(AuthenticationOutcome.Held, Try(Source(50), user));
        Assert.Equal(AuthenticationOutcome.Accepted, Try(Source(50), "bob", "other"));
        Assert.Equal(AuthenticationOutcome.Accepted, Try(Source(100)));
    }

    [Fact]
    public void A_phone_is_not_locked_out_by_its_neighbour_behind_the_same_address()
    {
        Assert.Equal(AuthenticationOutcome.Accepted, Try(Phone));
        Guess(GuessLimiter.Limit, source: Phone, user: _ => "bob");

        Assert.Equal(AuthenticationOutcome.Held, Try(Phone, "bob", "other"));
        Assert.Equal(AuthenticationOutcome.Accepted, Try(Phone));
    }

    [Fact]
    public void Who_is_known_at_a_source_may_not_guess_there_either()
    {
        Assert.Equal(AuthenticationOutcome.Accepted, Try(Phone));
        Guess(GuessLimiter.Limit, source: Phone, user: _ => "alice");

        Assert.Equal(AuthenticationOutcome.Held, Try(Phone));
        Assert.Equal(AuthenticationOutcome.Accepted, Try(Phone, "bob", "other"));
    }

    [Fact]
    public void One_phone_with_a_wrong_password_that_tries_now_and_then_is_listened_to_for_ever()
    {
        for (var n = 0; n < 200; n++)
        {
            Assert.Equal(AuthenticationOutcome.Wrong, Try(Phone, "alice", "wrong"));
            _bench.Now += GuessLimiter.DecaySeconds * 1000;
        }

        Assert.Equal(AuthenticationOutcome.Accepted, Try(Phone));
    }

    [Fact]
    public void A_hold_does_not_grow_beyond_its_longest_and_is_forgiven()
    {
        Guess(GuessLimiter.Limit, source: Phone, user: n => $"user{n}");
        var hold = GuessLimiter.FirstHoldSeconds;
        for (var bout = 0; bout < 12; bout++)
        {
            _bench.Now += hold * 1000;
            hold = Math.Min(2 * hold, GuessLimiter.LongestHoldSeconds);
            Guess(GuessLimiter.AfterHold, source: Phone, user: n => $"user{bout}-{n}");
        }

        _bench.Now += (GuessLimiter.LongestHoldSeconds * 1000) - 1000;
        Assert.Equal(AuthenticationOutcome.Held, Try(Phone));
        _bench.Now += 1000;
        Assert.Equal(AuthenticationOutcome.Accepted, Try(Phone));

        _bench.Now += (GuessLimiter.ForgivenSeconds + 1) * 1000;
        Guess(GuessLimiter.Limit, source: Phone, user: n => $"late{n}");
        Assert.Equal(AuthenticationOutcome.Held, Try(Phone, "bob", "other"));
        _bench.Now += GuessLimiter.FirstHoldSeconds * 1000;
        Assert.Equal(AuthenticationOutcome.Accepted, Try(Phone, "bob", "other"));
    }

    [Fact]
    public void Addresses_of_one_IPv6_network_are_one_source()
    {
        Guess(GuessLimiter.Limit, n => IpAddress.Parse($"2001:db8::{n + 1:x}"), n => $"user{n}");

        Assert.Equal(AuthenticationOutcome.Held, Try(IpAddress.Parse("2001:db8::ffff")));
        Assert.Equal(AuthenticationOutcome.Accepted, Try(IpAddress.Parse("2001:db8:0:1::1")));
    }

    /// <summary>Who guesses little makes room, who guesses much does not.</summary>
    [Fact]
    public void Many_sources_do_not_make_a_guesser_forgotten()
    {
        Guess(GuessLimiter.Limit, source: Source(1), user: n => $"user{n}");
        for (var n = 0; n < 50_000; n++)
        {
            Assert.NotEqual(AuthenticationOutcome.Accepted, Try(Source(1000 + n), $"other{n}", "x"));
        }

        Assert.Equal(AuthenticationOutcome.Held, Try(Source(1)));
    }

    private void Guess(int times, IpAddress source, Func<int, string> user) => Guess(times, _ => source, user);

    private void Guess(int times, Func<int, IpAddress> source, Func<int, string> user)
    {
        for (var n = 0; n < times; n++)
        {
            Assert.Equal(AuthenticationOutcome.Wrong, Try(source(n), user(n), "wrong"));
        }
    }

    private AuthenticationOutcome Try(IpAddress source, string user = "alice", string password = Password) =>
        _bench.Outcome(Answer(_bench.Nonce(source), user: user, password: password, algorithm: DigestAlgorithm.Md5), source);

    private static IpAddress Source(int n) => IpAddress.FromV4(0x0A000000u + (uint)n);
}
