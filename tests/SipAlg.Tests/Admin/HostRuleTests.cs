using Microsoft.AspNetCore.Http;
using SipAlg.Admin;
using SipAlg.Protocol.Addresses;

namespace SipAlg.Tests.Admin;

public sealed class HostRuleTests
{
    [Theory]
    [InlineData("127.0.0.1", "127.0.0.1:8080", true)]
    [InlineData("127.0.0.1", "localhost:8080", true)]
    [InlineData("127.0.0.1", "LOCALHOST", true)]
    [InlineData("127.0.0.1", "[::1]:8080", true)]
    [InlineData("127.0.0.1", "", false)]
    [InlineData("127.0.0.1", "evil.example", false)]
    [InlineData("127.0.0.1", "GW.example:8443", true)]
    [InlineData("127.0.0.1", "gw.example.evil.example", false)]
    [InlineData("127.0.0.1", "localhost.evil.example", false)]
    [InlineData("127.0.0.1", "127.0.0.1.evil.example", false)]
    [InlineData("127.0.0.1", "192.0.2.1:8080", false)]
    [InlineData("192.0.2.1", "192.0.2.1:8080", true)]
    [InlineData("192.0.2.1", "192.0.2.2:8080", false)]
    [InlineData("0.0.0.0", "192.0.2.2:8080", true)]
    [InlineData("0.0.0.0", "evil.example:8080", false)]
    [InlineData("2001:db8::1", "[2001:db8:0::1]:8080", true)]
    public void Names_of_this_host_are_allowed(string listen, string host, bool expected) =>
        Assert.Equal(expected, new HostRule(IpAddress.Parse(listen), ["gw.example"]).Allows(new HostString(host)));

    [Theory]
    [InlineData("", true)]
    [InlineData("http://127.0.0.1:8080", true)]
    [InlineData("http://evil.example", false)]
    [InlineData("http://127.0.0.1:9999", false)]
    [InlineData("null", false)]
    [InlineData("http://", false)]
    public void A_page_of_another_origin_is_not(string origin, bool expected) =>
        Assert.Equal(expected, HostRule.AllowsOrigin(origin, new HostString("127.0.0.1:8080")));
}
