using SipAlg.Protocol.Digest;
using SipAlg.Protocol.Sip;
using SipAlg.Protocol.Tests.Sip;

namespace SipAlg.Protocol.Tests.Digest;

public sealed class CredentialsTests
{
    private const string Md5 = "00112233445566778899aabbccddeeff";
    private const string Sound = $"username=\"alice\", realm=\"a\", nonce=\"n\", uri=\"sip:b\", response=\"{Md5}\"";

    [Fact]
    public void Credentials_say_all_that_a_check_needs()
    {
        Assert.True(DigestCredentials.TryParse(Sample.Octets($"{Sound}, algorithm=MD5, cnonce=\"c,\\\"d\", opaque=\"o\", qop=auth, nc=0000001F"), out var credentials));

        Assert.Equal(("alice", "a", "n", "sip:b"), (Sample.Text(credentials.Username), Sample.Text(credentials.Realm), Sample.Text(credentials.Nonce), Sample.Text(credentials.Uri)));
        Assert.Equal((Md5, "c,\\\"d", "o", "0000001F"), (Sample.Text(credentials.Response), Sample.Text(credentials.Cnonce), Sample.Text(credentials.Opaque), Sample.Text(credentials.NonceCountText)));
        Assert.Equal((DigestAlgorithm.Md5, DigestQop.Auth, 31u), (credentials.Algorithm, credentials.Qop, credentials.NonceCount));
    }

    [Theory]
    [InlineData(Sound, DigestAlgorithm.Md5, DigestQop.None, 0)]
    [InlineData($"{Sound}, nc=00000001, cnonce=\"x\"", DigestAlgorithm.Md5, DigestQop.None, 0)]
    [InlineData($"{Sound}, qop=\"auth\", nc=\"1\", cnonce=x, algorithm=\"md5-sess\"", DigestAlgorithm.Md5Session, DigestQop.Auth, 1)]
    [InlineData($"{Sound}, qop=auth-int, nc=ffffffff, cnonce=x", DigestAlgorithm.Md5, DigestQop.AuthInt, uint.MaxValue)]
    [InlineData($"{Sound}, qop=new, nc=00000001, cnonce=x, algorithm=SHA-512-256", DigestAlgorithm.Unknown, DigestQop.Other, 1)]
    public void Forms_that_are_in_use_are_read(string parameters, DigestAlgorithm algorithm, DigestQop qop, uint count)
    {
        Assert.True(DigestCredentials.TryParse(Sample.Octets(parameters), out var credentials));
        Assert.Equal((algorithm, qop, count), (credentials.Algorithm, credentials.Qop, credentials.NonceCount));
    }

    [Theory]
    [InlineData("")]
    [InlineData($"realm=\"a\", nonce=\"n\", uri=\"sip:b\", response=\"{Md5}\"")]
    [InlineData($"username=\"alice\", nonce=\"n\", uri=\"sip:b\", response=\"{Md5}\"")]
    [InlineData($"username=\"alice\", realm=\"a\", uri=\"sip:b\", response=\"{Md5}\"")]
    [InlineData($"username=\"alice\", realm=\"a\", nonce=\"n\", response=\"{Md5}\"")]
    [InlineData("username=\"alice\", realm=\"a\", nonce=\"n\", uri=\"sip:b\"")]
    [InlineData("username=\"alice\", realm=\"a\", nonce=\"n\", uri=\"sip:b\", response=\"\"")]
    [InlineData($"{Sound}, algorithm=SHA-256")]
    [InlineData($"{Sound}, username=\"bob\"")]
    [InlineData($"{Sound}, response=\"{Md5}\"")]
    [InlineData($"{Sound}, qop=auth")]
    [InlineData($"{Sound}, qop=auth, nc=00000001")]
    [InlineData($"{Sound}, qop=auth, cnonce=\"x\"")]
    [InlineData($"{Sound}, qop=auth, cnonce=\"x\", nc=")]
    [InlineData($"{Sound}, qop=auth, cnonce=\"x\", nc=0000000g")]
    [InlineData($"{Sound}, qop=auth, cnonce=\"x\", nc=+1")]
    [InlineData($"{Sound}, qop=auth, cnonce=\"x\", nc=000000001")]
    [InlineData($"{Sound} x")]
    public void What_lacks_something_is_refused(string parameters) => Assert.False(DigestCredentials.TryParse(Sample.Octets(parameters), out _));

    [Fact]
    public void Credentials_are_written_as_RFC_7616_has_them()
    {
        Assert.Equal(
            "Proxy-Authorization: Digest username=\"a\\\"b\", realm=\"r\\\"\", nonce=\"n\", uri=\"sip:b\", response=\"abc\", algorithm=SHA-256, cnonce=\"c\", qop=auth, nc=0000001f, opaque=\"\"\r\n",
            Write(HeaderId.ProxyAuthorization, new DigestAnswer
            {
                Username = "a\"b"u8, Realm = "r\\\""u8, Nonce = "n"u8, Uri = "sip:b"u8, Response = "abc"u8, Algorithm = DigestAlgorithm.Sha256, Cnonce = "c"u8, NonceCount = "0000001f"u8, HasOpaque = true,
            }));
    }

    [Fact]
    public void Credentials_for_RFC_2069_have_no_qop() =>
        Assert.Equal(
            "Authorization: Digest username=\"a\", realm=\"r\", nonce=\"n\", uri=\"sip:b\", response=\"abc\"\r\n",
            Write(HeaderId.Authorization, new DigestAnswer { Username = "a"u8, Realm = "r"u8, Nonce = "n"u8, Uri = "sip:b"u8, Response = "abc"u8 }));

    [Theory]
    [InlineData(0, "00000000")]
    [InlineData(1, "00000001")]
    [InlineData(0xdeadbeef, "deadbeef")]
    public void A_count_is_eight_digits(uint count, string expected)
    {
        var text = new byte[DigestWriter.CountLength];
        DigestWriter.FormatCount(count, text);
        Assert.Equal(expected, Sample.Text(text));
    }

    private static string Write(HeaderId header, DigestAnswer answer)
    {
        var writer = new MessageWriter(new byte[400]);
        DigestWriter.WriteCredentials(ref writer, header, answer);
        return Sample.Text(writer.Written);
    }
}
