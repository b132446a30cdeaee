using SipAlg.Calls.Authentication;
using SipAlg.Protocol.Sip;
using SipAlg.Testing.Calls;
using SipAlg.Testing.Phones;

namespace SipAlg.Calls.Tests.Registrations.Relay;

/// <summary>Whoever guesses passwords is slowed by the gateway, though the PBX alone knows them; nobody else notices.</summary>
public sealed class RelayGuessTests : RelayTest
{
    private const string Stale = "WWW-Authenticate: Digest realm=\"pbx.example.com\", nonce=\"n2\", stale=true, qop=\"auth\", algorithm=MD5\r\n";
    private uint _cseq = 100;

    private static string ProofOf(string user, string header = "Authorization") => Proof.Replace("\"ann\"", $"\"{user}\"", StringComparison.Ordinal).Replace("Authorization", header, StringComparison.Ordinal);

    /// <summary>A phone that the PBX has challenged.</summary>
    private ScriptedPhone Challenged(string name = "desk", string address = "127.91.0.66", ushort port = 5060)
    {
        var phone = Phone(name, address, port);
        Assert.False(Tries(phone, proof: ""));
        return phone;
    }

    private ScriptedPhone Bound()
    {
        var phone = Challenged();
        Assert.True(Tries(phone, status: 200));
        return phone;
    }

    /// <summary>A phone tries a password, and the PBX says this.</summary>
    /// <returns>Whether the PBX got the password to judge.</returns>
    private bool Tries(ScriptedPhone phone, string user = "ann", int status = 401, string? headers = null, string? proof = null)
    {
        GoesToThePbx();
        Register(phone, ++_cseq, user, headers: proof ?? ProofOf(user));
        var asked = Pbx.ExpectRequest("REGISTER");
        var hasProof = asked.Header(HeaderId.Authorization) is not null || asked.Header(HeaderId.ProxyAuthorization) is not null;
        var (said, with) = hasProof ? (status, headers ?? (status == 401 ? Challenge : "")) : (401, Challenge);
        Pbx.Send(ScriptedPhone.Answer(asked, said, "Phrase", "p1", with + (said == 200 ? Lines(asked, HeaderId.Contact) : ""), "", ""));
        var answer = phone.ExpectResponse(said);
        Assert.Equal(said == 401, answer.Header(HeaderId.WwwAuthenticate) is not null);
        return hasProof;
    }

    private long Total(AuthenticationOutcome outcome) => Scene.Calls.Authenticator.Total(SceneModel.Inside, outcome);

    /// <summary>Held, the guesser is answered as before: with the challenge that the PBX gives to whoever proves nothing.</summary>
    [Theory]
    [InlineData(401, "Authorization")]
    [InlineData(403, "Authorization")]
    [InlineData(407, "Proxy-Authorization")]
    public void After_ten_wrong_passwords_the_pbx_is_shown_none_for_a_while(int status, string header)
    {
        var guesser = Challenged();
        for (var guess = 0; guess < GuessLimiter.Limit; guess++)
        {
            Assert.True(Tries(guesser, status: status, proof: ProofOf("ann", header)));
        }

        Assert.False(Tries(guesser, status: status, proof: ProofOf("ann", header)));
        Assert.Equal((GuessLimiter.Limit, 1), (Total(AuthenticationOutcome.Wrong), Total(AuthenticationOutcome.Held)));
        Scene.Advance(GuessLimiter.FirstHoldSeconds * 1000);
        Assert.True(Tries(guesser, status: 200, proof: ProofOf("ann", header)));
        Assert.Equal(1, Standing);
        Forget();
        Scene.End();
    }

    [Fact]
    public void A_source_that_tries_many_users_is_held_and_so_is_a_user_who_is_tried_from_everywhere()
    {
        var guesser = Challenged();
        for (var guess = 0; guess < GuessLimiter.Limit; guess++)
        {
            Assert.True(Tries(guesser, $"u{guess}"));
            Assert.True(Tries(Challenged($"p{guess}", $"127.91.0.{100 + guess}"), "ben"));
        }

        Assert.False(Tries(guesser, "other"));
        var other = Challenged("new", "127.91.0.99");
        Assert.False(Tries(other, "ben"));
        Assert.True(Tries(other, "cid"));
        Scene.End();
    }

    [Fact]
    public void What_is_no_guess_is_not_counted()
    {
        var phone = Challenged();
        for (var time = 1; time < 3 * GuessLimiter.Limit; time++)
        {
            Tries(phone, proof: "");
            Assert.True(Tries(phone, headers: Stale));
            Assert.True(Tries(phone, status: 500));
        }

        Assert.Equal((0, 0), (Total(AuthenticationOutcome.Wrong), Total(AuthenticationOutcome.Held)));
        Assert.Equal((3 * GuessLimiter.Limit, (3 * GuessLimiter.Limit) - 1), (Total(AuthenticationOutcome.Missing), Total(AuthenticationOutcome.Stale)));
        Scene.End();
    }

    /// <summary>Neither its own old nonces, which some registrars refuse without a word of them, nor a neighbour behind the same NAT.</summary>
    [Fact]
    public void A_phone_with_a_binding_is_never_held_where_it_has_it()
    {
        var (phone, neighbour) = (Bound(), Phone("neighbour", port: 5070));
        for (var time = 0; time < 3 * GuessLimiter.Limit; time++)
        {
            Tries(neighbour, $"u{time}");
            Assert.True(Tries(phone));
        }

        Assert.False(Tries(neighbour, "u"));
        Assert.True(Tries(phone, status: 200));
        Assert.Equal(1, Standing);
        Forget();
        Scene.End();
    }

    /// <summary>Who knows one password is held with those of others, also by an address-of-record of his own.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_binding_of_one_user_is_no_leave_to_guess_at_another(bool hasBoth)
    {
        var phone = Bound();
        var guess = hasBoth ? Proof + ProofOf("ben") : ProofOf("ben");
        for (var time = 0; time < GuessLimiter.Limit; time++)
        {
            Assert.True(Tries(phone, proof: guess));
        }

        Assert.False(Tries(phone, proof: guess));
        Assert.True(Tries(phone));
        Forget();
        Scene.End();
    }

    /// <summary>
    /// Over UDP anybody writes any source: who answers a challenge that never went there makes nobody there look like a guesser. The
    /// same holds for nonces from before a start, so the PBX gives another one.
    /// </summary>
    [Fact]
    public void An_answer_to_a_challenge_that_went_elsewhere_is_not_shown_to_the_pbx_and_not_counted()
    {
        var forger = Phone("forger", "127.91.0.67");
        Register(forger, 1);
        Answers(401, Challenge.Replace("n1", "n7", StringComparison.Ordinal));
        forger.ExpectResponse(401);
        var phone = Phone();
        for (var time = 0; time < 3 * GuessLimiter.Limit; time++)
        {
            Assert.False(Tries(phone, proof: Proof.Replace("\"n1\"", "\"n7\"", StringComparison.Ordinal)));
        }

        Assert.Equal((0, 3 * GuessLimiter.Limit), (Total(AuthenticationOutcome.Wrong), Total(AuthenticationOutcome.Stale)));
        Assert.True(Tries(phone, status: 200));
        Forget();
        Scene.End();
    }

    /// <summary>RFC 7616 §3.5: a nonce that came with an acceptance goes to its phone as one of a challenge does.</summary>
    [Fact]
    public void The_next_nonce_is_good_where_it_went()
    {
        var phone = Bound();
        Assert.True(Tries(phone, status: 200, headers: "Authentication-Info: qop=auth, nextnonce=\"n9\"\r\n"));
        Forget();
        Assert.True(Tries(phone, proof: Proof.Replace("\"n1\"", "\"n9\"", StringComparison.Ordinal)));
        Assert.False(Tries(phone, proof: Proof.Replace("\"n1\"", "\"n8\"", StringComparison.Ordinal)));
        Scene.End();
    }

    /// <summary>What is read in one way here could be read in another there.</summary>
    [Theory]
    [InlineData("username=\"ann\"", "username=\"ann\", username=\"ben\"")]
    [InlineData("response=\"0123456789abcdef0123456789abcdef\"", "response=\"0123\"")]
    [InlineData("uri=", "xri=")]
    public void Credentials_that_cannot_be_read_are_not_shown_either(string sound, string unclear)
    {
        var phone = Challenged();
        Assert.Contains(sound, Proof, StringComparison.Ordinal);
        Assert.False(Tries(phone, proof: Proof.Replace(sound, unclear, StringComparison.Ordinal)));
        Assert.False(Tries(phone, proof: Proof + Proof.Replace(sound, unclear, StringComparison.Ordinal)));
        Scene.End();
    }

    /// <summary>RFC 8898: nobody guesses a token.</summary>
    [Fact]
    public void A_token_crosses_and_is_not_counted()
    {
        var phone = Phone();
        for (var time = 0; time < 2 * GuessLimiter.Limit; time++)
        {
            Assert.True(Tries(phone, proof: "Authorization: Bearer abc\r\n"));
        }

        Scene.End();
    }

    [Fact]
    public void Whoever_was_let_in_before_has_a_count_of_his_own_there()
    {
        var (phone, neighbour) = (Bound(), Phone("neighbour", port: 5070));
        Forget();
        for (var time = 0; time <= GuessLimiter.Limit; time++)
        {
            Tries(neighbour, $"u{time}");
        }

        Assert.True(Tries(phone, status: 200));
        Forget();
        Scene.End();
    }
}
