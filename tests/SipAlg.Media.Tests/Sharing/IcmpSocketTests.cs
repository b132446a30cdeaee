using FsCheck;
using FsCheck.Fluent;
using SipAlg.Media.Sharing;
using SipAlg.Protocol.Addresses;

namespace SipAlg.Media.Tests.Sharing;

/// <summary>Which datagram an ICMP error is about.</summary>
public sealed class IcmpSocketTests
{
    private const byte Udp = 17;

    private static byte[] V4(int words, byte protocol, string source)
    {
        var header = new byte[4 * words];
        (header[0], header[9]) = ((byte)(0x40 | words), protocol);
        IpAddress.Parse(source).WriteOctets(header.AsSpan(12));
        return header;
    }

    private static byte[] V6(byte protocol, string source)
    {
        var header = new byte[40];
        (header[0], header[6]) = (0x60, protocol);
        IpAddress.Parse(source).WriteOctets(header.AsSpan(8));
        return header;
    }

    [Theory]
    [InlineData(5, 5)]
    [InlineData(15, 5)]
    [InlineData(5, 15)]
    public void Over_IPv4_it_is_quoted_behind_both_headers(int outer, int inner) => Assert.Equal(
        new IpEndpoint(IpAddress.Parse("10.0.0.1"), 20001),
        IcmpSocket.SenderIn([.. V4(outer, 1, "192.0.2.1"), .. new byte[8], .. V4(inner, Udp, "10.0.0.1"), 0x4E, 0x21], isV4: true));

    [Fact]
    public void Over_IPv6_behind_that_of_ICMP() => Assert.Equal(
        new IpEndpoint(IpAddress.Parse("2001:db8::1"), 20001),
        IcmpSocket.SenderIn([.. new byte[8], .. V6(Udp, "2001:db8::1"), 0x4E, 0x21], isV4: false));

    [Fact]
    public void What_is_not_about_UDP_or_ends_too_early_is_about_nobody()
    {
        Assert.True(IcmpSocket.SenderIn([.. V4(5, 1, "192.0.2.1"), .. new byte[8], .. V4(5, 6, "10.0.0.1"), 0x4E, 0x21], isV4: true).IsNone);
        Assert.True(IcmpSocket.SenderIn([.. V4(5, 1, "192.0.2.1"), .. new byte[8], .. V4(5, Udp, "10.0.0.1"), 0x4E], isV4: true).IsNone);
        Assert.True(IcmpSocket.SenderIn([.. new byte[8], .. V6(58, "2001:db8::1"), 0x4E, 0x21], isV4: false).IsNone);
        Assert.True(IcmpSocket.SenderIn([.. new byte[8], .. V6(Udp, "2001:db8::1"), 0x4E], isV4: false).IsNone);
    }

    [Fact]
    public void No_octets_are_too_strange() => Prop.ForAll<byte[], bool>((octets, isV4) =>
    {
        _ = octets.Length > 0 ? IcmpSocket.SenderIn(octets, isV4) : default;
    }).QuickCheckThrowOnFailure();
}
