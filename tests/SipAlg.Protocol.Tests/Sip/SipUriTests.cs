using SipAlg.Protocol.Addresses;
using SipAlg.Protocol.Sip;

namespace SipAlg.Protocol.Tests.Sip;

/// <summary>RFC 3261 §19.1 and RFC 3966.</summary>
public sealed class SipUriTests
{
    [Theory]
    [InlineData("sip:example.com", "", "", "example.com", 0, "", "")]
    [InlineData("SIP:alice@example.com", "alice", "", "example.com", 0, "", "")]
    [InlineData("sip:alice:secret@example.com:5061", "alice", "secret", "example.com", 5061, "", "")]
    [InlineData("sip:alice:@example.com", "alice", "", "example.com", 0, "", "")]
    [InlineData("sip:+49;phone-context=x;y?z/a@example.com;user=phone", "+49;phone-context=x;y?z/a", "", "example.com", 0, ";user=phone", "")]
    [InlineData("sip:a@b:5060;transport=tcp;lr?Subject=x&Route=%3Csip:c%40d%3E", "a", "", "b", 5060, ";transport=tcp;lr", "Subject=x&Route=%3Csip:c%40d%3E")]
    [InlineData("sip:h?Subject=x", "", "", "h", 0, "", "Subject=x")]
    [InlineData("sip:%61%40b@c", "%61%40b", "", "c", 0, "", "")]
    [InlineData("sip:[2001:db8::1]", "", "", "[2001:db8::1]", 0, "", "")]
    [InlineData("sip:a@[2001:db8::1]:5070;lr", "a", "", "[2001:db8::1]", 5070, ";lr", "")]
    [InlineData("sip:a@[2001:db8:::192.0.2.1]", "a", "", "[2001:db8:::192.0.2.1]", 0, "", "")]
    [InlineData("sips:a@under_score.example.com.", "a", "", "under_score.example.com.", 0, "", "")]
    [InlineData("sip:a&b=c+d$e,f;g?h/i@j", "a&b=c+d$e,f;g?h/i", "", "j", 0, "", "")]
    public void A_SIP_URI_is_read(string text, string user, string password, string host, int port, string parameters, string headers)
    {
        Assert.True(SipUri.TryParse(Sample.Octets(text), out var uri));
        Assert.True(uri.IsSip);
        Assert.Equal((user, password, host, port), (Sample.Text(uri.User), Sample.Text(uri.Password), Sample.Text(uri.Host), uri.Port));
        Assert.Equal((parameters, headers), (Sample.Text(uri.Parameters), Sample.Text(uri.Headers)));
        Assert.Equal(host, text.Substring(uri.HostStart, host.Length));
        Assert.Equal(text, text[..uri.HostPortEnd] + parameters + (headers.Length > 0 ? "?" + headers : ""));
    }

    [Theory]
    [InlineData("")]
    [InlineData(":")]
    [InlineData("sip")]
    [InlineData("sip:")]
    [InlineData("5ip:a@b")]
    [InlineData("s p:a@b")]
    [InlineData("sip:@b")]
    [InlineData("sip::pw@b")]
    [InlineData("sip:a@")]
    [InlineData("sip:a@b@c")]
    [InlineData("sip:a@b:")]
    [InlineData("sip:a@b:0")]
    [InlineData("sip:a@b:65536")]
    [InlineData("sip:a@b:50x")]
    [InlineData("sip:a@b:-1")]
    [InlineData("sip:a@b/c")]
    [InlineData("sip:a%4@b")]
    [InlineData("sip:a%@b")]
    [InlineData("sip:a%zz@b")]
    [InlineData("sip:a@[2001:db8::1")]
    [InlineData("sip:a@2001:db8::1")]
    [InlineData("sip:a@[]")]
    [InlineData("sip:a@[::g]")]
    [InlineData("sip:a@[fe80::1%25eth0]")]
    [InlineData("sip:a@[::1]x")]
    [InlineData("sip:a b@c")]
    [InlineData("sip:a@b>")]
    [InlineData("sip:a@b\r\nX:y")]
    [InlineData("sip:a\0@b")]
    [InlineData("sip:a@b;x=\"y\"")]
    [InlineData("sip:ä@b\x7f")]
    [InlineData("tel:")]
    [InlineData("tel:;x")]
    [InlineData("http:")]
    public void Anything_else_is_refused(string text) => Assert.False(SipUri.TryParse(Sample.Octets(text), out _));

    [Theory]
    [InlineData("tel:+49-30-123;ext=7;phone-context=x", UriScheme.Tel, "+49-30-123", ";ext=7;phone-context=x")]
    [InlineData("TEL:112", UriScheme.Tel, "112", "")]
    [InlineData("urn:service:sos", UriScheme.Other, "service:sos", "")]
    [InlineData("http://example.com/?a;b", UriScheme.Other, "//example.com/?a;b", "")]
    public void Other_schemes_keep_their_rest(string text, UriScheme scheme, string user, string parameters)
    {
        Assert.True(SipUri.TryParse(Sample.Octets(text), out var uri));
        Assert.False(uri.IsSip);
        Assert.Equal((scheme, user, parameters), (uri.Scheme, Sample.Text(uri.User), Sample.Text(uri.Parameters)));
        Assert.False(uri.TryAddress(out _));
    }

    [Theory]
    [InlineData("sip:a%20b@c", "a b")]
    [InlineData("sip:%2525@c", "%25")]
    [InlineData("sip:+4930;isub=1@c", "+4930")]
    [InlineData("sip:a%3Bb@c", "a;b")]
    [InlineData("sip:%E4%b8%80@c", "一")]
    [InlineData("tel:+49-30", "+49-30")]
    public void A_user_is_unescaped_once_and_without_telephone_parameters(string text, string user)
    {
        Assert.True(SipUri.TryParse(Sample.Octets(text), out var uri));
        var buffer = new byte[64];
        Assert.Equal(user, Sample.Text(buffer.AsSpan(0, uri.CopyUser(buffer))));
        Assert.Equal(2, uri.CopyUser(buffer.AsSpan(0, 2)));
    }

    [Fact]
    public void A_numeric_host_is_an_address()
    {
        Assert.True(SipUri.TryParse("sip:a@[2001:db8::1]:5060"u8, out var uri));
        Assert.True(uri.TryAddress(out var address));
        Assert.Equal(IpAddress.Parse("2001:db8::1"), address);
        Assert.True(SipUri.TryParse("sip:a@example.com"u8, out var named));
        Assert.False(named.TryAddress(out _));
    }

    [Fact]
    public void A_parameter_is_found()
    {
        Assert.True(SipUri.TryParse("sip:a;transport=no@b;Transport=TCP;lr"u8, out var uri));
        Assert.True(uri.TryParameter("transport"u8, out var transport));
        Assert.Equal("TCP", Sample.Text(transport));
        Assert.False(uri.TryParameter("maddr"u8, out _));
    }
}
