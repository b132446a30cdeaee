using System.Text.Json.Nodes;
using SipAlg.Protocol.Digest;
using SipAlg.Protocol.Tests.Sip;
using SipAlg.Testing;

namespace SipAlg.Protocol.Tests.Digest;

/// <summary>The hashes of RFC 2617 §3.5, RFC 7616 §3.9 and of SIP requests.</summary>
public sealed class DigestHashTests
{
    private static readonly JsonObject[] All = [.. JsonNode.Parse(File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "Data", "digest", "vectors.json")))!["vectors"]!.AsArray().Select(node => node!.AsObject())];

    /// <summary>Those of the algorithms that are known, with qop auth or none.</summary>
    private static IEnumerable<JsonObject> Known => All.Where(vector => Algorithm(vector) != DigestAlgorithm.Unknown && Text(vector, "qop") != "auth-int");

    public static TheoryData<string> Names => [.. Known.Select(vector => Text(vector, "name"))];

    [Theory]
    [MemberData(nameof(Names))]
    public void A_response_is_that_of_the_vector(string name)
    {
        var vector = All.Single(vector => Text(vector, "name") == name);
        var input = Input(vector);
        var secret = Secret(vector);
        var response = Sample.Octets(Text(vector, "response"));

        Assert.True(DigestHash.IsResponse(input, secret, response));
        Assert.True(DigestHash.IsResponse(input, secret, Sample.Octets(Text(vector, "response").ToUpperInvariant())));
        for (var at = 0; at < response.Length; at++)
        {
            var wrong = response.ToArray();
            wrong[at] ^= 1;
            Assert.False(DigestHash.IsResponse(input, secret, wrong));
        }

        Assert.False(DigestHash.IsResponse(input, secret, response.AsSpan(1)));
        Assert.False(DigestHash.IsResponse(input, secret, default));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void A_secret_is_that_of_the_vector(string name)
    {
        var vector = All.Single(vector => Text(vector, "name") == name);
        var secret = Secret(vector);
        if (DigestAlgorithms.IsSession(Algorithm(vector)))
        {
            var session = new byte[secret.Length];
            Assert.True(DigestHash.TrySession(Algorithm(vector), secret, Sample.Octets(Text(vector, "nonce")), Sample.Octets(Text(vector, "cnonce")), session));
            secret = session;
        }

        Assert.Equal(Text(vector, "ha1"), Sample.Text(secret));
    }

    [Fact]
    public void Every_kind_of_vector_is_there() =>
        Assert.Equal(
            ["MD5", "MD5 auth", "MD5-sess auth", "SHA-256", "SHA-256 auth", "SHA-256-sess auth"],
            Known.Select(vector => $"{Text(vector, "algorithm")} {Text(vector, "qop")}".TrimEnd()).Distinct().Order(StringComparer.Ordinal));

    [Theory]
    [InlineData("MD5", DigestAlgorithm.Md5, 32)]
    [InlineData("sha-256", DigestAlgorithm.Sha256, 64)]
    [InlineData("md5-SESS", DigestAlgorithm.Md5Session, 32)]
    [InlineData("SHA-256-sess", DigestAlgorithm.Sha256Session, 64)]
    public void Algorithms_have_names(string name, DigestAlgorithm algorithm, int length)
    {
        Assert.Equal(algorithm, DigestAlgorithms.Find(Sample.Octets(name)));
        Assert.Equal(name, Sample.Text(DigestAlgorithms.Name(algorithm)), ignoreCase: true);
        Assert.Equal(length, DigestAlgorithms.TextLength(algorithm));
    }

    [Theory]
    [InlineData("")]
    [InlineData("SHA-512-256")]
    [InlineData("MD5x")]
    [InlineData("SHA-25")]
    public void Other_algorithms_are_not_known(string name)
    {
        Assert.Equal(DigestAlgorithm.Unknown, DigestAlgorithms.Find(Sample.Octets(name)));
        Assert.True(DigestAlgorithms.Name(DigestAlgorithm.Unknown).IsEmpty);
    }

    /// <summary>RFC 7616 §3.4.1: unq() takes a quoted-string's value.</summary>
    [Fact]
    public void What_is_escaped_is_hashed_without_backslashes()
    {
        var secret = new byte[32];
        var response = new byte[32];
        Assert.True(DigestHash.TrySecret(DigestAlgorithm.Md5, "a"u8, "r"u8, "p"u8, secret));
        Assert.True(DigestHash.TryResponse(new DigestInput { Algorithm = DigestAlgorithm.Md5, Method = "INVITE"u8, Uri = "sip:a\"b"u8, Nonce = "n"u8, Qop = DigestQop.Auth, NonceCount = "00000001"u8, Cnonce = "x\"y"u8 }, secret, response));

        var escaped = new DigestInput { Algorithm = DigestAlgorithm.Md5, Method = "INVITE"u8, Uri = "sip:a\\\"b"u8, Nonce = "\\n"u8, Qop = DigestQop.Auth, NonceCount = "00000001"u8, Cnonce = "x\\\"y"u8 };
        Assert.True(DigestHash.IsResponse(escaped, secret, response));
    }

    [Fact]
    public void What_is_too_long_is_refused()
    {
        var secret = new byte[32];
        var response = new byte[32];
        var room = new byte[5000];
        Array.Fill(room, (byte)'a');
        Assert.False(DigestHash.TrySecret(DigestAlgorithm.Md5, room, "r"u8, "p"u8, secret));
        Assert.False(DigestHash.TryResponse(new DigestInput { Algorithm = DigestAlgorithm.Md5, Method = "INVITE"u8, Uri = room, Nonce = "n"u8 }, secret, response));
        Assert.False(DigestHash.TryResponse(new DigestInput { Algorithm = DigestAlgorithm.Md5, Method = "INVITE"u8, Uri = "sip:a"u8, Nonce = room }, secret, response));
        Assert.False(DigestHash.TrySession(DigestAlgorithm.Md5Session, secret, "n"u8, room, response));
        Assert.False(DigestHash.TrySecret(DigestAlgorithm.Unknown, "a"u8, "r"u8, "p"u8, secret));
    }

    [Fact]
    public void A_response_is_checked_without_allocation()
    {
        var vector = All.Single(vector => Text(vector, "name") == "sip_register_sha256_sess");
        var (secret, response, method, uri, nonce, cnonce) = (Secret(vector), Sample.Octets(Text(vector, "response")), Sample.Octets(Text(vector, "method")),
            Sample.Octets(Text(vector, "uri")), Sample.Octets(Text(vector, "nonce")), Sample.Octets(Text(vector, "cnonce")));
        var matches = 0;
        void Check() => matches += DigestHash.IsResponse(
            new DigestInput { Algorithm = DigestAlgorithm.Sha256Session, Method = method, Uri = uri, Nonce = nonce, Qop = DigestQop.Auth, NonceCount = "00000001"u8, Cnonce = cnonce }, secret, response) ? 1 : 0;
        Assert.Equal(0, Allocations.Of(Check));
        Assert.True(matches > 0);
    }

    private static byte[] Secret(JsonObject vector)
    {
        var secret = new byte[DigestAlgorithms.TextLength(Algorithm(vector))];
        Assert.True(DigestHash.TrySecret(Algorithm(vector), Sample.Octets(Text(vector, "username")), Sample.Octets(Text(vector, "realm")), Sample.Octets(Text(vector, "password")), secret));
        return secret;
    }

    private static DigestInput Input(JsonObject vector) => new()
    {
        Algorithm = Algorithm(vector),
        Method = Sample.Octets(Text(vector, "method")),
        Uri = Sample.Octets(Text(vector, "uri")),
        Nonce = Sample.Octets(Text(vector, "nonce")),
        Qop = Text(vector, "qop") == "auth" ? DigestQop.Auth : DigestQop.None,
        NonceCount = Sample.Octets(Text(vector, "nc")),
        Cnonce = Sample.Octets(Text(vector, "cnonce")),
    };

    private static DigestAlgorithm Algorithm(JsonObject vector) => DigestAlgorithms.Find(Sample.Octets(Text(vector, "algorithm")));

    private static string Text(JsonObject vector, string key) => (string?)vector[key] ?? "";
}
