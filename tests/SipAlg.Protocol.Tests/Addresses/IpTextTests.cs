using System.Net;
using System.Net.Sockets;
using System.Text;
using FsCheck;
using FsCheck.Fluent;
using SipAlg.Protocol.Addresses;
using SipAlg.Testing;

namespace SipAlg.Protocol.Tests.Addresses;

/// <summary>IPv4 and IPv6 as text, against what the platform reads and writes.</summary>
public sealed class IpTextTests
{
    private static readonly string[] Groups = ["0", "1", "db8", "2001", "ffff", "FFFF", "00", "0000", "00001", "g", "", "192.0.2.1", "192.0.2", "1.2.3.256", "%1", " "];

    /// <summary>Eight groups, zero ones often enough that runs come up.</summary>
    private static Gen<byte[]> Octets =>
        from groups in Gen.Frequency((2, Gen.Constant(0)), (1, Gen.Choose(0, 0xFFFF)), (1, Gen.Choose(0, 0xFF))).ArrayOf(8)
        select groups.SelectMany(word => new[] { (byte)(word >> 8), (byte)word }).ToArray();

    private static Gen<string> Texts =>
        from groups in Gen.Elements(Groups).ListOf()
        from separators in Gen.Frequency((6, Gen.Constant(":")), (2, Gen.Constant("::")), (1, Gen.Elements("", ".", ":::"))).ListOf()
        from lead in Gen.Frequency((5, Gen.Constant("")), (2, Gen.Constant("::")), (1, Gen.Constant(":")))
        select lead + string.Concat(groups.Zip(separators.Concat(Enumerable.Repeat(":", 20)), (word, separator) => word + separator)) + "1";

    [Fact]
    public void What_is_written_is_read_again_here_and_by_the_platform() =>
        Prop.ForAll(Arb.From(Octets), octets =>
        {
            var address = IpAddress.FromOctets(octets);
            var text = address.ToString();
            var platform = new IPAddress(octets);
            platform = platform.IsIPv4MappedToIPv6 ? platform.MapToIPv4() : platform;
            return IpAddress.Parse(text) == address && IPAddress.Parse(text).Equals(platform) && IpAddress.Parse(platform.ToString()) == address;
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(5000));

    [Fact]
    public void What_is_read_is_read_the_same_by_the_platform() =>
        Prop.ForAll(Arb.From(Texts), text =>
        {
            var isOurs = IpAddress.TryParse(text, out var address);
            var isTheirs = IPAddress.TryParse(text, out var platform);

            // The platform reads IPv4 in octal and with fewer parts, and IPv6 with zones and brackets.
            return isOurs ? isTheirs && address == IpAddress.FromOctets(platform!.GetAddressBytes())
                : !isTheirs || platform!.AddressFamily == AddressFamily.InterNetwork || text.AsSpan().ContainsAny("%[] ");
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(20000));

    [Fact]
    public void Every_quad_is_written_as_the_platform_writes_it() =>
        Prop.ForAll(Arb.From(Gen.Choose(0, 255).ArrayOf(4)), parts =>
        {
            var octets = parts.Select(part => (byte)part).ToArray();
            return IpAddress.FromOctets(octets).ToString() == new IPAddress(octets).ToString() &&
                IpAddress.Parse(string.Join('.', parts)) == IpAddress.FromOctets(octets);
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(5000));

    [Theory]
    [InlineData("::", "::")]
    [InlineData("::1", "::1")]
    [InlineData("1::", "1::")]
    [InlineData("0:0:0:0:0:0:0:0", "::")]
    [InlineData("2001:0DB8:0:0:1:0:0:1", "2001:db8::1:0:0:1")]
    [InlineData("2001:db8:0:1:1:1:1:1", "2001:db8:0:1:1:1:1:1")]
    [InlineData("2001:0:0:1:0:0:0:1", "2001:0:0:1::1")]
    [InlineData("1:2:3:4:5:6:7::", "1:2:3:4:5:6:7:0")]
    [InlineData("::2:3:4:5:6:7:8", "0:2:3:4:5:6:7:8")]
    [InlineData("64:ff9b::192.0.2.33", "64:ff9b::c000:221")]
    [InlineData("1:2:3:4:5:6:1.2.3.4", "1:2:3:4:5:6:102:304")]
    [InlineData("::FFFF:10.0.0.1", "10.0.0.1")]
    public void RFC_5952_form(string text, string written) => Assert.Equal(written, IpAddress.Parse(text).ToString());

    [Theory]
    [InlineData(":")]
    [InlineData(":::")]
    [InlineData("1")]
    [InlineData("1:")]
    [InlineData(":1")]
    [InlineData("1:2:3:4:5:6:7")]
    [InlineData("1:2:3:4:5:6:7:8:9")]
    [InlineData("1:2:3:4:5:6:7:8::")]
    [InlineData("::1:2:3:4:5:6:7:8")]
    [InlineData("1::2::3")]
    [InlineData("1:::2")]
    [InlineData("12345::")]
    [InlineData("1:2:3:4:5:6:7:1.2.3.4")]
    [InlineData("::1.2.3.4:5")]
    [InlineData("::1.2.3")]
    [InlineData("::01.2.3.4")]
    [InlineData("fe80::1%2")]
    [InlineData("::1/64")]
    [InlineData(" ::1")]
    [InlineData("[::1")]
    [InlineData("::1]")]
    [InlineData("[[::1]]")]
    [InlineData("[]")]
    [InlineData("[")]
    [InlineData("[192.0.2.1]")]
    [InlineData("010.0.0.1")]
    [InlineData("1.2.3.4.5")]
    [InlineData("1.2.3.")]
    [InlineData(".1.2.3")]
    [InlineData("1..2.3")]
    [InlineData("1.2.3.0004")]
    [InlineData("0x7f.0.0.1")]
    [InlineData("2130706433")]
    public void Nothing_ambiguous_is_read(string text) => Assert.False(IpAddress.TryParse(text, out _));

    [Fact]
    public void Reading_and_writing_allocate_nothing()
    {
        byte[][] texts = [.. new[] { "192.0.2.1", "2001:db8::1:0:0:1", "[fe80::1]", "::ffff:192.0.2.1", "example.com" }.Select(Encoding.ASCII.GetBytes)];
        var buffer = new byte[IpEndpoint.MaxTextLength];
        var written = ReadAndWrite(texts, buffer);
        Assert.Equal(0, Allocations.Of(() => ReadAndWrite(texts, buffer)));
        Assert.True(written > 0);
    }

    private static int ReadAndWrite(byte[][] texts, byte[] buffer)
    {
        var written = 0;
        foreach (var text in texts)
        {
            written += IpAddress.TryParse(text, out var address) ? new IpEndpoint(address, 5060).Format(buffer) : 0;
        }

        return written;
    }
}
