using SipAlg.Protocol.Rtp;
using SipAlg.Protocol.Sdp;

namespace SipAlg.Protocol.Tests.Sdp;

/// <summary>telephone-event found in streams, put into them and taken out.</summary>
public sealed class SdpEventTests
{
    private const string Session = "v=0\r\no=- 1 2 IN IP4 192.0.2.1\r\ns=-\r\nc=IN IP4 192.0.2.1\r\nt=0 0\r\n";

    private static SdpDescription Stream(string media) => SdpSamples.Parse(Session + media);

    private static string Texts(TelephoneEventFormats formats) =>
        string.Join(' ', Enumerable.Range(0, formats.Count).Select(index => $"{formats[index].PayloadType}/{formats[index].ClockRate}"));

    private static TelephoneEventFormats Formats(params (byte Type, int Rate)[] all)
    {
        TelephoneEventFormats formats = default;
        foreach (var (type, rate) in all)
        {
            formats.Add(new TelephoneEventFormat(type, rate));
        }

        return formats;
    }

    private static string Edit(string text, params SdpEventChange[] changes)
    {
        var destination = new byte[(text.Length * 2) + 1024];
        var length = SdpEventEdit.Write(SdpSamples.Bytes(text), changes, destination);
        return SdpSamples.Text(destination.AsSpan(0, length));
    }

    [Theory]
    [InlineData("m=audio 4000 RTP/AVP 8\r\n", "")]
    [InlineData("m=audio 4000 RTP/AVP 8 101\r\na=rtpmap:101 telephone-event/8000\r\n", "101/8000")]
    [InlineData("m=audio 4000 RTP/AVP 8 101\r\na=rtpmap:101 Telephone-Event\r\n", "101/8000")]
    [InlineData("m=audio 4000 RTP/AVP 8\r\na=rtpmap:101 telephone-event/8000\r\n", "")]
    [InlineData("m=audio 4000 RTP/AVP 111 110 126\r\na=rtpmap:111 opus/48000/2\r\na=rtpmap:110 telephone-event/48000\r\na=rtpmap:126 telephone-event/8000\r\n", "110/48000 126/8000")]
    public void Finds_the_formats_of_a_stream(string media, string expected) => Assert.Equal(expected, Texts(SdpEvents.Find(Stream(media), 0)));

    [Theory]
    [InlineData("m=audio 4000 RTP/AVP 8 0\r\n", "101/8000")]
    [InlineData("m=audio 4000 RTP/AVP 8 0 13\r\n", "101/8000")]
    [InlineData("m=audio 4000 RTP/AVP 101\r\na=rtpmap:101 opus/48000/2\r\n", "96/48000")]
    [InlineData("m=audio 4000 RTP/AVP 96 8\r\na=rtpmap:96 opus/48000/2\r\na=rtpmap:101 unused/8000\r\n", "97/48000 98/8000")]
    [InlineData("m=audio 4000 RTP/AVP 9\r\na=rtpmap:9 G722/8000\r\n", "101/8000")]
    [InlineData("m=audio 4000 RTP/AVP 97 121 99\r\na=rtpmap:97 AMR-WB/16000\r\na=rtpmap:121 red/8000\r\na=rtpmap:99 CN/32000\r\n", "101/16000")]
    [InlineData("m=audio 4000 RTP/AVP *\r\n", "")]
    public void Chooses_free_payload_types_for_each_clock_rate(string media, string expected) => Assert.Equal(expected, Texts(SdpEvents.Choose(Stream(media), 0)));

    [Fact]
    public void A_stream_that_has_every_payload_type_gets_none()
    {
        var types = Enumerable.Range(96, 32).ToArray();
        var maps = string.Concat(types.Select(type => $"a=rtpmap:{type} L16/{8000 + type}\r\n"));
        Assert.Equal(0, SdpEvents.Choose(Stream($"m=audio 4000 RTP/AVP {string.Join(' ', types)}\r\n{maps}"), 0).Count);
        Assert.Equal("127/48000", Texts(SdpEvents.Choose(Stream($"m=audio 4000 RTP/AVP {string.Join(' ', types[..^1])}\r\n{string.Concat(types[..^1].Select(type => $"a=rtpmap:{type} L16/48000\r\n"))}"), 0)));
    }

    [Fact]
    public void At_most_four_clock_rates()
    {
        var maps = string.Concat(Enumerable.Range(110, 6).Select(type => $"a=rtpmap:{type} L16/{type}00\r\n"));
        Assert.Equal(4, SdpEvents.Choose(Stream($"m=audio 4000 RTP/AVP 110 111 112 113 114 115\r\n{maps}"), 0).Count);
    }

    [Theory]
    [InlineData("m=audio 4000 RTP/AVP 8\r\n", "126/8000")]
    [InlineData("m=audio 4000 RTP/AVP 111\r\na=rtpmap:111 opus/48000/2\r\n", "110/48000")]
    [InlineData("m=audio 4000 RTP/AVP 111 8\r\na=rtpmap:111 opus/48000/2\r\n", "110/48000 126/8000")]
    [InlineData("m=audio 4000 RTP/AVP 97\r\na=rtpmap:97 AMR-WB/16000\r\n", "110/48000 126/8000")]
    public void An_answer_takes_the_offered_formats_that_fit_its_codecs(string media, string expected)
    {
        var offered = Formats((110, 48000), (126, 8000));
        Assert.Equal(expected, Texts(SdpEvents.Fitting(Stream(media), 0, offered)));
        Assert.Equal("", Texts(SdpEvents.Fitting(Stream(media), 0, default)));
    }

    [Theory]
    [InlineData("m=audio 4000 RTP/AVP 13 8\r\n", 8000)]
    [InlineData("m=audio 4000 RTP/AVP 111 8\r\na=rtpmap:111 opus/48000/2\r\n", 48000)]
    [InlineData("m=audio 4000 RTP/AVP 101\r\na=rtpmap:101 telephone-event/8000\r\n", 8000)]
    [InlineData("m=audio 4000 RTP/AVP 10\r\n", 44100)]
    public void The_clock_is_that_of_the_first_codec(string media, int rate) => Assert.Equal(rate, SdpEvents.ClockRate(Stream(media), 0));

    [Fact]
    public void A_format_for_another_clock_is_the_first()
    {
        var formats = Formats((110, 48000), (126, 8000), (126, 16000));
        Assert.Equal(2, formats.Count);
        Assert.Equal(126, formats.For(8000).PayloadType);
        Assert.Equal(110, formats.For(16000).PayloadType);
    }

    [Fact]
    public void Adds_and_removes_stream_by_stream()
    {
        const string Audio = "m=audio 4000 RTP/AVP 8\r\na=ptime:20\r\n";
        const string Video = "m=video 4002 RTP/AVP 96\r\na=rtpmap:96 H264/90000\r\n";
        const string Other = "m=audio 4004 RTP/AVP 101 0\r\na=rtpmap:101 telephone-event/8000\r\na=fmtp:101 0-16\r\na=rtcp-fb:101 nack\r\na=fmtp:0 x\r\n";
        Assert.Equal(
            Session + "m=audio 4000 RTP/AVP 8 101 102\r\na=ptime:20\r\na=rtpmap:101 telephone-event/8000\r\na=fmtp:101 0-15\r\na=rtpmap:102 telephone-event/48000\r\na=fmtp:102 0-15\r\n" +
            Video + "m=audio 4004 RTP/AVP 0\r\na=fmtp:0 x\r\n",
            Edit(Session + Audio + Video + Other, new SdpEventChange(false, Formats((101, 8000), (102, 48000))), default, new SdpEventChange(true, default)));
        Assert.Equal(Session + Audio + Video + Other, Edit(Session + Audio + Video + Other, default, default, default));
        Assert.Equal(Session + Audio + Video + Other, Edit(Session + Audio + Video + Other));
    }

    [Fact]
    public void A_stream_of_events_alone_keeps_them()
    {
        const string Events = "m=audio 4000 RTP/AVP 101\r\na=rtpmap:101 telephone-event/8000\r\n";
        Assert.Equal(Session + Events, Edit(Session + Events, new SdpEventChange(true, default)));
    }

    [Fact]
    public void What_does_not_fit_is_said()
    {
        const string Audio = "m=audio 4000 RTP/AVP 8\r\n";
        var text = SdpSamples.Bytes(Session + Audio);
        Assert.Equal(-1, SdpEventEdit.Write(text, [new SdpEventChange(false, Formats((101, 8000)))], new byte[text.Length + 10]));
    }

    public static TheoryData<string> Samples => SdpSamples.All();

    /// <summary>Of real descriptions: after taking out none is found, and what is put in is found again.</summary>
    [Theory]
    [MemberData(nameof(Samples))]
    public void Real_descriptions_stay_sound(string name)
    {
        var description = new SdpDescription();
        var octets = SdpSamples.Read(name);
        if (SdpParser.Parse(description, octets, 0, octets.Length) != SdpFault.None)
        {
            return;
        }

        var written = SdpSamples.Text(SdpSamples.Rewrite(description));
        var source = SdpSamples.Parse(written);
        var without = SdpSamples.Parse(Edit(written, [.. Enumerable.Repeat(new SdpEventChange(true, default), source.MediaCount)]));
        Assert.Equal(source.MediaCount, without.MediaCount);
        for (var index = 0; index < without.MediaCount; index++)
        {
            var isAlone = SdpEvents.Choose(source, index).IsEmpty;
            Assert.True(isAlone || SdpEvents.Find(without, index).IsEmpty, name);
        }

        var adds = Enumerable.Range(0, without.MediaCount).Select(index => SdpEvents.Choose(without, index)).ToArray();
        var with = SdpSamples.Parse(Edit(SdpSamples.Text(without.Buffer.AsSpan(0, without.Length)), [.. adds.Select(added => new SdpEventChange(false, added))]));
        for (var index = 0; index < with.MediaCount; index++)
        {
            var found = Texts(SdpEvents.Find(with, index));
            Assert.EndsWith(Texts(adds[index]), found);
        }
    }
}
