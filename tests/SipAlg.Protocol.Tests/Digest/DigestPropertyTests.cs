using FsCheck;
using FsCheck.Fluent;
using SipAlg.Protocol.Digest;
using SipAlg.Protocol.Sip;
using SipAlg.Protocol.Tests.Sip;
using SipAlg.Testing.Hostile;

namespace SipAlg.Protocol.Tests.Digest;

public sealed class DigestPropertyTests
{
    private static readonly DigestAlgorithm[] Algorithms = [DigestAlgorithm.Md5, DigestAlgorithm.Md5Session, DigestAlgorithm.Sha256, DigestAlgorithm.Sha256Session];

    private static readonly string[] Seeds =
    [
        "Digest realm=\"a, \\\"b\\\"\", nonce=\"n\", opaque=\"o\", stale=true, algorithm=SHA-256, qop=\"auth,auth-int\", Basic realm=x, Digest realm=\"c\", nonce=\"m\"",
        "Digest username=\"alice\", realm=\"a\", nonce=\"n\", uri=\"sip:b\", response=\"00112233445566778899aabbccddeeff\", algorithm=MD5, cnonce=\"c\", qop=auth, nc=00000001",
        "nextnonce=\"n\", rspauth=\"0011\", cnonce=\"c\", nc=00000001",
    ];

    private static Gen<string> Text => Gen.Elements("abcXYZ019 ,;=\"\\@:<>ä€".ToCharArray()).NonEmptyListOf().Select(letters => new string([.. letters]));

    private static Gen<string> Token => Gen.Elements("abcXYZ019-._/+".ToCharArray()).NonEmptyListOf().Select(letters => new string([.. letters]));

    [Fact]
    public void A_challenge_that_is_written_is_read_again_the_same() => Prop.ForAll(
        Arb.From(Text), Arb.From(Token), Arb.From(from algorithm in Gen.Elements(Algorithms) from isStale in Gen.Elements(true, false) select (algorithm, isStale)), (realm, nonce, rest) =>
        {
            var writer = new MessageWriter(new byte[20000]);
            DigestWriter.WriteChallenge(ref writer, HeaderId.ProxyAuthenticate, Sample.Octets(realm), Sample.Octets(nonce), rest.algorithm, rest.isStale);
            var value = Value(writer.Written, "Proxy-Authenticate: ");
            var schemes = new AuthSchemes(value);
            return schemes.MoveNext() && DigestCredentials.IsDigest(schemes.Scheme) && DigestChallenge.TryParse(schemes.Parameters, out var read) && Plain(read.Realm) == realm &&
                Sample.Text(read.Nonce) == nonce && read.Algorithm == rest.algorithm && read.IsStale == rest.isStale && read.OffersAuth && !read.OffersAuthInt && !schemes.MoveNext();
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(500));

    /// <summary>Both sides of the digest in one: who knows the password is let in, whoever else is not.</summary>
    [Fact]
    public void An_answer_to_a_challenge_is_the_right_one_for_its_password_alone() => Prop.ForAll(
        Arb.From(from realm in Text from user in Text select (realm, user)), Arb.From(from password in Text from other in Text select (password, other)),
        Arb.From(from algorithm in Gen.Elements(Algorithms) from nonce in Token from cnonce in Token from count in Gen.Choose(1, int.MaxValue) from hasQop in Gen.Elements(true, false) select (algorithm, nonce, cnonce, count, hasQop)),
        (who, passwords, rest) =>
        {
            var qop = rest.hasQop || DigestAlgorithms.IsSession(rest.algorithm) ? DigestQop.Auth : DigestQop.None;
            var answer = Answer(who.realm, who.user, passwords.password, rest.algorithm, rest.nonce, rest.cnonce, (uint)rest.count, qop);
            var schemes = new AuthSchemes(Value(answer, "Authorization: "));
            if (!schemes.MoveNext() || !DigestCredentials.TryParse(schemes.Parameters, out var read) || Plain(read.Username) != who.user || Plain(read.Realm) != who.realm || schemes.MoveNext())
            {
                return false;
            }

            var input = DigestInput.Of(read, "REGISTER"u8);
            return DigestHash.IsResponse(input, Secret(rest.algorithm, who.user, who.realm, passwords.password), read.Response) &&
                (passwords.other == passwords.password || !DigestHash.IsResponse(input, Secret(rest.algorithm, who.user, who.realm, passwords.other), read.Response)) &&
                !DigestHash.IsResponse(DigestInput.Of(read, "INVITE"u8), Secret(rest.algorithm, who.user, who.realm, passwords.password), read.Response);
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(500));

    [Fact]
    public void Damaged_values_are_refused_or_sound() => Prop.ForAll(Arb.From(Gen.Choose(0, int.MaxValue)), Arb.From(Gen.Elements(Seeds)), (seed, text) =>
    {
        var octets = new Mutator(seed).Damage(Sample.Octets(text));
        foreach (var scheme in new AuthSchemes(octets))
        {
            if (scheme.Scheme.IsEmpty || (DigestChallenge.TryParse(scheme.Parameters, out var challenge) && !(IsQuotable(challenge.Realm) && IsQuotable(challenge.Nonce) && IsQuotable(challenge.Opaque))))
            {
                return false;
            }

            if (DigestCredentials.TryParse(scheme.Parameters, out var credentials) &&
                (DigestHash.IsResponse(DigestInput.Of(credentials, "INVITE"u8), "x"u8, credentials.Response) || !IsQuotable(credentials.Username)))
            {
                return false;
            }
        }

        return true;
    }).Check(Config.QuickThrowOnFailure.WithMaxTest(10000));

    /// <summary>It can stand between quotation marks without ending them or the line.</summary>
    private static bool IsQuotable(ReadOnlySpan<byte> text)
    {
        var reader = new AuthParameters([.. "x=\""u8, .. text, .. "\""u8]);
        return reader.MoveNext() && reader.Value.SequenceEqual(text) && !reader.MoveNext() && !reader.IsMalformed && !text.ContainsAny((byte)'\r', (byte)'\n');
    }

    private static byte[] Answer(string realm, string user, string password, DigestAlgorithm algorithm, string nonce, string cnonce, uint count, DigestQop qop)
    {
        var quoted = new MessageWriter(new byte[2000]);
        QuotedText.WriteEscaped(ref quoted, Sample.Octets(realm));
        var secret = Secret(algorithm, user, realm, password);
        if (DigestAlgorithms.IsSession(algorithm))
        {
            Assert.True(DigestHash.TrySession(algorithm, secret.ToArray(), Sample.Octets(nonce), Sample.Octets(cnonce), secret));
        }

        Span<byte> text = stackalloc byte[DigestWriter.CountLength];
        DigestWriter.FormatCount(count, text);
        var input = new DigestInput { Algorithm = algorithm, Method = "REGISTER"u8, Uri = "sip:example.com"u8, Nonce = Sample.Octets(nonce), Qop = qop, NonceCount = text, Cnonce = Sample.Octets(cnonce) };
        Span<byte> response = stackalloc byte[DigestAlgorithms.TextLength(algorithm)];
        Assert.True(DigestHash.TryResponse(input, secret, response));

        var writer = new MessageWriter(new byte[20000]);
        DigestWriter.WriteCredentials(ref writer, HeaderId.Authorization, new DigestAnswer
        {
            Username = Sample.Octets(user), Realm = quoted.Written, Nonce = input.Nonce, Uri = input.Uri, Response = response, Algorithm = algorithm,
            Cnonce = qop == DigestQop.None ? default : input.Cnonce, NonceCount = text,
        });
        return writer.Written.ToArray();
    }

    private static byte[] Secret(DigestAlgorithm algorithm, string user, string realm, string password)
    {
        var secret = new byte[DigestAlgorithms.TextLength(algorithm)];
        Assert.True(DigestHash.TrySecret(algorithm, Sample.Octets(user), Sample.Octets(realm), Sample.Octets(password), secret));
        return secret;
    }

    private static string Plain(ReadOnlySpan<byte> quoted) => Sample.Text(QuotedText.Plain(quoted, new byte[quoted.Length]));

    private static byte[] Value(ReadOnlySpan<byte> line, string name) => line[name.Length..^2].ToArray();
}
