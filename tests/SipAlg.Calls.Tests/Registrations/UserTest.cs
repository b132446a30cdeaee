using System.Text.RegularExpressions;
using SipAlg.Calls.Dialplan;
using SipAlg.Calls.Model;
using SipAlg.Calls.Tests.Authentication;
using SipAlg.Calls.Tests.Calls.NextHops;
using SipAlg.Protocol.Digest;
using SipAlg.Protocol.Sip;
using SipAlg.Testing.Calls;
using SipAlg.Testing.Lanes;
using SipAlg.Testing.Phones;

namespace SipAlg.Calls.Tests.Registrations;

/// <summary>Phones of users in the inner realm: anna's two, and bert's, who has a range of numbers.</summary>
public abstract class UserTest : NextHopTest
{
    private protected static readonly UserTable Users = new(
    [
        new User { Index = 0, Name = "anna", Numbers = ["+4930123"], Aliases = ["reception"] },
        new User { Index = 1, Name = "bert", Numbers = ["+4940*"] },
        new User { Index = 2, Name = "trude", Numbers = ["+4950"], IsTrusted = true },
    ]);

    internal static readonly AuthenticationDomain Domain = new(AuthenticationBench.Domain, [DigestAlgorithm.Md5], Users,
        [.. Users.Users.Select(user => DigestSecrets.OfPassword(user.Name, AuthenticationBench.Domain, AuthenticationBench.Password, DigestAlgorithm.Md5, DigestAlgorithm.Sha256))]);

    private int _sequence;

    protected override SceneOptions Options => new()
    {
        Realm = realm => realm.Index == SceneModel.Inside ? realm with { Authentication = Domain } : realm,
        Routes = model => [.. Routes(model), .. Called("anna", "+4930123", "reception", "bert", "+494077", "trude", "nobody")],
    };

    protected ScriptedPhone Desk { get; private set; } = null!;
    protected ScriptedPhone Mobile { get; private set; } = null!;

    /// <summary>The answer to the last REGISTER.</summary>
    protected SentMessage LastAnswer { get; private set; } = null!;

    protected virtual IEnumerable<Route> Routes(SceneModel model) => [];

    private static IEnumerable<Route> Called(params string[] names) => names.Select(name => Route(name, [Registered(name)]));

    internal static RouteTarget Registered(string user) => new() { Kind = TargetKind.Registered, User = user, Realm = -1 };

    /// <summary>Anna's phones, with these preferences.</summary>
    protected void RegisterBoth(string desk = "", string mobile = "")
    {
        Desk = Scene.Phone("desk", SceneModel.Inside, "127.91.0.66", 5060);
        Mobile = Scene.Phone("mobile", SceneModel.Inside, "127.91.0.67", 5060);
        Register(Desk, "anna", desk);
        Register(Mobile, "anna", mobile);
    }

    /// <param name="phone">Registers.</param>
    /// <param name="user">As this user.</param>
    /// <param name="parameters">Of its Contact.</param>
    /// <param name="headers">More lines.</param>
    /// <param name="contact">The URI that it registers; null: its own.</param>
    /// <param name="callId">Null: always the same.</param>
    protected void Register(ScriptedPhone phone, string user, string parameters = "", string headers = "", string? contact = null, string? callId = null)
    {
        string Text(string authorization) =>
            $"REGISTER sip:{AuthenticationBench.Domain} SIP/2.0\r\nVia: SIP/2.0/{phone.Transport} {phone.Inner ?? phone.Flow.Remote.ToString()};branch=z9hG4bK{phone.Name}{_sequence};rport\r\nMax-Forwards: 70\r\n" +
            $"From: <sip:{user}@{AuthenticationBench.Domain}>;tag=1\r\nTo: <sip:{user}@{AuthenticationBench.Domain}>\r\nCall-ID: {callId ?? $"r@{phone.Name}"}\r\nCSeq: {++_sequence} REGISTER\r\n" +
            $"Contact: <{contact ?? phone.Contact}>{parameters}\r\n{headers}{authorization}Content-Length: 0\r\n\r\n";
        phone.Send(Text(""));
        phone.Send(Text(AuthenticationBench.Answer(Nonce(phone.ExpectResponse(401)), 1, user, AuthenticationBench.Password, DigestAlgorithm.Md5)));
        LastAnswer = phone.ExpectResponse(200);
    }

    protected static string Nonce(SentMessage challenge) => Regex.Match(challenge.Header(HeaderId.WwwAuthenticate)!, "nonce=\"([^\"]+)\"").Groups[1].Value;

    /// <summary>Forgets who is registered, and ends.</summary>
    protected void Forget()
    {
        foreach (var user in Users.Users)
        {
            Scene.Calls.Registrar!.End(System.Text.Encoding.UTF8.GetBytes($"{user.Name}@{AuthenticationBench.Domain}"));
        }
    }
}
