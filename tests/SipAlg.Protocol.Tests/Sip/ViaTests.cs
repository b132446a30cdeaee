using SipAlg.Protocol.Sip;

namespace SipAlg.Protocol.Tests.Sip;

/// <summary>RFC 3261 §20.42, RFC 3581.</summary>
public sealed class ViaTests
{
    [Theory]
    [InlineData("SIP/2.0/UDP 192.0.2.1:5070;branch=z9hG4bKx;rport", "UDP", "192.0.2.1", 5070, "z9hG4bKx", true)]
    [InlineData("SIP / 2.0 / TCP \t host.example.com : 5062 ; branch = z9hG4bK1 ;ttl=16", "TCP", "host.example.com", 5062, "z9hG4bK1", false)]
    [InlineData("sip/2.0/tls [2001:db8::1]:5061;BRANCH=b;rport=5;received=2001:db8::2", "tls", "[2001:db8::1]", 5061, "b", false)]
    [InlineData("SIP/2.0/WS df7jal23ls0d.invalid;branch=z9hG4bK1", "WS", "df7jal23ls0d.invalid", 0, "z9hG4bK1", false)]
    [InlineData("SIP/2.0/UDP\r\n host", "UDP", "host", 0, "", false)]
    [InlineData("SIP/2.0/UNKNOWN host;hidden;received=[::1]", "UNKNOWN", "host", 0, "", false)]
    public void It_is_taken_apart(string text, string transport, string host, int port, string branch, bool wantsPort)
    {
        Assert.True(Via.TryParse(Sample.Octets(text), out var via));
        Assert.Equal((transport, host, port), (Sample.Text(via.Transport), Sample.Text(via.Host), via.Port));
        Assert.Equal((branch, wantsPort), (Sample.Text(via.Branch), via.WantsPort));
    }

    [Theory]
    [InlineData("")]
    [InlineData("SIP/2.0")]
    [InlineData("SIP/2.0/UDP")]
    [InlineData("SIP/2.0/UDP ")]
    [InlineData("SIP/2.0/UDP ;branch=x")]
    [InlineData("SIP/2.0UDP host")]
    [InlineData("SIP/1.0/UDP host")]
    [InlineData("XIP/2.0/UDP host")]
    [InlineData("SIP/2.0/U@P host")]
    [InlineData("SIP/2.0/UDP host:")]
    [InlineData("SIP/2.0/UDP host:0")]
    [InlineData("SIP/2.0/UDP host:65536")]
    [InlineData("SIP/2.0/UDP [::1")]
    [InlineData("SIP/2.0/UDP 2001:db8::1")]
    [InlineData("SIP/2.0/UDP host x")]
    [InlineData("SIP/2.0/UDP host;;branch=x")]
    [InlineData("SIP/2.0/UDP host;branch=")]
    [InlineData("SIP/2.0/UDP host;branch=a;branch=b")]
    public void Anything_else_is_refused(string text) => Assert.False(Via.TryParse(Sample.Octets(text), out _));

    [Theory]
    [InlineData("z9hG4bK1", true)]
    [InlineData("Z9HG4BK1", true)]
    [InlineData("z9hG4bK", false)]
    [InlineData("1", false)]
    public void A_branch_with_the_cookie_and_more_is_unique(string branch, bool isUnique)
    {
        Assert.True(Via.TryParse(Sample.Octets($"SIP/2.0/UDP h;branch={branch}"), out var via));
        Assert.Equal(isUnique, via.HasUniqueBranch);
    }

    [Fact]
    public void The_top_one_is_the_first_value_of_the_first_field()
    {
        var message = Sample.Read(Sample.Invite("v: SIP/2.0/UDP a;branch=z9hG4bK-a , SIP/2.0/TCP b;branch=z9hG4bK-b", "Via: SIP/2.0/UDP c").Replace("Via: SIP/2.0/UDP 192.0.2.1;branch=z9hG4bK-1\r\n", "", StringComparison.Ordinal));
        Assert.Equal("SIP/2.0/UDP a;branch=z9hG4bK-a", message.Text(message.TopVia));
        Assert.Equal("z9hG4bK-a", message.Text(message.Branch));
    }
}
