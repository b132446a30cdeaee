using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using SipAlg.Calls.Authentication;
using SipAlg.Calls.Model;
using SipAlg.Media;
using SipAlg.Protocol.Addresses;
using SipAlg.Protocol.Digest;
using SipAlg.Protocol.Sip;
using SipAlg.Signaling.Identifiers;

namespace SipAlg.Calls.Tests.Authentication;

/// <summary>One lane's authentication in a realm with users, and requests with whatever credentials a test wants.</summary>
internal sealed class AuthenticationBench
{
    public const string Domain = "example.com";
    public const string Password = "s3cret, \"äö\"";

    public AuthenticationBench(int nonces = 1024, params DigestAlgorithm[] algorithms)
    {
        string[] names = ["alice", "bob", "hashed"];
        var users = new UserTable([.. names.Select((name, index) => new User { Index = index, Name = name })]);
        string Hash(DigestAlgorithm algorithm) => Encoding.ASCII.GetString(DigestSecrets.Hash(algorithm, "hashed", Domain, Password));
        Realm = new Realm
        {
            Index = 0, Name = "phones", Listen = [], Advertise = AdvertiseRule.Local, Media = new RealmMedia { FirstPort = 0, LastPort = 0 }, Latching = Latching.Symmetric,
            Authentication = new AuthenticationDomain(Domain, algorithms.Length == 0 ? [DigestAlgorithm.Sha256, DigestAlgorithm.Md5] : [.. algorithms], users,
                [Secrets("alice", Password), Secrets("bob", "other"), DigestSecrets.OfHashes(Hash(DigestAlgorithm.Md5), null)]),
        };
        Server = new Authenticator(1, Secrets(1), nonces);
    }

    public static IpAddress Phone { get; } = IpAddress.Parse("192.0.2.7");

    public Realm Realm { get; }
    public Authenticator Server { get; set; }
    public long Now { get; set; } = 5000;

    private static DigestSecrets Secrets(string user, string password) => DigestSecrets.OfPassword(user, Domain, password, DigestAlgorithm.Md5, DigestAlgorithm.Sha256);

    public static SecretSource Secrets(int seed)
    {
        var random = new Random(seed);
        return new SecretSource(random.NextBytes);
    }

    public static SipMessage Parse(string text)
    {
        var octets = Encoding.UTF8.GetBytes(text);
        var message = new SipMessage();
        Assert.Equal(MessageFault.None, SipParser.Parse(message, octets, 0, octets.Length, isStream: false));
        return message;
    }

    /// <param name="fields">Whole header lines, with their ends.</param>
    public static SipMessage Request(string fields, string method = "REGISTER", string uri = "sip:example.com") => Parse(
        $"{method} {uri} SIP/2.0\r\nVia: SIP/2.0/UDP 192.0.2.7;branch=z9hG4bK-1\r\nMax-Forwards: 70\r\nFrom: <sip:alice@example.com>;tag=a\r\n" +
        $"To: <sip:alice@example.com>\r\nCall-ID: 1@a\r\nCSeq: 1 {method}\r\n{fields}Content-Length: 0\r\n\r\n");

    /// <param name="fields">Whole header lines, with their ends.</param>
    public static SipMessage Response(int status, string fields) => Parse(
        $"SIP/2.0 {status} X\r\nVia: SIP/2.0/UDP 192.0.2.7;branch=z9hG4bK-1\r\nFrom: <sip:alice@example.com>;tag=a\r\n" +
        $"To: <sip:alice@example.com>;tag=b\r\nCall-ID: 1@a\r\nCSeq: 1 REGISTER\r\n{fields}Content-Length: 0\r\n\r\n");

    /// <summary>The header lines of a challenge.</summary>
    public string Challenge(bool isStale = false, IpAddress? source = null)
    {
        var writer = new MessageWriter(new byte[2000]);
        Server.WriteChallenges(ref writer, Realm.Authentication!, isStale, source ?? Phone, Now);
        return Encoding.UTF8.GetString(writer.Written);
    }

    public string Nonce(IpAddress? source = null) => Regex.Match(Challenge(source: source), "nonce=\"([^\"]+)\"").Groups[1].Value;

    public AuthenticationResult Check(SipMessage request, IpAddress? source = null) => Server.Check(request, Realm, source ?? Phone, Now);

    public AuthenticationOutcome Outcome(string fields, IpAddress? source = null) => Check(Request(fields), source).Outcome;

    /// <summary>An Authorization line.</summary>
    public static string Answer(
        string nonce, uint count = 1, string user = "alice", string password = Password, DigestAlgorithm algorithm = DigestAlgorithm.Md5, DigestQop qop = DigestQop.Auth,
        string uri = "sip:example.com", string method = "REGISTER", string realm = Domain)
    {
        var secret = DigestSecrets.Hash(algorithm, user, realm, password);
        var countText = Encoding.ASCII.GetBytes(count.ToString("x8", CultureInfo.InvariantCulture));
        var input = new DigestInput
        {
            Algorithm = algorithm, Method = Encoding.UTF8.GetBytes(method), Uri = Encoding.UTF8.GetBytes(uri), Nonce = Encoding.UTF8.GetBytes(nonce), Qop = qop, NonceCount = countText, Cnonce = "c"u8,
        };
        var response = new byte[DigestAlgorithms.TextLength(algorithm)];
        Assert.True(DigestHash.TryResponse(input, secret, response));
        var writer = new MessageWriter(new byte[2000]);
        DigestWriter.WriteCredentials(ref writer, HeaderId.Authorization, new DigestAnswer
        {
            Username = Encoding.UTF8.GetBytes(user), Realm = Encoding.UTF8.GetBytes(realm), Nonce = input.Nonce, Uri = input.Uri, Response = response, Algorithm = algorithm,
            Cnonce = qop == DigestQop.Auth ? input.Cnonce : default, NonceCount = countText,
        });
        return Encoding.UTF8.GetString(writer.Written);
    }
}
