using SipAlg.Calls.Model;
using SipAlg.Protocol.Addresses;
using SipAlg.Protocol.Sip;
using SipAlg.Signaling.Gate;

namespace SipAlg.Tests.Configuration;

/// <summary>Who is heard in a realm: lists in place and in files, methods, what strangers may use.</summary>
public sealed class AccessLoaderTests
{
    private readonly ConfigurationBench _bench = new();

    private RealmAccess Load(string realm)
    {
        var result = _bench.LoadPart($"realms: {{ a: {{ listen: udp://10.0.0.1{realm} }} }}");
        Assert.Empty(result.Problems);
        return result.Configuration!.Model.Realms[0].Access;
    }

    [Fact]
    public void What_is_not_written_is_open_to_all_and_bounded_for_strangers()
    {
        var access = Load("");
        Assert.Null(access.Allow);
        Assert.True(access.Deny.IsEmpty);
        Assert.Null(access.Methods);
        Assert.Equal(StrangerLimits.Default, access.Strangers);
    }

    [Fact]
    public void Lists_hold_blocks_and_files()
    {
        _bench.Files["lists/in.txt"] = "# offices\n10.1.0.0/16 Berlin\n\n2001:db8::/32   # all\r\n";
        var access = Load(", allow: [10.2.0.0/16, 'file:lists/in.txt'], deny: 10.1.2.3");
        Assert.True(access.Allow!.Contains(IpAddress.Parse("10.1.9.9")));
        Assert.True(access.Allow.Contains(IpAddress.Parse("10.2.9.9")));
        Assert.True(access.Allow.Contains(IpAddress.Parse("2001:db8::1")));
        Assert.False(access.Allow.Contains(IpAddress.Parse("10.3.0.1")));
        Assert.True(access.Deny.Contains(IpAddress.Parse("10.1.2.3")));
    }

    [Fact]
    public void A_line_of_a_file_that_is_no_block_is_named()
    {
        _bench.Files["bad.txt"] = "10.0.0.0/8\n  10.0.0.0/40 typo\n";
        var problem = Assert.Single(_bench.LoadPart("realms: { a: { listen: udp://10.0.0.1, deny: 'file:bad.txt' } }").Problems);
        Assert.Equal("bad.txt:2:3", problem.At.ToString());
        Assert.Contains("'10.0.0.0/40' is no address block", problem.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void An_empty_file_is_a_warning()
    {
        _bench.Files["empty.txt"] = "# nobody yet\n";
        Assert.Contains("holds no address block", Assert.Single(_bench.LoadPart("realms: { a: { listen: udp://10.0.0.1, deny: 'file:empty.txt' } }").Problems).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Rates_of_strangers_and_methods()
    {
        var access = Load(", methods: [INVITE, OPTIONS], strangers: { packets: 100/s, requests: 60/m, connections: off, total: 50/s }");
        Assert.Equal(new StrangerLimits { Packets = new GateRate(100, 500), Requests = new GateRate(1, 5), Connections = null, AllRequests = new GateRate(50, 50) }, access.Strangers);
        Assert.True(access.Serves(SipMethod.Invite));
        Assert.True(access.Serves(SipMethod.Bye));
        Assert.False(access.Serves(SipMethod.Message));
        Assert.False(access.Serves(SipMethod.Unknown));
    }
}
