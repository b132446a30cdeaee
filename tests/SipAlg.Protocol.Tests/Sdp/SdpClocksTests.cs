using System.Text;
using SipAlg.Protocol.Rtp;
using SipAlg.Protocol.Sdp;

namespace SipAlg.Protocol.Tests.Sdp;

public sealed class SdpClocksTests
{
    private readonly SdpClocks _clocks = new();

    private PayloadClocks? Of(string media)
    {
        var octets = Encoding.ASCII.GetBytes($"v=0\r\no=- 1 1 IN IP4 192.0.2.1\r\ns=-\r\nc=IN IP4 192.0.2.1\r\nt=0 0\r\n{media}");
        var description = new SdpDescription();
        Assert.Equal(SdpFault.None, SdpParser.Parse(description, octets, 0, octets.Length));
        return _clocks.Of(description, 0);
    }

    [Fact]
    public void Formats_have_the_rates_of_their_rtpmaps_and_of_static_types()
    {
        var clocks = Of("m=audio 4000 RTP/AVP 0 9 96 14 97\r\na=rtpmap:96 opus/48000/2\r\na=rtpmap:97 telephone-event/8000\r\n")!;
        Assert.Equal((8000, 8000, 48_000, 90_000), (clocks.Of(0), clocks.Of(9), clocks.Of(96), clocks.Of(14)));
        Assert.Equal((0, 0, 0), (clocks.Of(97), clocks.Of(98), clocks.Of(8)));
    }

    [Fact]
    public void An_rtpmap_outweighs_the_static_type_and_one_without_a_rate_has_none()
    {
        var clocks = Of("m=audio 4000 RTP/SAVP 0 96 97\r\na=rtpmap:0 L16/44100\r\na=rtpmap:96 x\r\na=rtpmap:97 x/999999999\r\n")!;
        Assert.Equal((44_100, 0, 0), (clocks.Of(0), clocks.Of(96), clocks.Of(97)));
    }

    [Fact]
    public void What_is_no_rtp_has_none() => Assert.Null(Of("m=image 4000 udptl t38\r\n"));

    [Fact]
    public void Streams_of_the_same_formats_share_them()
    {
        const string Media = "m=audio 4000 RTP/AVP 0 8\r\n";
        var first = Of(Media);
        for (var type = 96; type < 111; type++)
        {
            Of($"m=audio 4000 RTP/AVP {type}\r\na=rtpmap:{type} x/8000\r\n");
        }

        Assert.Same(first, Of(Media));
        Assert.NotSame(first, Of("m=audio 4000 RTP/AVP 8 0\r\n"));
    }

    [Fact]
    public void Every_format_is_known_once()
    {
        var types = Enumerable.Range(96, 32).ToArray();
        var clocks = Of($"m=video 4000 RTP/AVP 96 {string.Join(' ', types)}\r\n{string.Concat(types.Select(type => $"a=rtpmap:{type} x/90000\r\n"))}")!;
        Assert.Equal((90_000, 90_000, 90_000), (clocks.Of(96), clocks.Of(111), clocks.Of(127)));
        Assert.True(clocks.Are([.. types.Select(type => new PayloadClock((byte)type, 90_000))]));
    }

    [Fact]
    public void What_has_no_clock_is_named_all_the_same()
    {
        var clocks = Of("m=audio 4000 RTP/AVP 0 101\r\na=rtpmap:101 telephone-event/8000\r\n")!;
        Assert.Equal((true, true, false), (clocks.Has(0), clocks.Has(101), clocks.Has(8)));
    }

    [Theory]
    [InlineData("0", AudioCodec.G711)]
    [InlineData("8", AudioCodec.G711)]
    [InlineData("9", AudioCodec.G722)]
    [InlineData("18", AudioCodec.G729)]
    [InlineData("4", AudioCodec.G723)]
    [InlineData("3", AudioCodec.Gsm)]
    [InlineData("96\r\na=rtpmap:96 OPUS/48000/2", AudioCodec.Opus)]
    [InlineData("96\r\na=rtpmap:96 ilbc/8000", AudioCodec.Ilbc)]
    [InlineData("96\r\na=rtpmap:96 AMR/8000", AudioCodec.Amr)]
    [InlineData("96\r\na=rtpmap:96 AMR-WB/16000", AudioCodec.AmrWb)]
    [InlineData("96\r\na=rtpmap:96 GSM-EFR/8000", AudioCodec.GsmEfr)]
    [InlineData("96\r\na=rtpmap:96 x-own/8000", AudioCodec.Unknown)]
    [InlineData("96", AudioCodec.Unknown)]
    public void Codecs_have_their_names(string formats, AudioCodec codec) =>
        Assert.Equal(codec, Of($"m=audio 4000 RTP/AVP {formats}\r\n")!.CodecOf(byte.Parse(formats.Split('\r')[0], System.Globalization.CultureInfo.InvariantCulture), 0));

    /// <summary>A call that ends with a digit had a codec all the same.</summary>
    [Fact]
    public void Beside_events_and_noise_there_is_the_codec_of_their_clock()
    {
        var clocks = Of("m=audio 4000 RTP/AVP 96 18 13 101 98\r\na=rtpmap:96 opus/48000/2\r\na=rtpmap:101 telephone-event/8000\r\na=rtpmap:98 x-own/8000\r\n")!;
        Assert.Equal((AudioCodec.G729, AudioCodec.Opus), (clocks.CodecOf(101, 8000), clocks.CodecOf(101, 48_000)));
        Assert.Equal((AudioCodec.G729, AudioCodec.Unknown), (clocks.CodecOf(13, 8000), clocks.CodecOf(101, 0)));
        Assert.Equal((AudioCodec.Unknown, AudioCodec.Unknown), (clocks.CodecOf(98, 8000), clocks.CodecOf(0, 8000)));
    }
}
