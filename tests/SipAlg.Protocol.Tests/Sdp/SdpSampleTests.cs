using System.Text.RegularExpressions;
using SipAlg.Protocol.Addresses;
using SipAlg.Protocol.Sdp;

namespace SipAlg.Protocol.Tests.Sdp;

public sealed partial class SdpSampleTests
{
    /// <summary>Written apart from the product's own table, so that one checks the other.</summary>
    [GeneratedRegex("^a=(candidate|remote-candidates|end-of-candidates|ice-.*|altc|source-filter|path|control|rtcp)(:|$)")]
    private static partial Regex Rewritten { get; }

    [GeneratedRegex(@"(?<![\w.:])(\d+\.\d+\.\d+\.\d+|[0-9a-fA-F]*:[0-9a-fA-F:]*:[0-9a-fA-F.]*)(?![\w:])|\w+\.example\.com|\S+\.local")]
    private static partial Regex Addresses { get; }

    public static TheoryData<string> All => SdpSamples.All();

    [Fact]
    public void All_groups_are_there() => Assert.True(SdpSamples.Files().Count() >= 48);

    [Theory]
    [MemberData(nameof(All))]
    public void Finds_the_media_that_the_text_has(string file)
    {
        var bytes = SdpSamples.Read(file);
        var source = SdpSamples.Parse(bytes);
        var lines = SdpSamples.Lines(bytes).Where(line => line.StartsWith("m=")).Select(line => line[2..].Split(' ')).ToArray();
        Assert.Equal(lines.Length, source.MediaCount);
        for (var i = 0; i < lines.Length; i++)
        {
            Assert.Equal(lines[i][0], SdpSamples.Text(source.Bytes(source.Media(i).Type)));
            Assert.Equal(lines[i][1].Split('/')[0], $"{source.Media(i).Port}");
            Assert.Equal(lines[i][2], SdpSamples.Text(source.Bytes(source.Media(i).Protocol)));
            Assert.Equal(string.Join(' ', lines[i][3..]), SdpSamples.Text(source.Bytes(source.Media(i).Formats)));
            Assert.Equal(!lines[i][2].StartsWith("TCP"), source.Media(i).IsUdp);
        }
    }

    [Theory]
    [MemberData(nameof(All))]
    public void Rewritten_says_our_ports_and_addresses(string file)
    {
        var source = SdpSamples.Parse(SdpSamples.Read(file));
        foreach (var address in (string[])["198.18.0.1", "2001:db8:ffff::1"])
        {
            var written = SdpSamples.Parse(SdpSamples.Rewrite(source, address));
            Assert.Equal(source.MediaCount, written.MediaCount);
            for (var i = 0; i < written.MediaCount; i++)
            {
                CheckMedia(source, written, i, IpAddress.Parse(address));
            }
        }
    }

    private static void CheckMedia(SdpDescription source, SdpDescription written, int index, IpAddress ours)
    {
        ref readonly var before = ref source.Media(index);
        ref readonly var after = ref written.Media(index);
        Assert.Equal(before.IsUdp ? 30000 + 2 * index : 0, after.Port);
        Assert.Equal(before.IsUdp && before.RtcpPort != 0 ? 30001 + 2 * index : 0, after.RtcpPort);
        Assert.Equal(1, after.PortCount);
        Assert.Equal(before.HasHoldAddress, after.HasHoldAddress);
        Assert.Equal(!before.HasHoldAddress ? ours : ours.IsV6 ? IpAddress.AnyV6 : IpAddress.AnyV4, after.Connection.Address);
        Assert.Equal(before.Transport, after.Transport);
        Assert.Equal(before.Direction, after.Direction);
        Assert.Equal(before.HasRtcpMux, after.HasRtcpMux);
    }

    [Theory]
    [MemberData(nameof(All))]
    public void No_address_of_the_source_is_left(string file)
    {
        var bytes = SdpSamples.Read(file);
        var written = SdpSamples.Text(SdpSamples.Rewrite(SdpSamples.Parse(bytes)));
        var addresses = SdpSamples.Lines(bytes)
            .Where(line => line.StartsWith("o=") || line.StartsWith("c=") || Rewritten.IsMatch(line))
            .SelectMany(line => Addresses.Matches(line)).Select(match => match.Value)
            .Where(address => !IpAddress.TryParse(address, out var ip) || !ip.IsUnspecified);
        Assert.All(addresses, address => Assert.DoesNotContain(address, written));
    }

    [Theory]
    [MemberData(nameof(All))]
    public void All_other_lines_survive(string file)
    {
        var bytes = SdpSamples.Read(file);
        var before = SdpSamples.Lines(bytes);
        var text = SdpSamples.Text(SdpSamples.Rewrite(SdpSamples.Parse(bytes)));
        Assert.EndsWith("\r\n", text);
        var after = text.Split("\r\n")[..^1];
        Assert.DoesNotContain(after, line => line.Contains('\r') || line.Contains('\n'));
        Assert.Equal(before.Where(IsKept), after.Where(IsKept).Where(line => !IsAdded(line, before)));
        Assert.Single(after, line => line.StartsWith("o="));
        Assert.Contains(after, line => line.StartsWith("s="));
        Assert.Contains(after, line => line.StartsWith("t="));
    }

    private static bool IsKept(string line) => line[..2] is not ("o=" or "c=" or "m=") && !Rewritten.IsMatch(line);

    private static bool IsAdded(string line, string[] before) =>
        (line == "s=-" && !before.Any(known => known.StartsWith("s="))) || (line == "t=0 0" && !before.Any(known => known.StartsWith("t=")));

    [Theory]
    [MemberData(nameof(All))]
    public void Rewriting_what_was_written_changes_nothing(string file)
    {
        var once = SdpSamples.Rewrite(SdpSamples.Parse(SdpSamples.Read(file)));
        Assert.Equal(SdpSamples.Text(once), SdpSamples.Text(SdpSamples.Rewrite(SdpSamples.Parse(once))));
    }

    [Theory]
    [MemberData(nameof(All))]
    public void Writes_only_what_fits(string file)
    {
        var source = SdpSamples.Parse(SdpSamples.Read(file));
        var whole = SdpSamples.Rewrite(source);
        var origin = new SdpOrigin(4711, 2, IpAddress.Parse("198.18.0.1"));
        var streams = SdpSamples.Streams(source.MediaCount);
        Assert.Equal(whole.Length, SdpRewriter.Write(source, in origin, streams, new byte[whole.Length]));
        for (var length = 0; length < whole.Length; length++)
        {
            Assert.Equal(-1, SdpRewriter.Write(source, in origin, streams, new byte[length]));
        }
    }
}
