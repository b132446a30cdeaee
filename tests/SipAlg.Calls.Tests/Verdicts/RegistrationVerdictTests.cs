using System.Text.RegularExpressions;
using SipAlg.Calls.Peers;
using SipAlg.Calls.Registrations;
using SipAlg.Calls.Tests.Authentication;
using SipAlg.Calls.Tests.Registrations;
using SipAlg.Calls.Tests.Registrations.Relay;
using SipAlg.Calls.Verdicts;
using SipAlg.Protocol.Digest;
using SipAlg.Testing.Calls;
using SipAlg.Testing.Phones;

namespace SipAlg.Calls.Tests.Verdicts;

/// <summary>Each verdict of phones that cannot register, said of one that tries: at the gateway's own registrar in the inner realm.</summary>
public sealed class RegistrationVerdictTests : UserTest
{
    private int _branch;
    private ScriptedPhone? _phone;

    private ScriptedPhone Phone => _phone ??= Scene.Phone("eve", SceneModel.Inside, "127.91.0.68", 5060);

    protected override SceneOptions Options => base.Options with
    {
        ChecksMessages = false,
        Realm = realm => realm.Index == SceneModel.Inside ? realm with { Authentication = Domain } : realm,
    };

    private void Send(string authorization = "", string to = "anna", string headers = "", string? contact = null, string from = "sip:anna@example.com", ScriptedPhone? phone = null) => (phone ?? Phone).Send(
        $"REGISTER sip:{AuthenticationBench.Domain} SIP/2.0\r\nVia: SIP/2.0/UDP {(phone ?? Phone).Flow.Remote};branch=z9hG4bKv{++_branch};rport\r\nMax-Forwards: 70\r\n" +
        $"From: <{from}>;tag=1\r\nTo: <sip:{to}@{AuthenticationBench.Domain}>\r\nCall-ID: v\r\nCSeq: {_branch} REGISTER\r\nUser-Agent: Tester\r\n" +
        $"{contact ?? $"Contact: <{(phone ?? Phone).Contact}>\r\n"}{headers}{authorization}Content-Length: 0\r\n\r\n");

    private void Prove(string user = "anna", string password = AuthenticationBench.Password, string to = "anna", string? contact = null)
    {
        Send();
        var nonce = Regex.Match(Phone.ExpectResponse(401).Text, "nonce=\"([^\"]+)\"").Groups[1].Value;
        Send(AuthenticationBench.Answer(nonce, 1, user, password, DigestAlgorithm.Md5), to, contact: contact);
        Phone.Take();
    }

    private RegistrationFailure Last => Scene.Journal.Unregistered[^1];

    private Verdict Expect(VerdictCode code, int status)
    {
        var verdict = RegistrationVerdicts.Of(Last);
        Assert.True(code == verdict.Code, $"{verdict.Code}: {verdict.Sentence}");
        Assert.Equal(status, Last.Status);
        Assert.EndsWith(".", verdict.Sentence, StringComparison.Ordinal);
        Assert.DoesNotContain("''", verdict.Sentence, StringComparison.Ordinal);
        return verdict;
    }

    [Fact]
    public void Wrong_password()
    {
        Prove(password: "wrong");
        var verdict = Expect(VerdictCode.WrongPassword, 401);
        Assert.Contains("User 'anna' exists", verdict.Sentence, StringComparison.Ordinal);
        Assert.Equal(("anna@example.com", "anna", "Tester", "127.91.0.68:5060", "inside"), (Last.Aor, Last.User, Last.Agent, Last.Source.ToString(), Last.Realm));
    }

    [Fact]
    public void Unknown_user()
    {
        Prove("eve", "x");
        Assert.Contains("'eve', and there is none", Expect(VerdictCode.NoSuchUser, 401).Sentence, StringComparison.Ordinal);
    }

    [Fact]
    public void Too_many_guesses()
    {
        for (var guess = 0; guess < 100 && (Scene.Journal.Unregistered.Count == 0 || RegistrationVerdicts.Of(Last).Code != VerdictCode.TooManyGuesses); guess++)
        {
            Prove(password: $"guess {guess}");
            Scene.Advance(100);
        }

        // It has answered one challenge after the other wrongly, and so is told to rest.
        Expect(VerdictCode.TooManyGuesses, 403);
    }

    [Fact]
    public void The_address_of_somebody_else()
    {
        Prove(to: "bert");
        Expect(VerdictCode.OtherUser, 403);
    }

    [Fact]
    public void A_contact_that_cannot_be_used()
    {
        Prove(contact: "Contact: <mailto:anna@example.com>\r\n");
        Expect(VerdictCode.BadRegistration, 400);
    }

    [Fact]
    public void More_contacts_than_a_user_may_have()
    {
        Prove(contact: $"Contact: {string.Join(", ", Enumerable.Range(1, 50).Select(number => $"<sip:anna@127.91.0.68:{6000 + number}>"))}\r\n");
        Expect(VerdictCode.TooManyContacts, 403);
    }

    [Fact]
    public void An_extension_that_is_not_there()
    {
        Send(headers: "Require: unheard-of\r\n");
        Expect(VerdictCode.UnsupportedExtension, 420);
    }

    [Fact]
    public void A_realm_without_a_registrar()
    {
        Send(phone: Scene.Phone("far", SceneModel.Outside, "127.92.0.66", 5060));
        Expect(VerdictCode.NoRegistrar, 403);
        Send(phone: Bob);
        Expect(VerdictCode.NoRegistrar, 405);
    }

    [Fact]
    public void A_request_that_cannot_be_read()
    {
        Send(from: "sip:an na");
        Assert.Contains("malformed From", Expect(VerdictCode.Malformed, 400).Sentence, StringComparison.Ordinal);
    }

    [Fact]
    public void A_challenge_and_its_answer_are_no_failure()
    {
        Prove();
        Assert.Equal(1, Scene.Calls.Registrar!.Active(SceneModel.Inside));
        Assert.Empty(Scene.Journal.Unregistered);
    }

    [Fact]
    public void Names_are_told_no_further_than_they_are_shown()
    {
        Send(headers: "Require: unheard-of\r\n", to: new string('x', 400));
        Assert.Equal($"{new string('x', 128)}@example.com", Last.Aor);
    }

    /// <summary>Of a flood of one source a few are told, and another is told all the same.</summary>
    [Fact]
    public void A_flood_hides_nobody()
    {
        for (var number = 0; number < 100; number++)
        {
            Send(headers: "Require: unheard-of\r\n");
        }

        Assert.InRange(Scene.Journal.Unregistered.Count, 1, 4);
        var told = Scene.Journal.Unregistered.Count;
        Send(headers: "Require: unheard-of\r\n", phone: Scene.Phone("other", SceneModel.Inside, "127.91.0.69", 5060));
        Assert.Equal(told + 1, Scene.Journal.Unregistered.Count);
        Assert.Equal("127.91.0.69:5060", Last.Source.ToString());
    }
}

/// <summary>The same of phones whose registrar is a peer.</summary>
public sealed class RelayedRegistrationVerdictTests : RelayTest
{
    private Verdict Expect(VerdictCode code, int status)
    {
        var failure = Assert.Single(Scene.Journal.Unregistered);
        var verdict = RegistrationVerdicts.Of(failure);
        Assert.True(code == verdict.Code, $"{verdict.Code}: {verdict.Sentence}");
        Assert.Equal(status, failure.Status);
        return verdict;
    }

    [Theory]
    [InlineData(403, VerdictCode.WrongPassword)]
    [InlineData(404, VerdictCode.RegistrarRefused)]
    [InlineData(503, VerdictCode.RegistrarRefused)]
    public void The_registrar_refuses(int status, VerdictCode code)
    {
        var phone = Phone();
        Register(phone, 1);
        Answers(401, Challenge);
        phone.ExpectResponse(401);
        Assert.Empty(Scene.Journal.Unregistered);
        Register(phone, 2, headers: Proof);
        Answers(status);
        Assert.Contains("peer 'bob'", Expect(code, status).Sentence, StringComparison.Ordinal);
    }

    [Fact]
    public void The_registrar_does_not_answer()
    {
        var phone = Phone();
        Register(phone, 1);
        Pbx.Take();
        Scene.Advance(32_000);
        Expect(VerdictCode.RegistrarDown, 504);
    }

    [Fact]
    public void The_registrar_is_known_to_be_down()
    {
        Scene.Peers[1].Reach = PeerReach.Unknown with { IsDown = true };
        Register(Phone(), 1);
        Expect(VerdictCode.RegistrarDown, 503);
    }

    [Fact]
    public void There_is_no_room_for_more_registrations()
    {
        var phone = Phone();
        Scene.Calls.Relay!.Bounds = RelayBounds.Usual with { All = 0 };
        Register(phone, 1);
        Expect(VerdictCode.RegistrationsFull, 503);
    }

    [Fact]
    public void A_user_has_too_many_contacts()
    {
        var phone = Phone();
        Scene.Calls.Relay!.Bounds = RelayBounds.Usual with { OfOne = 1 };
        Register(phone, 1, contact: "Contact: <sip:a@127.91.0.66>, <sip:b@127.91.0.66>\r\n");
        Expect(VerdictCode.TooManyContacts, 403);
    }
}
