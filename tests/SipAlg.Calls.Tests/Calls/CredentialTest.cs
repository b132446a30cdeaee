using System.Text;
using SipAlg.Calls.Calls;
using SipAlg.Calls.Dialplan;
using SipAlg.Calls.Model;
using SipAlg.Protocol.Digest;
using SipAlg.Protocol.Sip;
using SipAlg.Testing.Calls;
using SipAlg.Testing.Lanes;
using SipAlg.Testing.Phones;

namespace SipAlg.Calls.Tests.Calls;

/// <summary>Bob is a carrier that challenges, and the gateway has credentials for it (RFC 3261 §22.2, §22.3).</summary>
public abstract class CredentialTest : CallTest
{
    protected const string Password = "secret";

    protected virtual string[] Carriers => ["bob"];

    protected override SceneOptions Options => new()
    {
        Peer = peer => Carriers.Contains(peer.Name) ? peer with { Credentials = [new PeerCredentials("4711", null, Password)] } : peer,
        Routes = model =>
        [
            SceneModel.Dialplan(
                SceneModel.Head("ring", [SceneModel.Called("all")]) with { RingsAll = true }, RouteEdits.None,
                SceneModel.To(model.Bob) with { Priority = 1 }, SceneModel.To(model.Carol) with { Priority = 1 }),
        ],
    };

    protected static string Challenge(string nonce, string more = "", string realm = "carrier") =>
        $"WWW-Authenticate: Digest realm=\"{realm}\", nonce=\"{nonce}\", qop=\"auth\"{more}\r\n";

    protected static string ProxyChallenge(string nonce, string realm = "proxy") => $"Proxy-Authenticate: Digest realm=\"{realm}\", nonce=\"{nonce}\", qop=\"auth\"\r\n";

    /// <summary>The phone's INVITE is challenged; returns the next one.</summary>
    protected static PhoneDialog Challenged(PhoneDialog b, string challenge, int status = 401)
    {
        b.Answer(status, headers: challenge);
        b.ExpectRequest("ACK");
        return b.Phone.ExpectCall();
    }

    /// <summary>Alice's call to bob, who challenges its INVITE with this nonce and lets it in.</summary>
    protected (PhoneDialog A, PhoneDialog B) Admitted(string nonce = "n1", string headers = "", string ok = "")
    {
        var a = Alice.Call(headers: headers);
        var b = Challenged(Bob.ExpectCall(), Challenge(nonce));
        b.Answer(200, Bob.Sdp(), headers: ok);
        b.ExpectRequest("ACK");
        a.ExpectAnswered();
        return (a, b);
    }

    /// <summary>The nonces that a request answers, each with its count. All its credentials are right.</summary>
    protected static string Answers(SentMessage sent)
    {
        var message = sent.Parse();
        var answers = new List<string>();
        foreach (var field in message.Fields)
        {
            if (field.Id is HeaderId.Authorization or HeaderId.ProxyAuthorization)
            {
                var schemes = new AuthSchemes(message[field.Value]);
                Assert.True(schemes.MoveNext());
                Assert.True(DigestCredentials.TryParse(schemes.Parameters, out var credentials));
                Assert.Equal(Text(message[message.RequestUri]), Text(credentials.Uri));
                var secret = DigestSecrets.Hash(credentials.Algorithm, Text(credentials.Username), Text(credentials.Realm), Password);
                Assert.True(DigestHash.IsResponse(DigestInput.Of(credentials, message[message.MethodText]), secret, credentials.Response));
                answers.Add($"{Text(credentials.Nonce)}/{credentials.NonceCount}");
            }
        }

        return string.Join(' ', answers);
    }

    /// <summary>Its header fields with credentials, as they are written.</summary>
    protected static string[] CredentialLines(SentMessage sent) =>
        [.. sent.Text.Split("\r\n").Where(line => line.StartsWith("Authorization:", StringComparison.Ordinal) || line.StartsWith("Proxy-Authorization:", StringComparison.Ordinal))];

    protected static string Sequence(SentMessage sent) => sent.Header(HeaderId.CSeq)!;

    protected void EndNormally(PhoneDialog a, PhoneDialog b)
    {
        HangUp(a, b);
        Scene.End(CallCause.CallerHungUp, CallOutcome.Answered, 200);
        Assert.Equal(0, Scene.Calls.ClientRequests.Count);
    }

    private static string Text(ReadOnlySpan<byte> octets) => Encoding.UTF8.GetString(octets);
}
