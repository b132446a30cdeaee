using FsCheck;
using FsCheck.Fluent;
using SipAlg.Protocol.Addresses;
using SipAlg.Protocol.Sdp;
using SipAlg.Testing;

namespace SipAlg.Protocol.Tests.Sdp;

public sealed class SdpCodecFilterTests
{
    private const string Head = "v=0\r\no=- 4711 2 IN IP4 198.18.0.1\r\ns=-\r\nc=IN IP4 198.18.0.1\r\nt=0 0\r\n";

    private const string Audio =
        "m=audio 30000 RTP/AVP 96 9 8 0 18 13 101 110\r\na=rtpmap:96 opus/48000/2\r\na=fmtp:96 useinbandfec=1\r\na=rtpmap:18 G729/8000\r\na=fmtp:18 annexb=no\r\n" +
        "a=rtpmap:101 telephone-event/8000\r\na=fmtp:101 0-16\r\na=rtpmap:110 telephone-event/48000\r\na=fmtp:110 0-15\r\na=rtcp-fb:96 transport-cc\r\na=rtcp-fb:* ccm tmmbr\r\na=ptime:20\r\na=sendrecv\r\n";

    private const string Video =
        "m=video 30002 RTP/AVPF 97 98 99 100 101 102\r\na=rtpmap:97 VP8/90000\r\na=rtcp-fb:97 nack\r\na=rtpmap:98 rtx/90000\r\na=fmtp:98 apt=97\r\na=rtpmap:99 H264/90000\r\na=fmtp:99 packetization-mode=1\r\n" +
        "a=imageattr:99 send [x=320,y=240]\r\na=imageattr:* recv [x=320,y=240]\r\na=framesize:99 320-240\r\na=rtpmap:100 rtx/90000\r\na=fmtp:100 rtx-time=200; apt=99\r\na=rtpmap:101 red/90000\r\na=rtpmap:102 ulpfec/90000\r\n";

    private static readonly SdpOrigin Origin = new(4711, 2, IpAddress.Parse("198.18.0.1"));

    private static SdpCodec[] Codecs(string text) => [.. text.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(codec => SdpCodec.TryParse(codec)!)];

    private static SdpCodecRules Rules(string allow = "", string remove = "", string prefer = "") => new()
    {
        Allow = [.. allow.Split('|', StringSplitOptions.RemoveEmptyEntries).Select(list => System.Collections.Immutable.ImmutableArray.Create(Codecs(list)))],
        Remove = [.. Codecs(remove)],
        Prefer = [.. Codecs(prefer)],
    };

    private static string Filtered(string text, SdpCodecRules rules, bool isOffer = true)
    {
        var source = SdpSamples.Parse(text);
        return SdpSamples.Text(Filtered(source, rules, isOffer, out _));
    }

    private static byte[] Filtered(SdpDescription source, SdpCodecRules rules, bool isOffer, out SdpCodecFilter filter)
    {
        filter = new SdpCodecFilter();
        filter.Read(source, rules, isOffer);
        var destination = new byte[SdpDescription.MaxLength * 2];
        var length = SdpRewriter.Write(source, in Origin, SdpSamples.Streams(source.MediaCount), destination, filter);
        Assert.True(length > 0);
        return destination[..length];
    }

    private static string Formats(string text, SdpCodecRules rules, bool isOffer = true) =>
        string.Join(" | ", Filtered(text, rules, isOffer).Split("\r\n").Where(line => line.StartsWith("m=", StringComparison.Ordinal)).Select(line => string.Join(' ', line.Split(' ')[3..])));

    [Theory]
    [InlineData("PCMA", "", "8 13 101")]
    [InlineData("pcma PCMU/8000", "", "8 0 13 101")]
    [InlineData("opus", "", "96 110")]
    [InlineData("opus/48000 G722", "", "96 9 13 101 110")]
    [InlineData("opus/16000 G722", "", "9 13 101")]
    [InlineData("", "opus", "9 8 0 18 13 101")]
    [InlineData("", "G729 telephone-event", "96 9 8 0 13")]
    [InlineData("", "telephone-event/48000 CN", "96 9 8 0 18 101")]
    [InlineData("PCMA opus | opus G729", "", "96 110")]
    [InlineData("PCMA PCMU", "PCMU", "8 13 101")]
    public void What_may_be_used_stays_with_what_belongs_to_it(string allow, string remove, string expected) =>
        Assert.Equal(expected, Formats(Head + Audio, Rules(allow, remove)));

    [Theory]
    [InlineData("VP8", "97 98 101 102")]
    [InlineData("h264", "99 100 101 102")]
    public void Retransmission_follows_its_codec(string allow, string expected) => Assert.Equal(expected, Formats(Head + Video, Rules(allow)));

    [Fact]
    public void Lines_of_what_went_go_too()
    {
        Assert.Equal(
            Head + "m=audio 30000 RTP/AVP 8 13 101\r\na=rtpmap:101 telephone-event/8000\r\na=fmtp:101 0-16\r\na=rtcp-fb:* ccm tmmbr\r\na=ptime:20\r\na=sendrecv\r\n" +
            "m=video 30002 RTP/AVPF 97 98 101 102\r\na=rtpmap:97 VP8/90000\r\na=rtcp-fb:97 nack\r\na=rtpmap:98 rtx/90000\r\na=fmtp:98 apt=97\r\na=imageattr:* recv [x=320,y=240]\r\n" +
            "a=rtpmap:101 red/90000\r\na=rtpmap:102 ulpfec/90000\r\n",
            Filtered(Head + Audio + Video, Rules("PCMA VP8")));
    }

    [Fact]
    public void What_is_not_touched_crosses_as_without_a_filter()
    {
        var text = Head + Audio + Video + "m=image 0 udptl t38\r\n";
        Assert.Equal(text.Replace("image 0", "image 30004", StringComparison.Ordinal), Filtered(text, Rules(remove: "GSM iLBC", prefer: "speex")));
    }

    [Theory]
    [InlineData("PCMU", "0 96 9 8 18 13 101 110")]
    [InlineData("PCMU G729 opus", "0 18 96 9 8 13 101 110")]
    [InlineData("G722 PCMA PCMU", "9 8 0 96 18 13 101 110")]
    [InlineData("opus", "96 9 8 0 18 13 101 110")]
    [InlineData("speex PCMA", "8 96 9 0 18 13 101 110")]
    public void Preferred_codecs_come_first_in_an_offer(string prefer, string expected)
    {
        Assert.Equal(expected, Formats(Head + Audio, Rules(prefer: prefer)));
        Assert.Equal("96 9 8 0 18 13 101 110", Formats(Head + Audio, Rules(prefer: prefer), isOffer: false));
    }

    [Fact]
    public void Preferred_and_removed_at_once() => Assert.Equal("0 9 13 101", Formats(Head + Audio, Rules("PCMU G722 PCMA", "PCMA", "PCMA PCMU")));

    /// <summary>RFC 3264 §6, RFC 8866 §5.14: port 0, and one format, since the grammar wants one.</summary>
    [Fact]
    public void A_stream_without_a_codec_is_refused_in_its_place()
    {
        Assert.Equal(
            Head + "m=audio 0 RTP/AVP 96\r\na=rtpmap:96 opus/48000/2\r\na=fmtp:96 useinbandfec=1\r\na=rtcp-fb:96 transport-cc\r\na=rtcp-fb:* ccm tmmbr\r\na=ptime:20\r\na=sendrecv\r\n" +
            "m=video 30002 RTP/AVPF 99 100 101 102\r\na=rtpmap:99 H264/90000\r\na=fmtp:99 packetization-mode=1\r\na=imageattr:99 send [x=320,y=240]\r\na=imageattr:* recv [x=320,y=240]\r\n" +
            "a=framesize:99 320-240\r\na=rtpmap:100 rtx/90000\r\na=fmtp:100 rtx-time=200; apt=99\r\na=rtpmap:101 red/90000\r\na=rtpmap:102 ulpfec/90000\r\n",
            Filtered(Head + Audio + Video, Rules("H264")));
        Filtered(SdpSamples.Parse(Head + Audio + Video), Rules("H264"), isOffer: true, out var filter);
        Assert.Equal((true, false), (filter.IsRefused(0), filter.IsRefused(1)));
    }

    /// <summary>RFC 3551 §6: types 0 to 34 need no rtpmap, and one that has another rtpmap means that.</summary>
    [Theory]
    [InlineData("0 3 4 5 7 8 9 12 13 15 18", "GSM G728", "3 13 15")]
    [InlineData("14 10 11", "L16/44100", "10 11")]
    [InlineData("5 6 16 17", "DVI4/11025", "16")]
    [InlineData("96 8", "PCMA", "8")]
    [InlineData("35 8", "", "35 8")]
    public void Static_types_are_known(string formats, string allow, string expected) => Assert.Equal(expected, Formats($"{Head}m=audio 4000 RTP/AVP {formats}\r\n", Rules(allow)));

    [Fact]
    public void An_rtpmap_goes_before_the_static_type() =>
        Assert.Equal("8", Formats($"{Head}m=audio 4000 RTP/AVP 0 8\r\na=rtpmap:0 G722/8000\r\na=rtpmap:8 PCMU/8000\r\na=rtpmap:8 PCMA/8000\r\n", Rules("PCMU")));

    [Theory]
    [InlineData("111 63 8", "a=rtpmap:111 opus/48000/2\r\na=rtpmap:63 red/48000/2\r\na=fmtp:63 111/111\r\n", "opus", "111 63")]
    [InlineData("111 63 8", "a=rtpmap:111 opus/48000/2\r\na=rtpmap:63 red/48000/2\r\na=fmtp:63 111/111\r\n", "PCMA", "8")]
    [InlineData("111 63 8", "a=rtpmap:111 opus/48000/2\r\na=rtpmap:63 red/8000\r\na=fmtp:63 8 / 0\r\n", "PCMA", "8")]
    [InlineData("8 97 98", "a=rtpmap:97 rtx/8000\r\na=fmtp:97 apt=8\r\na=rtpmap:98 rtx/8000\r\n", "PCMA", "8 97")]
    [InlineData("96 101", "a=rtpmap:96 opus/48000/2\r\na=rtpmap:101 telephone-event/8000\r\n", "opus", "96 101")]
    [InlineData("96 0 101", "a=rtpmap:96 opus/48000/2\r\na=rtpmap:101 telephone-event/8000\r\n", "opus", "96")]
    [InlineData("101", "a=rtpmap:101 telephone-event/8000\r\n", "opus", "101")]
    public void What_belongs_to_codecs(string formats, string lines, string allow, string expected) => Assert.Equal(expected, Formats($"{Head}m=audio 4000 RTP/AVP {formats}\r\n{lines}", Rules(allow)));

    [Theory]
    [InlineData("m=text 4000 RTP/AVP 98\r\na=rtpmap:98 t140/1000\r\n", "98")]
    [InlineData("m=image 4000 udptl t38\r\n", "t38")]
    [InlineData("m=application 4000 UDP/DTLS/SCTP webrtc-datachannel\r\n", "webrtc-datachannel")]
    [InlineData("m=audio 4000 udp 99\r\n", "99")]
    public void Other_streams_are_not_filtered(string media, string expected) => Assert.Equal(expected, Formats(Head + media, Rules("PCMA")));

    [Theory]
    [InlineData("*", "", "*")]
    [InlineData("* 8", "PCMA", "* 8")]
    [InlineData("8 x 0", "PCMA", "8")]
    [InlineData("8 8 0", "PCMA", "8 8")]
    [InlineData("200 8 0", "PCMA", "8")]
    public void Formats_that_are_no_payload_types(string formats, string allow, string expected) => Assert.Equal(expected, Formats($"{Head}m=audio 4000 RTP/AVP {formats}\r\n", Rules(allow)));

    [Theory]
    [InlineData("PCMA", true)]
    [InlineData("telephone-event/8000", true)]
    [InlineData("x-own.codec_1", true)]
    [InlineData("", false)]
    [InlineData("/8000", false)]
    [InlineData("PCMA/", false)]
    [InlineData("PCMA/0", false)]
    [InlineData("PCMA/-8", false)]
    [InlineData("opus/48000/2", false)]
    [InlineData("PCM A", false)]
    [InlineData("PCMA/9999999999", false)]
    public void Names_of_codecs(string text, bool isCodec) => Assert.Equal(isCodec ? text : null, SdpCodec.TryParse(text)?.ToString());

    [Fact]
    public void Reading_and_rewriting_allocates_nothing()
    {
        var bytes = SdpSamples.Bytes(Head + Audio + Video);
        var description = SdpSamples.Parse(bytes);
        var rules = Rules("PCMA opus VP8", "CN", "PCMA");
        var filter = new SdpCodecFilter();
        var destination = new byte[bytes.Length * 2];
        var streams = SdpSamples.Streams(2);
        var length = Write(description, rules, filter, streams, destination);
        Assert.True(length > 0);
        Assert.Equal(0, Allocations.Of(() => Write(description, rules, filter, streams, destination)));
    }

    private static int Write(SdpDescription description, SdpCodecRules rules, SdpCodecFilter filter, SdpStream[] streams, byte[] destination)
    {
        filter.Read(description, rules, isOffer: true);
        return SdpRewriter.Write(description, in Origin, streams, destination, filter);
    }

    // ---- whatever is offered, and whatever the rules are

    private static readonly string[] Names =
        ["PCMA", "pcmu", "opus", "opus/48000", "G722", "G729/8000", "VP8", "VP9", "H264", "AV1", "telephone-event", "CN", "telephone-event/48000", "red", "rtx", "ulpfec", "speex", "L24", "none"];

    private static readonly byte[][] Files = [.. SdpSamples.Files().Select(SdpSamples.Read)];

    private static Gen<string> List => Gen.Elements(Names).ListOf().Select(names => string.Join(' ', names.Take(6)));

    private static Gen<(byte[] File, SdpCodecRules Rules, bool IsOffer)> Cases =>
        from file in Gen.Elements(Files)
        from allow in Gen.Frequency((1, Gen.Constant("")), (2, List))
        from other in Gen.Frequency((4, Gen.Constant("")), (1, List))
        from remove in List
        from prefer in List
        from isOffer in Gen.Elements(true, false)
        select (file, Rules($"{allow}|{other}", remove, prefer), isOffer);

    [Fact]
    public void What_is_left_of_real_descriptions_is_sound() => Prop.ForAll(Arb.From(Cases), one =>
    {
        var source = SdpSamples.Parse(one.File);
        var plain = SdpSamples.Parse(SdpSamples.Rewrite(source));
        var written = SdpSamples.Parse(Filtered(source, one.Rules, one.IsOffer, out var filter));
        Assert.Equal(source.MediaCount, written.MediaCount);
        for (var index = 0; index < written.MediaCount; index++)
        {
            Assert.Equal(filter.IsRefused(index) ? 0 : plain.Media(index).Port, written.Media(index).Port);
            CheckStream(plain, written, index, one.Rules, filter.IsRefused(index), one.IsOffer);
        }
    }).Check(Config.QuickThrowOnFailure.WithMaxTest(1000));

    /// <summary>Written apart from the product: an own reading of the rules, line by line.</summary>
    private static void CheckStream(SdpDescription source, SdpDescription written, int index, SdpCodecRules rules, bool isRefused, bool isOffer)
    {
        var (before, after) = (Listed(source, index), Listed(written, index));
        Assert.NotEmpty(after);
        if (isRefused)
        {
            Assert.Equal(before[0], Assert.Single(after));
            return;
        }

        Assert.Equal(before.Where(after.Contains).OrderBy(format => isOffer && IsFiltered(source, index) ? Rank(source, index, format, rules) : 0), after);

        var lines = Attributes(written, index);
        foreach (var format in before.Where(format => byte.TryParse(format, out var type) && type < 128))
        {
            var isKept = after.Contains(format);
            var own = Attributes(source, index).Where(line => IsOf(line, format)).ToArray();
            Assert.Equal(isKept ? own : [], lines.Where(line => IsOf(line, format)));
            if (isKept && IsFiltered(source, index))
            {
                var (name, rate) = Codec(source, index, format);
                Assert.DoesNotContain(rules.Remove, codec => codec.Is(SdpSamples.Bytes(name), rate));
                Assert.True(IsAccompanying(name) || rules.Allow.All(list => list.Any(codec => codec.Is(SdpSamples.Bytes(name), rate))), name);
            }
        }
    }

    private static bool IsFiltered(SdpDescription description, int index) => description.Media(index).Transport.IsRtp() &&
        SdpSamples.Text(description.Bytes(description.Media(index).Type)) is "audio" or "video";

    private static int Rank(SdpDescription description, int index, string format, SdpCodecRules rules)
    {
        var (name, rate) = Codec(description, index, format);
        var rank = rules.Prefer.ToList().FindIndex(codec => codec.Is(SdpSamples.Bytes(name), rate));
        return rank < 0 ? int.MaxValue : rank;
    }

    private static (string Name, int Rate) Codec(SdpDescription description, int index, string format)
    {
        if (byte.TryParse(format, out var type) && description.TryGetRtpmap(index, type, out var map))
        {
            return (SdpSamples.Text(description.Bytes(map.Encoding)), map.ClockRate);
        }

        return format switch { "0" => ("PCMU", 8000), "8" => ("PCMA", 8000), "9" => ("G722", 8000), "13" => ("CN", 8000), "18" => ("G729", 8000), "31" => ("H261", 90000), "34" => ("H263", 90000), _ => ("?", 0) };
    }

    private static bool IsAccompanying(string name) => name.ToLowerInvariant() is "?" or "telephone-event" or "cn" or "red" or "rtx" or "ulpfec" or "flexfec-03";

    private static string[] Listed(SdpDescription description, int index) =>
        SdpSamples.Text(description.Bytes(description.Media(index).Formats)).Split([' ', '\t'], StringSplitOptions.RemoveEmptyEntries);

    private static string[] Attributes(SdpDescription description, int index)
    {
        var text = SdpSamples.Text(description.Buffer.AsSpan(description.Offset, description.Length));
        var sections = text.Split("m=")[1..];
        return sections[index].Split(['\r', '\n'], StringSplitOptions.RemoveEmptyEntries)[1..];
    }

    private static bool IsOf(string line, string format) => new[] { "rtpmap", "fmtp", "rtcp-fb" }.Any(name => line.StartsWith($"a={name}:{format} ", StringComparison.Ordinal));
}
