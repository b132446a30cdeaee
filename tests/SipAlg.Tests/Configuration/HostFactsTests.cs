using SipAlg.Configuration;
using SipAlg.Configuration.Options;

namespace SipAlg.Tests.Configuration;

public sealed class HostFactsTests
{
    [Fact]
    public void Reads_the_ephemeral_range()
    {
        Assert.Equal(new PortRange(32768, 60999), HostFacts.ReadPorts(["32768\t60999"]));
        Assert.Null(HostFacts.ReadPorts([]));
        Assert.Null(HostFacts.ReadPorts(["x y"]));
    }

    [Theory]
    [InlineData("CapEff:\t000001ffffffffff", true)]
    [InlineData("CapEff:\t0000000000001000", true)]
    [InlineData("CapEff:\t0000000000000fff", false)]
    [InlineData("CapPrm:\t000001ffffffffff", false)]
    public void Knows_whether_buffers_may_be_forced(string line, bool mayForce) => Assert.Equal(mayForce, HostFacts.MayForceBuffers(["Name:\tsipalg", line]));

    [Fact]
    public void Reads_a_number()
    {
        Assert.Equal(212992, HostFacts.ReadNumber(["212992"]));
        Assert.Null(HostFacts.ReadNumber([]));
        Assert.Null(HostFacts.ReadNumber(["many"]));
    }

    [Fact]
    public void Reads_default_gateways_and_no_other_routes()
    {
        string[] v4 =
        [
            "Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\tWindow\tIRTT",
            "eth0\t00000000\t010011AC\t0003\t0\t0\t0\t00000000\t0\t0\t0",
            "eth0\t000011AC\t00000000\t0001\t0\t0\t0\t0000FFFF\t0\t0\t0",
        ];
        string[] v6 =
        [
            "00000000000000000000000000000000 00 00000000000000000000000000000000 00 fe800000000000000000000000000001 00000400 00000001 00000000 00000003 eth0",
            "fe800000000000000000000000000000 40 00000000000000000000000000000000 00 00000000000000000000000000000000 00000100 00000001 00000000 00000001 eth0",
            "00000000000000000000000000000000 00 00000000000000000000000000000000 00 00000000000000000000000000000000 ffffffff 00000001 00000000 00200200 lo",
        ];

        Assert.Equal(["172.17.0.1"], HostFacts.ReadV4(v4).Select(gateway => gateway.ToString()));
        Assert.Equal(["fe80::1"], HostFacts.ReadV6(v6).Select(gateway => gateway.ToString()));
    }
}
