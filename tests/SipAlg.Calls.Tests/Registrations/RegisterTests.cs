using System.Text.RegularExpressions;
using SipAlg.Calls.Model;
using SipAlg.Calls.Tests.Authentication;
using SipAlg.Calls.Tests.Calls;
using SipAlg.Protocol.Digest;
using SipAlg.Protocol.Sip;
using SipAlg.Testing.Calls;
using SipAlg.Testing.Lanes;
using SipAlg.Testing.Phones;

namespace SipAlg.Calls.Tests.Registrations;

/// <summary>Phones that register through the whole lane: challenged, let in, kept, forgotten.</summary>
public sealed class RegisterTests : CallTest
{
    private static readonly UserTable Users = new(
    [
        new User { Index = 0, Name = "anna", Numbers = ["+4930123"], Aliases = ["reception"], MaxContacts = 2 },
        new User { Index = 1, Name = "bert" },
    ]);

    private static readonly AuthenticationDomain Domain = new(AuthenticationBench.Domain, [DigestAlgorithm.Sha256, DigestAlgorithm.Md5], Users,
        [.. Users.Users.Select(user => DigestSecrets.OfPassword(user.Name, AuthenticationBench.Domain, AuthenticationBench.Password, DigestAlgorithm.Md5, DigestAlgorithm.Sha256))]);

    private ScriptedPhone? _anna;
    private int _sequence;

    protected override SceneOptions Options => new()
    {
        Realm = realm => realm.Index == SceneModel.Inside ? realm with { Authentication = Domain } : realm,
    };

    private ScriptedPhone Anna => _anna ??= Scene.Phone("anna", SceneModel.Inside, "127.91.0.66", 5060);

    [Theory]
    [InlineData(DigestAlgorithm.Md5, "anna")]
    [InlineData(DigestAlgorithm.Sha256, "reception")]
    [InlineData(DigestAlgorithm.Md5, "+4930123")]
    public void Who_has_proven_it_is_registered(DigestAlgorithm algorithm, string address)
    {
        var nonce = Challenged(Register(to: address));
        var answer = Register(Answer(nonce, algorithm: algorithm), to: address);
        Assert.Equal("SIP/2.0 200 OK", answer.StartLine);
        Assert.Equal("<sip:anna@127.91.0.66:5060>;expires=600", answer.Header(HeaderId.Contact));
        Assert.Equal(1, Scene.Calls.Registrar!.Active(SceneModel.Inside));

        // The nonce is good for the next one.
        Assert.Equal("SIP/2.0 200 OK", Register(Answer(nonce, count: 2, algorithm: algorithm), to: address, headers: "Expires: 0\r\n").StartLine);
        Assert.Equal(0, Scene.Calls.Registrar!.Active(SceneModel.Inside));
        Scene.Advance(40_000);
        Scene.End();
    }

    [Fact]
    public void A_challenge_leaves_nothing_behind()
    {
        Challenged(Register());
        Assert.Equal(0, Scene.Harness.Transactions.Count);
        Scene.End();
    }

    [Fact]
    public void A_wrong_password_and_an_unknown_user_are_told_apart_by_nobody()
    {
        var wrong = Register(Answer(Challenged(Register()), password: "wrong"));
        var unknown = Register(Answer(Challenged(Register()), user: "nobody"));
        Assert.Equal(Shape(wrong), Shape(unknown));
        Assert.Equal(0, Scene.Calls.Registrar!.Active(SceneModel.Inside));
        Scene.End();
    }

    [Fact]
    public void A_nonce_that_was_used_is_stale()
    {
        var nonce = Challenged(Register());
        Register(Answer(nonce));
        Assert.Contains("stale=true", Register(Answer(nonce)).Header(HeaderId.WwwAuthenticate), StringComparison.Ordinal);
        Scene.Advance(40_000);
        Assert.Equal(1, Scene.Calls.Registrar!.End("anna@example.com"u8));
        Scene.End();
    }

    [Theory]
    [InlineData("bert")]
    [InlineData("nobody")]
    public void Somebody_elses_address_is_403(string address)
    {
        var answer = Register(Answer(Challenged(Register(to: address))), to: address);
        Assert.StartsWith("SIP/2.0 403 ", answer.StartLine, StringComparison.Ordinal);
        Assert.Equal(0, Scene.Calls.Registrar!.Active(SceneModel.Inside));
        Scene.End();
    }

    [Fact]
    public void An_extension_that_is_not_served_is_420_and_path_outbound_and_gruu_are()
    {
        Assert.StartsWith("SIP/2.0 420 ", Register(headers: "Require: sec-agree\r\n").StartLine, StringComparison.Ordinal);
        Challenged(Register(headers: "Require: outbound, path, gruu\r\n"));
        Scene.End();
    }

    /// <summary>Where no domain is configured nobody registers, as before.</summary>
    [Fact]
    public void In_a_realm_without_a_domain_a_stranger_stays_one()
    {
        var stranger = Scene.Phone("eve", SceneModel.Outside, "127.92.0.66", 5060);
        Send(stranger, "", "eve", "");
        Assert.StartsWith("SIP/2.0 403 ", Assert.Single(stranger.Take()).StartLine, StringComparison.Ordinal);
        Scene.End();
    }

    private static string Challenged(SentMessage answer)
    {
        Assert.Equal("SIP/2.0 401 Unauthorized", answer.StartLine);
        return Regex.Match(answer.Text, "nonce=\"([^\"]+)\"").Groups[1].Value;
    }

    private static string Shape(SentMessage answer) => Regex.Replace(answer.Text, "(nonce|branch|tag)=\"?[^\";\\s]+|CSeq: [0-9]+", "$1");

    private static string Answer(string nonce, uint count = 1, string user = "anna", string password = AuthenticationBench.Password, DigestAlgorithm algorithm = DigestAlgorithm.Md5) =>
        AuthenticationBench.Answer(nonce, count, user, password, algorithm);

    private SentMessage Register(string authorization = "", string to = "anna", string headers = "")
    {
        Send(Anna, authorization, to, headers);
        return Assert.Single(Anna.Take());
    }

    private void Send(ScriptedPhone phone, string authorization, string to, string headers) => phone.Send(
        $"REGISTER sip:{AuthenticationBench.Domain} SIP/2.0\r\nVia: SIP/2.0/UDP {phone.Flow.Remote};branch=z9hG4bK{phone.Name}{_sequence};rport\r\nMax-Forwards: 70\r\n" +
        $"From: <sip:{to}@{AuthenticationBench.Domain}>;tag=1\r\nTo: <sip:{to}@{AuthenticationBench.Domain}>\r\nCall-ID: r@{phone.Name}\r\nCSeq: {++_sequence} REGISTER\r\n" +
        $"Contact: <{phone.Contact}>\r\n{headers}{authorization}Content-Length: 0\r\n\r\n");
}
