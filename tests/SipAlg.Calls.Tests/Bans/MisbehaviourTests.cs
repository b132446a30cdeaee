using System.Globalization;
using SipAlg.Calls.Bans;
using SipAlg.Calls.Model;
using SipAlg.Calls.Tests.Authentication;
using SipAlg.Calls.Tests.Registrations;
using SipAlg.Protocol.Addresses;
using SipAlg.Protocol.Digest;
using SipAlg.Testing.Calls;
using SipAlg.Testing.Phones;

namespace SipAlg.Calls.Tests.Bans;

/// <summary>What brings a ban, and what never does.</summary>
public sealed class MisbehaviourTests : UserTest
{
    private const string SourceText = "198.51.100.7";

    private ScriptedPhone? _stranger;
    private int _guesses = 1000;
    private ScriptedPhone? _connected;

    protected override SceneOptions Options => base.Options with { ChecksMessages = false, Peer = Widened };

    private ScriptedPhone Stranger => _stranger ??= Scene.Phone("stranger", SceneModel.Inside, SourceText, 5060);
    private ScriptedPhone Connected => _connected ??= Scene.Phone("connected", SceneModel.Inside, SourceText, 41000, connection: 7);

    private BanList List => Scene.Calls.Room.Bans;

    private Ban? Found => List.Find(IpAddress.Parse(SourceText));

    /// <summary>Dave is a network of whoever lives there.</summary>
    private static Peer Widened(Peer peer) => peer.Name != "dave" ? peer : peer with
    {
        Realm = SceneModel.Inside, IsTrusted = false, AcceptFrom = [new IpNetwork(IpAddress.Parse("10.0.0.0"), 8)],
    };

    private static void Register(ScriptedPhone phone, string user, int number = 0, string headers = "", string? callId = null) => phone.Send(
        $"REGISTER sip:{AuthenticationBench.Domain} SIP/2.0\r\nVia: SIP/2.0/{phone.Transport} {phone.Flow.Remote};branch=z9hG4bK{user}{number};rport\r\nMax-Forwards: 70\r\n" +
        $"From: <sip:{user}@{AuthenticationBench.Domain}>;tag=1\r\nTo: <sip:{user}@{AuthenticationBench.Domain}>\r\nCall-ID: {callId ?? $"{user}{number}"}\r\nCSeq: 1 REGISTER\r\n" +
        $"Contact: <{phone.Contact}>\r\n{headers}Content-Length: 0\r\n\r\n");

    /// <summary>Answers a challenge with this password.</summary>
    private static void Guess(ScriptedPhone phone, string user, string password, int number = 0, string? callId = null)
    {
        Register(phone, user, number, callId: callId);
        var nonce = Nonce(phone.ExpectResponse(401));
        Register(phone, user, number, AuthenticationBench.Answer(nonce, 1, user, password, DigestAlgorithm.Md5), callId);
    }

    private void Probe(ScriptedPhone phone, int names, int gap = 0)
    {
        for (var number = 0; number < names; number++)
        {
            Register(phone, (100 + number).ToString(CultureInfo.InvariantCulture));
            Scene.Advance(gap);
        }
    }

    [Theory]
    [InlineData("User-Agent: friendly-scanner\r\n", "SIPVicious")]
    [InlineData("User-Agent: Friendly-Scanner 1.0\r\n", "SIPVicious")]
    [InlineData("User-Agent: sipcli/v1.8\r\n", "sipcli")]
    [InlineData("User-Agent: sundayddr\r\n", "sundayddr worm")]
    [InlineData("User-Agent: pplsip\r\n", "pplsip")]
    [InlineData("User-Agent: VaxSIPUserAgent/3.5\r\n", "VaxSIPUserAgent dialler")]
    public void A_known_scanner_is_banned_at_its_first_message(string header, string who)
    {
        Register(Stranger, "100", headers: header);
        Assert.Equal((BanReason.Scanner, false, "inside", 1), (Found!.Reason, Found.IsProven, Found.Realm, Found.Times));
        Assert.Contains(who, Found.Detail, StringComparison.Ordinal);
        Register(Connected, "100", headers: header);
        Assert.Null(Scene.Calls.Room.Bans.List().FirstOrDefault(ban => ban.Address != Found!.Address));
        Scene.End();
    }

    [Fact]
    public void What_comes_by_a_connection_is_proof()
    {
        Register(Connected, "100", headers: "User-Agent: friendly-scanner\r\n");
        Assert.True(Found!.IsProven);
        Scene.End();
    }

    [Fact]
    public void Who_asks_for_many_users_is_banned_though_a_little_later()
    {
        Probe(Stranger, 12);
        Assert.Null(Found);
        Scene.Advance(LaneBans.Patience * 1000);
        Probe(Stranger, 24);
        Assert.Equal((BanReason.Probing, false), (Found!.Reason, Found.IsProven));
        Scene.End();
    }

    [Fact]
    public void Who_asks_for_more_users_than_any_office_has_is_banned_at_once()
    {
        Probe(Stranger, 400);
        Assert.Equal(BanReason.Probing, Found!.Reason);
        Scene.End();
    }

    [Fact]
    public void Who_calls_many_numbers_without_proof_is_banned()
    {
        for (var number = 0; number < 20; number++)
        {
            Stranger.Call($"00972{number}");
            Scene.Advance(400);
        }

        Assert.Equal(BanReason.Probing, Found!.Reason);
        Bob.ExpectNothing();
        Scene.End();
    }

    [Fact]
    public void Who_calls_numbers_that_cost_is_banned_sooner()
    {
        List.Take(new BanRules { Premium = ["+882", "0900"] });
        for (var number = 0; number < 4; number++)
        {
            Assert.Null(Found);
            Stranger.Call($"0900{number}");
        }

        Assert.Equal(BanReason.PremiumNumbers, Found!.Reason);
        Scene.End();
    }

    [Fact]
    public void Who_guesses_passwords_is_banned_and_that_is_proven_over_UDP_too()
    {
        for (var number = 0; number < 35; number++)
        {
            Assert.Null(Found);
            Guess(Stranger, "anna", $"guess{number}", number);
            Stranger.Take();
        }

        // Ten of them were looked at.
        Assert.Equal((BanReason.WrongPasswords, true, "it sent 35 wrong passwords"), (Found!.Reason, Found.IsProven, Found.Detail));
        Scene.End();
    }

    [Fact]
    public void Who_sends_what_cannot_be_read_is_banned()
    {
        for (var number = 0; number < 21; number++)
        {
            Stranger.Send("INVITE sip:bob@gw SIP/2.0\r\nVia: broken\r\n\r\n");
        }

        Assert.Equal((BanReason.Malformed, false), (Found!.Reason, Found.IsProven));
        Scene.End();
    }

    [Fact]
    public void A_phone_without_a_password_that_asks_now_and_then_is_never_banned()
    {
        for (var number = 0; number < 2000; number++)
        {
            Register(Stranger, "anna", number);
            Scene.Advance(2000);
        }

        Assert.Null(Found);
        Scene.End();
    }

    /// <summary>Phones of a new office, all at the same moment: each is challenged once before the first of them can answer.</summary>
    [Fact]
    public void Many_phones_behind_one_address_that_begin_at_once_are_not_banned()
    {
        for (var phone = 0; phone < 100; phone++)
        {
            Register(Stranger, $"u{phone}");
        }

        var nonce = Stranger.Take().Select(Nonce).Last();
        Scene.Advance(900);
        Register(Stranger, "anna", headers: AuthenticationBench.Answer(nonce, 1, "anna", AuthenticationBench.Password, DigestAlgorithm.Md5));
        Scene.Advance(5000);
        Probe(Stranger, 30);
        Assert.Null(Found);
        Forget();
        Scene.End();
    }

    [Fact]
    public void A_proper_phone_with_a_typing_error_is_not_banned_and_recovers()
    {
        for (var attempt = 0; attempt < 40; attempt++)
        {
            Guess(Stranger, "anna", "s3crte", attempt);
            Stranger.Take();
            Scene.Advance(30_000);
        }

        Assert.Null(Found);
        Guess(Stranger, "anna", AuthenticationBench.Password, 100);
        Stranger.ExpectResponse(200);
        Forget();
        Scene.End();
    }

    /// <summary>As baresip does: it answers each challenge anew with the same password, a dozen times; the third time it hears that it need not.</summary>
    [Fact]
    public void A_phone_that_answers_one_challenge_after_another_wrongly_is_told_to_rest_and_recovers()
    {
        for (var attempt = 0; attempt < 2; attempt++)
        {
            foreach (var status in new[] { 401, 401, 403 })
            {
                Guess(Stranger, "anna", "s3crte", _guesses++, $"attempt{attempt}");
                Stranger.ExpectResponse(status);
            }
        }

        Assert.Null(Found);
        Guess(Stranger, "anna", AuthenticationBench.Password, _guesses++, "attempt1");
        Stranger.ExpectResponse(200);
        Forget();
        Scene.End();
    }

    [Fact]
    public void A_phone_that_goes_on_all_the_same_is_slowed_and_not_banned()
    {
        for (var attempt = 0; attempt < 20; attempt++)
        {
            for (var again = 0; again < 15; again++)
            {
                Guess(Stranger, "anna", "s3crte", _guesses++, $"attempt{attempt}");
                Stranger.Take();
            }

            Scene.Advance(30_000);
        }

        Assert.Null(Found);

        // Its wrong answers are not looked at for a while (GuessLimiter), and a right one is not either.
        Scene.Advance(3_600_000);
        Guess(Stranger, "anna", AuthenticationBench.Password, _guesses++);
        Stranger.ExpectResponse(200);
        Forget();
        Scene.End();
    }

    /// <summary>Phones use one Call-ID for all their registrations (RFC 3261 §10.2): one that tries again after a while is asked again.</summary>
    [Fact]
    public void A_phone_that_tries_now_and_then_is_challenged_each_time()
    {
        for (var attempt = 0; attempt < 20; attempt++)
        {
            Guess(Stranger, "anna", "s3crte", _guesses++, "always");
            Stranger.ExpectResponse(401);
            Scene.Advance(30_000);
        }

        Assert.Null(Found);
        Scene.End();
    }

    [Fact]
    public void Stale_nonces_are_held_against_nobody()
    {
        Guess(Stranger, "anna", AuthenticationBench.Password);
        Stranger.ExpectResponse(200);
        Forget();
        Register(Stranger, "anna", 1);
        var nonce = Nonce(Stranger.ExpectResponse(401));
        Scene.Advance(2 * 3600 * 1000);
        for (var number = 2; number < 500; number++)
        {
            Register(Stranger, "anna", number, AuthenticationBench.Answer(nonce, 1, "anna", AuthenticationBench.Password, DigestAlgorithm.Md5));
        }

        Assert.Null(Found);
        Scene.End();
    }

    [Fact]
    public void An_address_that_holds_a_registration_is_never_banned()
    {
        Guess(Stranger, "anna", AuthenticationBench.Password);
        Stranger.ExpectResponse(200);
        Register(Stranger, "100", headers: "User-Agent: friendly-scanner\r\n");
        Scene.Advance(11_000);
        for (var number = 0; number < 60; number++)
        {
            Guess(Connected, "bert", $"guess{number}", number);
            Connected.Take();
        }

        Assert.Null(Found);
        Assert.Equal(1, List.Spared(BanReason.Scanner, BanExemption.Registrations));
        Assert.NotEqual(0, List.Spared(BanReason.WrongPasswords, BanExemption.Registrations));

        Forget();
        Scene.Advance(11_000);
        Register(Stranger, "100", headers: "User-Agent: friendly-scanner\r\n");
        Assert.NotNull(Found);
        Scene.End();
    }

    [Fact]
    public void An_address_that_holds_a_call_is_never_banned()
    {
        var a = Stranger.Dialog();
        a.Invite(Stranger.Sdp());
        a.Invite(Stranger.Sdp(), AuthenticationBench.Answer(Nonce(a.Expect(401)), user: "anna", method: "INVITE", uri: $"sip:bob@{Stranger.Flow.Local}"));
        var b = Bob.ExpectCall();
        Register(Connected, "100", headers: "User-Agent: friendly-scanner\r\n");
        Assert.Null(Found);
        Assert.Equal(1, List.Spared(BanReason.Scanner, BanExemption.Calls));
        b.Accept();
        a.ExpectAnswered();
        HangUp(a, b);
        Scene.Advance(11_000);
        Register(Connected, "100", 1, "User-Agent: friendly-scanner\r\n");
        Assert.NotNull(Found);
        Scene.End();
    }

    /// <summary>Bob is a peer in the other realm: forged datagrams, or his own, ban him nowhere.</summary>
    [Fact]
    public void A_peer_is_never_banned_in_whatever_realm_it_seems_to_be()
    {
        var forged = Scene.Phone("forged", SceneModel.Inside, SceneModel.BobAddress, 4000);
        Register(forged, "100", headers: "User-Agent: friendly-scanner\r\n");
        for (var number = 0; number < 50; number++)
        {
            Alice.Send("INVITE sip:bob@gw SIP/2.0\r\nVia: broken\r\n\r\n");
        }

        Assert.Empty(List.List());
        Assert.Equal((1, 1), ((int)List.Spared(BanReason.Scanner, BanExemption.Peer), (int)List.Spared(BanReason.Malformed, BanExemption.Peer)));
        Scene.End();
    }

    [Fact]
    public void A_network_of_untrusted_callers_is_no_system_and_who_is_there_is_judged_as_anybody()
    {
        var neighbour = Scene.Phone("neighbour", SceneModel.Inside, "10.1.2.3", 5060);
        neighbour.Dialog().Request("OPTIONS", "User-Agent: friendly-scanner\r\n");
        Assert.Equal(BanReason.Scanner, List.Find(IpAddress.Parse("10.1.2.3"))!.Reason);
        Scene.End();
    }

    [Fact]
    public void Who_is_allowed_is_never_banned()
    {
        Assert.True(IpNetwork.TryParse("198.51.100.0/24", out var network));
        List.Take(new BanRules { Allow = [network] });
        Register(Stranger, "100", headers: "User-Agent: friendly-scanner\r\n");
        Assert.Null(Found);
        Assert.Equal(1, List.Spared(BanReason.Scanner, BanExemption.Allowed));
        Scene.End();
    }

    [Fact]
    public void Where_bans_are_off_nobody_is_banned()
    {
        List.Take(BanRules.Off);
        Register(Stranger, "100", headers: "User-Agent: friendly-scanner\r\n");
        Probe(Stranger, 500);
        Assert.Null(Found);
        Scene.End();
    }

    /// <summary>Somebody has forged its source: it proves itself in the datagrams that are heard all the same.</summary>
    [Fact]
    public void A_phone_whose_address_was_forged_registers_and_is_heard_again()
    {
        Register(Stranger, "100", headers: "User-Agent: friendly-scanner\r\n");
        Assert.NotNull(Found);
        Guess(Stranger, "anna", AuthenticationBench.Password, 1);
        Stranger.Take();
        Assert.Null(Found);
        Forget();
        Scene.End();
    }

    [Fact]
    public void A_flood_of_forged_sources_is_looked_at_within_bounds()
    {
        for (var number = 0; number < 2000; number++)
        {
            Register(Scene.Phone($"f{number}", SceneModel.Inside, $"100.64.{number >> 8}.{number & 255}", 5060), "100", headers: "User-Agent: friendly-scanner\r\n");
        }

        Assert.InRange(List.Active, 1, 100);
        Scene.End();
    }
}
