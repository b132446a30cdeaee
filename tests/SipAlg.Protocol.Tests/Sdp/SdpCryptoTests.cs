using System.Text;
using SipAlg.Protocol.Sdp;
using SipAlg.Protocol.Srtp;

namespace SipAlg.Protocol.Tests.Sdp;

/// <summary>a=crypto (RFC 4568 §9.1): what can be used, and what is written.</summary>
public sealed class SdpCryptoTests
{
    private const string Key128 = "WVNfX19zZW1jdGwgKCkgewkyMjA7fQp9CnVubGVz";
    private static readonly string Key256 = Convert.ToBase64String(new byte[46]);
    private static readonly string KeyGcm = Convert.ToBase64String(Enumerable.Repeat((byte)7, 28).ToArray());

    private static bool TryRead(string attribute, out SdpCrypto crypto, out string key)
    {
        var octets = new byte[SrtpSuites.LongestKey];
        var isRead = SdpCrypto.TryRead(Encoding.ASCII.GetBytes(attribute), out crypto, octets);
        key = isRead ? Convert.ToBase64String(octets[..crypto.Suite.MasterLength()]) : "";
        return isRead;
    }

    public static TheoryData<string, int, SrtpSuite, string, int, ulong> Usable => new()
    {
        { $"crypto:1 AES_CM_128_HMAC_SHA1_80 inline:{Key128}", 1, SrtpSuite.AesCm128HmacSha1Tag80, Key128, 0, 0 },
        { $"crypto:999999999  aes_cm_128_hmac_sha1_32\tINLINE:{Key128}", 999999999, SrtpSuite.AesCm128HmacSha1Tag32, Key128, 0, 0 },
        { $"crypto:2 AES_256_CM_HMAC_SHA1_80 inline:{Key256}", 2, SrtpSuite.AesCm256HmacSha1Tag80, Key256, 0, 0 },
        { $"crypto:2 AES_CM_256_HMAC_SHA1_80 inline:{Key256}", 2, SrtpSuite.AesCm256HmacSha1Tag80, Key256, 0, 0 },
        { $"crypto:2 AES_CM_256_HMAC_SHA1_32 inline:{Key256.TrimEnd('=')}", 2, SrtpSuite.AesCm256HmacSha1Tag32, Key256, 0, 0 },
        { $"crypto:3 AEAD_AES_128_GCM inline:{KeyGcm}", 3, SrtpSuite.AeadAes128Gcm, KeyGcm, 0, 0 },
        { $"crypto:1 AES_CM_128_HMAC_SHA1_80 inline:{Key128}|2^31", 1, SrtpSuite.AesCm128HmacSha1Tag80, Key128, 0, 0 },
        { $"crypto:1 AES_CM_128_HMAC_SHA1_80 inline:{Key128}|1048576|1:4", 1, SrtpSuite.AesCm128HmacSha1Tag80, Key128, 4, 1 },
        { $"crypto:1 AES_CM_128_HMAC_SHA1_80 inline:{Key128}|66051:8", 1, SrtpSuite.AesCm128HmacSha1Tag80, Key128, 8, 66051 },
        { $"crypto:1 AES_CM_128_HMAC_SHA1_80 inline:{Key128} WSH=64 -x-own KDR=0", 1, SrtpSuite.AesCm128HmacSha1Tag80, Key128, 0, 0 },
    };

    [Theory]
    [MemberData(nameof(Usable))]
    public void Is_taken(string attribute, int tag, SrtpSuite suite, string key, int mkiLength, ulong mki)
    {
        Assert.True(TryRead(attribute, out var crypto, out var read));
        Assert.Equal((new SdpCrypto(tag, suite, mkiLength, mki), key), (crypto, read));
    }

    [Theory]
    [InlineData("crypto:")]
    [InlineData("crypto:1")]
    [InlineData("crypto:x AES_CM_128_HMAC_SHA1_80 inline:K")]
    [InlineData("crypto:1234567890 AES_CM_128_HMAC_SHA1_80 inline:K")]
    [InlineData("crypto:1 F8_128_HMAC_SHA1_80 inline:K")]
    [InlineData("crypto:1 AES_CM_128_HMAC_SHA1_80")]
    [InlineData("crypto:1 AES_CM_128_HMAC_SHA1_80 K")]
    [InlineData("crypto:1 AES_CM_128_HMAC_SHA1_80 inline:")]
    [InlineData("crypto:1 AES_CM_128_HMAC_SHA1_80 inline:WVNf")]
    [InlineData("crypto:1 AES_CM_128_HMAC_SHA1_80 inline:WVNfX19zZW1jdGwgKCkgewkyMjA7fQp9CnVubGVzWVNf")]
    [InlineData("crypto:1 AES_256_CM_HMAC_SHA1_80 inline:K")]
    [InlineData("crypto:1 AEAD_AES_128_GCM inline:K")]
    [InlineData("crypto:1 AES_CM_128_HMAC_SHA1_80 inline:K;inline:K")]
    [InlineData("crypto:1 AES_CM_128_HMAC_SHA1_80 inline:K|2^20|1:4;inline:K|2^20|2:4")]
    [InlineData("crypto:1 AES_CM_128_HMAC_SHA1_80 inline:K|2^49")]
    [InlineData("crypto:1 AES_CM_128_HMAC_SHA1_80 inline:K|0")]
    [InlineData("crypto:1 AES_CM_128_HMAC_SHA1_80 inline:K|x")]
    [InlineData("crypto:1 AES_CM_128_HMAC_SHA1_80 inline:K|2^20|")]
    [InlineData("crypto:1 AES_CM_128_HMAC_SHA1_80 inline:K|1:0")]
    [InlineData("crypto:1 AES_CM_128_HMAC_SHA1_80 inline:K|1:9")]
    [InlineData("crypto:1 AES_CM_128_HMAC_SHA1_80 inline:K|256:1")]
    [InlineData("crypto:1 AES_CM_128_HMAC_SHA1_80 inline:K UNENCRYPTED_SRTP")]
    [InlineData("crypto:1 AES_CM_128_HMAC_SHA1_80 inline:K UNENCRYPTED_SRTCP")]
    [InlineData("crypto:1 AES_CM_128_HMAC_SHA1_80 inline:K UNAUTHENTICATED_SRTP")]
    [InlineData("crypto:1 AES_CM_128_HMAC_SHA1_80 inline:K KDR=20")]
    [InlineData("crypto:1 AES_CM_128_HMAC_SHA1_80 inline:K FEC_ORDER=FEC_SRTP")]
    [InlineData("crypto:1 AES_CM_128_HMAC_SHA1_80 inline:K x-own")]
    public void Is_not(string attribute) => Assert.False(TryRead(attribute.Replace(":K", ":" + Key128, StringComparison.Ordinal), out _, out _));

    [Fact]
    public void Whatever_comes_is_read_or_not()
    {
        var random = new Random(4568);
        var whole = Encoding.ASCII.GetBytes($"crypto:1 AES_CM_128_HMAC_SHA1_80 inline:{Key128}|2^31|1:4 WSH=64");
        var key = new byte[SrtpSuites.LongestKey];
        for (var times = 0; times < 20_000; times++)
        {
            var text = (byte[])whole.Clone();
            for (var changes = random.Next(4); changes >= 0; changes--)
            {
                text[random.Next(text.Length)] = (byte)random.Next(256);
            }

            SdpCrypto.TryRead(text.AsSpan(0, random.Next(text.Length + 1)), out _, key);
        }
    }

    private const string Session = "v=0\r\no=- 1 1 IN IP4 192.0.2.1\r\ns=-\r\nc=IN IP4 192.0.2.1\r\nt=0 0\r\na=fingerprint:sha-256 AA\r\n";

    private static string Written(string text, params SdpCryptoChange[] changes)
    {
        var destination = new byte[4096];
        var length = SdpCryptoEdit.Write(Encoding.ASCII.GetBytes(text), changes, destination);
        return length < 0 ? "too long" : Encoding.ASCII.GetString(destination, 0, length);
    }

    [Fact]
    public void Keys_of_the_sender_stay_behind_and_those_of_the_receiver_are_put_in()
    {
        const string Others = "a=crypto:1 x y\r\na=Crypto: 2\r\na=fingerprint:sha-256 AA\r\na=setup:active\r\na=tls-id:1\r\na=key-mgmt:x\r\na=zrtp-hash:1.10 x\r\na=acap:1 crypto:1\r\na=tcap:1 RTP/SAVP\r\na=pcfg:1 t=1\r\na=acfg:1\r\n";
        const string First = "m=audio 4000 RTP/SAVPF 8 101\r\na=rtpmap:101 telephone-event/8000\r\n";
        const string Second = "m=video 4002 RTP/AVP 96\r\na=crypto:1 x y\r\n";
        var line = new SdpCryptoLine(7, SrtpSuite.AeadAes128Gcm, Enumerable.Repeat((byte)7, 28).ToArray());
        Assert.Equal(Session + First.Replace("SAVPF", "AVPF", StringComparison.Ordinal) + Second, Written(Session + First + Others + Second, new SdpCryptoChange(true, false, default)));
        Assert.Equal(
            Session + First + $"a=crypto:7 AEAD_AES_128_GCM inline:{KeyGcm}\r\n" + "m=video 4002 RTP/SAVP 96\r\n",
            Written(Session + First + Others + Second, new SdpCryptoChange(true, true, new[] { line }), new SdpCryptoChange(true, true, default)));
        Assert.Equal(Session + First + Others + Second, Written(Session + First + Others + Second, default, default));
    }

    [Fact]
    public void Letters_of_a_profile_may_be_small() =>
        Assert.Equal(Session + "m=audio 4000 rtp/Savpf 8\r\n", Written(Session + "m=audio 4000 rtp/avpf 8\r\n", new SdpCryptoChange(true, true, default)));

    [Fact]
    public void What_does_not_fit_is_said_to_be_too_long()
    {
        var text = Encoding.ASCII.GetBytes(Session + "m=audio 4000 RTP/AVP 8\r\n");
        Assert.Equal(-1, SdpCryptoEdit.Write(text, [new SdpCryptoChange(true, true, default)], new byte[text.Length]));
        Assert.Equal(text.Length + 1, SdpCryptoEdit.Write(text, [new SdpCryptoChange(true, true, default)], new byte[text.Length + 1]));
    }

    [Fact]
    public void A_stream_whose_keys_end_here_is_plain()
    {
        var description = new SdpDescription();
        var text = Encoding.ASCII.GetBytes(Session + $"m=audio 4000 RTP/SAVPF 8\r\na=crypto:1 x y\r\na=crypto:4 AES_CM_128_HMAC_SHA1_80 inline:{Key128}\r\n");
        Assert.Equal(SdpFault.None, SdpParser.Parse(description, text, 0, text.Length));
        Assert.False(SdpEvents.IsPlainRtp(description, 0));
        var key = new byte[SrtpSuites.LongestKey];
        Assert.True(SdpCrypto.TryFind(description, 0, ~0, out var crypto, key));
        Assert.Equal((4, true), (crypto.Tag, SdpCrypto.IsIn(description, 0)));
        Assert.False(SdpCrypto.TryFind(description, 0, 1, out _, key));
        description.Open(0);
        Assert.Equal((SdpTransport.RtpAvpf, true, true), (description.Media(0).Transport, description.Media(0).IsOpened, SdpEvents.IsPlainRtp(description, 0)));
    }
}
