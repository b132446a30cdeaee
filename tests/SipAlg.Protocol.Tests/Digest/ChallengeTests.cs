using SipAlg.Protocol.Digest;
using SipAlg.Protocol.Sip;
using SipAlg.Protocol.Tests.Sip;

namespace SipAlg.Protocol.Tests.Digest;

public sealed class ChallengeTests
{
    [Theory]
    [InlineData("Digest realm=\"a\", nonce=\"n\"", "Digest|realm=\"a\", nonce=\"n\"")]
    [InlineData("Digest realm=\"a, Digest b\",nonce=n,Digest realm=\"c\" , nonce = \"m\" ", "Digest|realm=\"a, Digest b\",nonce=n Digest|realm=\"c\" , nonce = \"m\"")]
    [InlineData("Negotiate, Basic realm=\"x\", Digest realm=y", "Negotiate| Basic|realm=\"x\" Digest|realm=y")]
    [InlineData("Bearer abc==, Digest realm=y", "Bearer|abc== Digest|realm=y")]
    [InlineData(" ,\r\n Digest\r\n realm=\"a\\\", Basic b\",, stale = true", "Digest|realm=\"a\\\", Basic b\",, stale = true")]
    [InlineData("realm=\"a\", Digest nonce=n", "Digest|nonce=n")]
    [InlineData("Digest", "Digest|")]
    [InlineData("Digest realm=\"open", "Digest|realm=\"open")]
    [InlineData("\"quoted\" x", "")]
    [InlineData(" ", "")]
    [InlineData("", "")]
    public void Schemes_are_told_apart(string value, string expected)
    {
        var found = new List<string>();
        foreach (var scheme in new AuthSchemes(Sample.Octets(value)))
        {
            found.Add($"{Sample.Text(scheme.Scheme)}|{Sample.Text(scheme.Parameters)}");
        }

        Assert.Equal(expected, string.Join(' ', found));
    }

    [Fact]
    public void A_challenge_says_all_that_an_answer_needs()
    {
        Assert.True(DigestChallenge.TryParse(Sample.Octets(
            "realm=\"example.com\", domain=\"sip:a\", nonce=\"7ypf/x==\", opaque=\"\", stale=TRUE, algorithm=sha-256, qop=\"auth-int, auth\", charset=UTF-8, userhash=true"), out var challenge));

        Assert.Equal(("example.com", "7ypf/x==", "", true), (Sample.Text(challenge.Realm), Sample.Text(challenge.Nonce), Sample.Text(challenge.Opaque), challenge.HasOpaque));
        Assert.Equal((DigestAlgorithm.Sha256, true, true), (challenge.Algorithm, challenge.HasAlgorithm, challenge.IsStale));
        Assert.Equal((true, true, true, true), (challenge.HasQop, challenge.OffersAuth, challenge.OffersAuthInt, challenge.IsAnswerable));
    }

    [Theory]
    [InlineData("realm=\"a\", nonce=\"n\"", DigestAlgorithm.Md5, true)]
    [InlineData("realm=\"\", nonce=\"\"", DigestAlgorithm.Md5, true)]
    [InlineData("realm=a, nonce=n, algorithm=\"MD5\", qop=auth", DigestAlgorithm.Md5, true)]
    [InlineData("REALM = \"a\" , Nonce=\"n\" ,, Qop = \" auth , x\"", DigestAlgorithm.Md5, true)]
    [InlineData("realm=\"a\", nonce=\"n\", algorithm=MD5-sess, qop=\"auth\"", DigestAlgorithm.Md5Session, true)]
    [InlineData("realm=\"a\", nonce=\"n\", algorithm=SHA-512-256, qop=\"auth\"", DigestAlgorithm.Unknown, false)]
    [InlineData("realm=\"a\", nonce=\"n\", algorithm=AKAv1-MD5", DigestAlgorithm.Unknown, false)]
    [InlineData("realm=\"a\", nonce=\"n\", qop=\"auth-int\"", DigestAlgorithm.Md5, false)]
    [InlineData("realm=\"a\", nonce=\"n\", qop=\"\"", DigestAlgorithm.Md5, false)]
    public void Some_challenges_can_be_answered(string parameters, DigestAlgorithm algorithm, bool isAnswerable)
    {
        Assert.True(DigestChallenge.TryParse(Sample.Octets(parameters), out var challenge));
        Assert.Equal((algorithm, isAnswerable), (challenge.Algorithm, challenge.IsAnswerable));
        Assert.False(challenge.IsStale);
    }

    [Theory]
    [InlineData("")]
    [InlineData("realm=\"a\"")]
    [InlineData("nonce=\"n\"")]
    [InlineData("realm=\"a\", nonce=\"n\", realm=\"b\"")]
    [InlineData("realm=\"a\", nonce=\"n\", nonce=\"m\"")]
    [InlineData("realm=\"a\", nonce=\"n")]
    [InlineData("realm=\"a\" nonce=\"n\"")]
    [InlineData("realm=\"a\", nonce=\"n\", stale")]
    [InlineData("realm=\"a\", nonce=n\"m")]
    [InlineData("realm=\"a\", nonce=\"n\r\n m\"")]
    [InlineData("realm=\"a\", nonce=\"n\u0000\"")]
    [InlineData("realm=\"a\", =\"n\"")]
    [InlineData("realm=\"a\", nonce=\"n\", \"x\"")]
    public void What_is_no_challenge_is_none(string parameters) => Assert.False(DigestChallenge.TryParse(Sample.Octets(parameters), out _));

    [Theory]
    [InlineData("realm=\"a\\\"b\"", "a\\\"b", "a\"b")]
    [InlineData("realm=\"a\\\\\"", "a\\\\", "a\\")]
    [InlineData("realm=\"plain\"", "plain", "plain")]
    public void A_quoted_text_keeps_its_backslashes_until_it_is_read(string parameters, string kept, string plain)
    {
        var reader = new AuthParameters(Sample.Octets(parameters));
        Assert.True(reader.MoveNext());
        Assert.Equal(kept, Sample.Text(reader.Value));
        Assert.Equal(plain, Sample.Text(QuotedText.Plain(reader.Value, new byte[reader.Value.Length])));
        Assert.False(reader.MoveNext());
        Assert.False(reader.IsMalformed);
    }

    [Theory]
    [InlineData(DigestAlgorithm.Md5, false, "WWW-Authenticate: Digest realm=\"a \\\"b\\\"\", nonce=\"n/+=\", algorithm=MD5, qop=\"auth\"\r\n")]
    [InlineData(DigestAlgorithm.Sha256, true, "WWW-Authenticate: Digest realm=\"a \\\"b\\\"\", nonce=\"n/+=\", algorithm=SHA-256, stale=true, qop=\"auth\"\r\n")]
    public void A_challenge_is_written(DigestAlgorithm algorithm, bool isStale, string expected)
    {
        var writer = new MessageWriter(new byte[200]);
        DigestWriter.WriteChallenge(ref writer, HeaderId.WwwAuthenticate, "a \"b\""u8, "n/+="u8, algorithm, isStale);
        Assert.Equal(expected, Sample.Text(writer.Written));
    }
}
