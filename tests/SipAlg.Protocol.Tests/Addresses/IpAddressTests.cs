using System.Text;
using SipAlg.Protocol.Addresses;

namespace SipAlg.Protocol.Tests.Addresses;

public sealed class IpAddressTests
{
    [Theory]
    [InlineData("192.0.2.1", "192.0.2.1")]
    [InlineData("::ffff:192.0.2.2", "192.0.2.2")]
    [InlineData("2001:DB8::1", "2001:db8::1")]
    [InlineData("[2001:db8::1]", "2001:db8::1")]
    public void Prints_what_it_parsed(string text, string printed) =>
        Assert.Equal(printed, IpAddress.Parse(text).ToString());

    [Theory]
    [InlineData("")]
    [InlineData("192.0.2")]
    [InlineData("192.0.2.256")]
    [InlineData("192.0.2.1.")]
    [InlineData("+1.2.3.4")]
    [InlineData("[2001:db8::1")]
    [InlineData("fe80::1%eth0")]
    [InlineData("example.com")]
    public void Refuses_what_is_no_address(string text) =>
        Assert.False(IpAddress.TryParse(Encoding.ASCII.GetBytes(text), out _));

    [Theory]
    [InlineData("10.1.2.3", "10.0.0.0/8", true)]
    [InlineData("11.1.2.3", "10.0.0.0/8", false)]
    [InlineData("192.0.2.7", "0.0.0.0/0", true)]
    [InlineData("2001:db8:1::5", "2001:db8::/32", true)]
    [InlineData("2001:db9::5", "2001:db8::/32", false)]
    [InlineData("2001:db8::ff01", "2001:db8::ff00/120", true)]
    [InlineData("10.0.0.1", "::/0", false)]
    public void Knows_its_network(string address, string network, bool inside)
    {
        Assert.True(IpNetwork.TryParse(network, out var block));
        Assert.Equal(inside, block.Contains(IpAddress.Parse(address)));
    }

    [Theory]
    [InlineData("10.0.0.1", true)]
    [InlineData("172.31.0.1", true)]
    [InlineData("172.32.0.1", false)]
    [InlineData("192.168.7.7", true)]
    [InlineData("100.64.0.1", true)]
    [InlineData("169.254.1.1", true)]
    [InlineData("203.0.113.5", false)]
    [InlineData("fd00::1", true)]
    [InlineData("fe80::1", true)]
    [InlineData("2001:db8::1", false)]
    public void Knows_private_space(string address, bool isPrivate) =>
        Assert.Equal(isPrivate, IpAddress.Parse(address).IsPrivate);

    [Theory]
    [InlineData("192.0.2.1:5060")]
    [InlineData("[2001:db8::1]:5060")]
    public void Endpoint_prints_what_it_parsed(string text) => Assert.Equal(text, IpEndpoint.Parse(text).ToString());

    [Theory]
    [InlineData("2001:db8::1:5060")]
    [InlineData("192.0.2.1")]
    [InlineData("192.0.2.1:65536")]
    public void Endpoint_refuses_the_ambiguous(string text) => Assert.False(IpEndpoint.TryParse(text, out _));
}
