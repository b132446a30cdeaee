using SipAlg.Calls.Model;
using SipAlg.Protocol.Addresses;

namespace SipAlg.Calls.Tests.Model;

public sealed class AdvertiseRuleTests
{
    private static readonly AdvertiseRule Rule = new()
    {
        V4 = IpAddress.Parse("203.0.113.10"),
        Except = [new IpNetwork(IpAddress.Parse("10.0.0.0"), 8)],
    };

    [Theory]
    [InlineData("198.51.100.1", "203.0.113.10")]
    [InlineData("10.1.2.3", "none")]
    [InlineData("2001:db8::1", "none")]
    public void Shows_the_address_of_the_family_unless_excepted(string destination, string shown) =>
        Assert.Equal(shown, Rule.For(IpAddress.Parse(destination)).ToString());
}
