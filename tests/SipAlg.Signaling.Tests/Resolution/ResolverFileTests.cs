using SipAlg.Protocol.Addresses;
using SipAlg.Signaling.Resolution.Dns;

namespace SipAlg.Signaling.Tests.Resolution;

/// <summary>resolv.conf(5) and hosts(5).</summary>
public sealed class ResolverFileTests
{
    [Fact]
    public void Servers_domains_and_options_are_read()
    {
        var file = ResolverFile.Parse("# made by hand\nnameserver 192.0.2.53\nnameserver\t2001:db8::53 \r\nnameserver nonsense\nsearch One.example. two.example\noptions ndots:3 timeout:4 attempts:1 rotate\n");

        Assert.Equal([IpEndpoint.Parse("192.0.2.53:53"), IpEndpoint.Parse("[2001:db8::53]:53")], file.Servers.AsEnumerable());
        Assert.Equal(["one.example", "two.example"], file.Search.AsEnumerable());
        Assert.Equal((3, TimeSpan.FromSeconds(4), 1), (file.Dots, file.Timeout, file.Attempts));
    }

    [Fact]
    public void Without_any_the_server_is_on_this_host() => Assert.Equal([IpEndpoint.Parse("127.0.0.1:53")], ResolverFile.Parse("").Servers.AsEnumerable());

    [Theory]
    [InlineData("pbx", "pbx.one.example pbx.two.example pbx")]
    [InlineData("pbx.default", "pbx.default pbx.default.one.example pbx.default.two.example")]
    [InlineData("sip.carrier.example", "sip.carrier.example")]
    [InlineData("PBX.", "pbx")]
    public void Short_names_are_looked_for_in_the_domains(string host, string names) =>
        Assert.Equal(names.Split(' '), ResolverFile.Parse("search one.example two.example\noptions ndots:2").NamesFor(host));

    [Theory]
    [InlineData("options timeout:0 attempts:0 ndots:99", 1, 1, 15)]
    [InlineData("options timeout:999 attempts:999 ndots:x", 30, 5, 1)]
    [InlineData("options timeout: attempts ndots:-1", 2, 2, 1)]
    public void Options_have_bounds(string text, int seconds, int attempts, int dots)
    {
        var file = ResolverFile.Parse(text);

        Assert.Equal((TimeSpan.FromSeconds(seconds), attempts, dots), (file.Timeout, file.Attempts, file.Dots));
    }

    [Fact]
    public void Hosts_have_names_and_aliases_of_both_families()
    {
        var hosts = HostsFile.Parse("127.0.0.1 localhost\n::1\tlocalhost ip6-localhost # loopback\n10.0.0.5 PBX.example pbx\nnonsense here\n10.0.0.5 pbx\n");

        Assert.Equal([IpAddress.Parse("127.0.0.1"), IpAddress.Parse("::1")], hosts.Find("LocalHost.").AsEnumerable());
        Assert.Equal([IpAddress.Parse("10.0.0.5")], hosts.Find("pbx").AsEnumerable());
        Assert.Empty(hosts.Find("here"));
    }
}
