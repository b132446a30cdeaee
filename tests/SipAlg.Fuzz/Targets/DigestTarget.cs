using SipAlg.Fuzz.Engine;
using SipAlg.Protocol.Digest;
using SipAlg.Protocol.Sip;

namespace SipAlg.Fuzz.Targets;

/// <summary>Challenges and credentials: no more is read than there is, and an answer to a challenge is read as what it was written from.</summary>
internal sealed class DigestTarget() : Target("digest", 90, Values, DigestWords)
{
    private static readonly byte[][] Values = Texts(
        "Digest username=\"Mufasa\", realm=\"http-auth@example.org\", uri=\"/dir/index.html\", algorithm=MD5, nonce=\"7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v\", nc=00000001, cnonce=\"f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ\", qop=auth, response=\"8ca523f5e9506fed4657c9700eebdbec\", opaque=\"FQhe/qaU925kfnzjCev0ciny7QMkPqMAFRtzCUYo5tdS\"",
        "Digest realm=\"biloxi.com\", qop=\"auth,auth-int\", nonce=\"dcd98b7102dd2f0e8b11d0f600bfb0c093\", opaque=\"5ccc069c403ebaf9f0171e9517f40e41\", algorithm=SHA-256, stale=TRUE",
        "Basic dXNlcjpwYXNz, Digest realm=\"a \\\" b\", nonce=n", "Digest username=\"a\\\\b\", realm=r, nonce=\"n\", uri=\"sip:x\", response=\"00000000000000000000000000000000\", algorithm=SHA-512-256", "NTLM", "Digest username*=UTF-8''J%C3%A4s%C3%B8n, userhash=true, realm=\"x\"");

    private static readonly byte[][] DigestWords =
    [
        .. SipWords.All,
        .. Texts("Digest ", "realm=\"", "nonce=\"", "opaque=\"", "algorithm=", "MD5", "MD5-sess", "SHA-256", "SHA-256-sess", "qop=", "\"auth\"", "auth-int", "nc=", "cnonce=\"", "response=\"", "stale=true", "uri=\"", ", ", "\\\"", "username=\"a\""),
    ];

    private readonly byte[] _written = new byte[256 * 1024];
    private readonly byte[] _hash = new byte[64];

    public override string? Check(FuzzInput input, Features features)
    {
        var text = input.Octets;
        foreach (var scheme in new AuthSchemes(text))
        {
            if (scheme.Parameters.Length + scheme.Scheme.Length > text.Length)
            {
                return "More was read of a scheme than there is.";
            }

            features.Add(1, DigestCredentials.IsDigest(scheme.Scheme) ? 1 : 0);
            if ((Challenge(scheme.Parameters, features) ?? Credentials(scheme.Parameters, features)) is { } problem)
            {
                return problem;
            }
        }

        return Quotes(text);
    }

    private string? Challenge(ReadOnlySpan<byte> parameters, Features features)
    {
        if (!DigestChallenge.TryParse(parameters, out var challenge))
        {
            return null;
        }

        features.Add(2, (int)challenge.Algorithm | (challenge.IsStale ? 16 : 0) | (challenge.HasQop ? 32 : 0) | (challenge.OffersAuth ? 64 : 0) | (challenge.OffersAuthInt ? 128 : 0) | (challenge.HasOpaque ? 256 : 0));
        var writer = new MessageWriter(_written);
        DigestWriter.WriteCredentials(ref writer, HeaderId.Authorization, new DigestAnswer
        {
            Username = "a\"b\\c"u8,
            Realm = challenge.Realm,
            Nonce = challenge.Nonce,
            Uri = "sip:x"u8,
            Response = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"u8[..DigestAlgorithms.TextLength(challenge.Algorithm)],
            Algorithm = challenge.HasAlgorithm ? challenge.Algorithm : DigestAlgorithm.Unknown,
            Opaque = challenge.Opaque,
            HasOpaque = challenge.HasOpaque,
            Cnonce = challenge.OffersAuth ? "c"u8 : default,
            NonceCount = "00000001"u8,
        });
        var value = writer.Written["Authorization: Digest "u8.Length..^2];
        return !challenge.IsAnswerable || (DigestCredentials.TryParse(value, out var answer) && answer.Nonce.SequenceEqual(challenge.Nonce) && answer.Realm.SequenceEqual(challenge.Realm) && answer.Opaque.SequenceEqual(challenge.Opaque))
            ? null : "Credentials for a challenge are not read as they were written.";
    }

    private string? Credentials(ReadOnlySpan<byte> parameters, Features features)
    {
        if (!DigestCredentials.TryParse(parameters, out var credentials))
        {
            return null;
        }

        features.Add(3, (int)credentials.Algorithm | ((int)credentials.Qop << 4));
        features.AddSize(4, credentials.Username.Length);
        features.AddSize(5, (int)credentials.NonceCount);
        var input = DigestInput.Of(credentials, "INVITE"u8);
        if (credentials.Algorithm != DigestAlgorithm.Unknown && DigestHash.TrySecret(DigestAlgorithm.Md5, credentials.Username, credentials.Realm, "p"u8, _hash))
        {
            _ = DigestHash.IsResponse(input, _hash.AsSpan(0, 32), credentials.Response);
        }

        return credentials.Username.Length + credentials.Nonce.Length + credentials.Uri.Length + credentials.Response.Length > parameters.Length ? "More was read of credentials than there is." : null;
    }

    private string? Quotes(ReadOnlySpan<byte> text)
    {
        var writer = new MessageWriter(_written);
        QuotedText.WriteEscaped(ref writer, text);
        var escaped = writer.Length;
        var back = new MessageWriter(_written.AsSpan(escaped));
        QuotedText.WriteUnescaped(ref back, _written.AsSpan(0, escaped));
        return back.Written.SequenceEqual(text) ? null : "A text is not what it was after it was quoted.";
    }
}
