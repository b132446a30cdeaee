using System.Text;
using SipAlg.Signaling.Traces;

namespace SipAlg.Signaling.Tests.Traces;

public sealed class SecretMaskTests
{
    [Theory]
    [InlineData("Authorization: Digest username=\"alice\", realm=\"x.example\", nonce=\"abc\", uri=\"sip:x\", response=\"0123\", cnonce=\"q\", nc=00000001, qop=auth, opaque=o\r\n", "Authorization: Digest username=\"alice\", realm=\"x.example\", nonce=\"***\", uri=\"sip:x\", response=\"****\", cnonce=\"*\", nc=00000001, qop=auth, opaque=*\r\n")]
    [InlineData("proxy-authorization : digest RESPONSE = \"ab\"\r\n", "proxy-authorization : digest RESPONSE = \"**\"\r\n")]
    [InlineData("Authorization: Digest\r\n response=\"ab\",\r\n\tnonce=\"c\\\"d\"\r\nX: y\r\n", "Authorization: Digest\r\n response=\"**\",\r\n\tnonce=\"**\"*\"\r\nX: y\r\n")]
    [InlineData("Authorization: Bearer e.y=J\r\n", "Authorization: Bearer *****\r\n")]
    [InlineData("Proxy-Authorization: Basic YWxpY2U6c2VjcmV0\r\n", "Proxy-Authorization: Basic ****************\r\n")]
    [InlineData("WWW-Authenticate: Digest realm=\"x\", nonce=\"n\", algorithm=MD5\r\n", "WWW-Authenticate: Digest realm=\"x\", nonce=\"*\", algorithm=MD5\r\n")]
    [InlineData("Authentication-Info: nextnonce=\"n\", rspauth=\"r\"\r\n", "Authentication-Info: nextnonce=\"*\", rspauth=\"*\"\r\n")]
    [InlineData("a=Crypto:1 AES_CM_128_HMAC_SHA1_80 Inline:d0Rm|2^20\r\n", "a=Crypto:1 AES_CM_128_HMAC_SHA1_80 Inline:*********\r\n")]
    [InlineData("a=acap:1 crypto:1 AES_CM_128_HMAC_SHA1_80 inline:d0Rm\r\n", "a=acap:1 crypto:1 AES_CM_128_HMAC_SHA1_80 inline:****\r\n")]
    [InlineData("a=inactive\r\n", "a=inactive\r\n")]
    [InlineData("a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:d0RmdmcmVCspeEc3QGZiNWpVLFJhQX1cfHAwJSoj|2^20|1:32\r\n", "a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:**************************************************\r\n")]
    [InlineData("k=clear:secret\r\nc=IN IP4 1.2.3.4\r\n", "k=************\r\nc=IN IP4 1.2.3.4\r\n")]
    [InlineData("a=key-mgmt:mikey AQAF\r\n", "a=key-mgmt:***** ****\r\n")]
    [InlineData("a=ice-pwd:abcd\r\na=ice-ufrag:F7gI\r\n", "a=ice-pwd:****\r\na=ice-ufrag:F7gI\r\n")]
    [InlineData("Refer-To: <sip:bob@x?Proxy-Authorization=Digest%20x&Replaces=y>\r\n", "Refer-To: <sip:bob@x?Proxy-Authorization=**********&Replaces=y>\r\n")]
    [InlineData("Refer-To: <sip:bob@x?PROXY-AUTHORIZATION=Digest%20x&authorization=y>\r\n", "Refer-To: <sip:bob@x?PROXY-AUTHORIZATION=**********&authorization=*>\r\n")]
    [InlineData("v=0\ra=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:d0Rm\rk=clear:x\rm=audio 1 RTP/SAVP 0\r", "v=0\ra=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:****\rk=*******\rm=audio 1 RTP/SAVP 0\r")]
    [InlineData("INVITE sip:bob:s3cret@x:5060 SIP/2.0\r\n", "INVITE sip:bob:******@x:5060 SIP/2.0\r\n")]
    [InlineData("Contact: <SIPS:a;b:s@x;p=q>, \"c:d\" <sip:e@f:5>\r\n", "Contact: <SIPS:a;b:*@x;p=q>, \"c:d\" <sip:e@f:5>\r\n")]
    [InlineData("Route: sip:a:5060,sip:bob@x\r\n", "Route: sip:a:5060,sip:bob@x\r\n")]
    [InlineData("INVITE sip:bob@x SIP/2.0\r\nSubject: response=\"here\"\r\n\r\n", "INVITE sip:bob@x SIP/2.0\r\nSubject: response=\"here\"\r\n\r\n")]
    public void Secrets_become_asterisks_and_lengths_stay(string message, string masked)
    {
        var octets = Encoding.UTF8.GetBytes(message);
        SecretMask.Apply(octets);
        Assert.Equal(masked, Encoding.UTF8.GetString(octets));
    }

    /// <summary>Whatever stands in a message, its length and its ends of lines stay, and nothing throws.</summary>
    [Theory]
    [InlineData("Authorization: Digest response=\"ab")]
    [InlineData("Authorization:")]
    [InlineData("Authorization: =")]
    [InlineData("Authorization: Digest =\\\"")]
    [InlineData("a=crypto:inline:")]
    [InlineData("\n\n \n")]
    public void What_is_cut_off_is_no_fault(string message)
    {
        var octets = Encoding.UTF8.GetBytes(message);
        SecretMask.Apply(octets);
        Assert.Equal(message.Count(letter => letter == '\n'), octets.Count(octet => octet == '\n'));
        Assert.DoesNotContain("ab", Encoding.UTF8.GetString(octets), StringComparison.Ordinal);
    }
}
