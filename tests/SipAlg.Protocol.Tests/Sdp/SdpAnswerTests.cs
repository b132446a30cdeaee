using SipAlg.Protocol.Addresses;
using SipAlg.Protocol.Sdp;

namespace SipAlg.Protocol.Tests.Sdp;

public sealed class SdpAnswerTests
{
    private const string Session = "v=0\r\no=bob 1 2 IN IP4 192.0.2.1\r\ns=call\r\nc=IN IP4 192.0.2.1\r\nt=5 9\r\na=x\r\n";
    private const string OurSession = "v=0\r\no=- 4711 2 IN IP4 198.18.0.1\r\ns=-\r\nc=IN IP4 198.18.0.1\r\nt=5 9\r\n";
    private const string Audio =
        "m=audio 4000 RTP/AVP 96 8 0 101\r\nc=IN IP4 192.0.2.2\r\na=mid:a\r\na=rtpmap:96 opus/48000/2\r\na=fmtp:96 useinbandfec=1\r\na=rtpmap:8 PCMA/8000\r\n" +
        "a=rtpmap:0 PCMU/8000\r\na=rtpmap:101 telephone-event/8000\r\na=fmtp:101 0-16\r\na=ptime:20\r\na=rtcp-mux\r\na=candidate:1 1 UDP 1 192.0.2.1 1 typ host\r\n";

    private static string Answer(string offer, SdpAnswerFormats formats, SdpDirection wanted, params SdpStream[] streams)
    {
        var destination = new byte[2000];
        var source = SdpSamples.Parse(offer);
        var origin = new SdpOrigin(4711, 2, IpAddress.Parse("198.18.0.1"));
        var length = SdpAnswer.Write(source, in origin, streams, formats, wanted, destination);
        Assert.Equal(-1, SdpAnswer.Write(source, in origin, streams, formats, wanted, destination.AsSpan(0, length - 1)));
        SdpSamples.Parse(destination[..length]);
        return SdpSamples.Text(destination.AsSpan(0, length));
    }

    [Fact]
    public void Echo_takes_all_formats() => Assert.Equal(
        OurSession + "m=audio 30000 RTP/AVP 96 8 0 101\r\na=mid:a\r\na=rtpmap:96 opus/48000/2\r\na=fmtp:96 useinbandfec=1\r\na=rtpmap:8 PCMA/8000\r\n" +
        "a=rtpmap:0 PCMU/8000\r\na=rtpmap:101 telephone-event/8000\r\na=fmtp:101 0-16\r\na=ptime:20\r\na=rtcp-mux\r\na=sendrecv\r\n",
        Answer(Session + Audio, SdpAnswerFormats.All, SdpDirection.SendRecv, new SdpStream(30000, 30000)));

    [Fact]
    public void Tone_takes_the_preferred_G711_and_events() => Assert.Equal(
        OurSession + "m=audio 30000 RTP/AVP 8 101\r\na=mid:a\r\na=rtpmap:8 PCMA/8000\r\na=rtpmap:101 telephone-event/8000\r\na=fmtp:101 0-16\r\na=ptime:20\r\na=sendonly\r\n",
        Answer(Session + Audio, SdpAnswerFormats.G711, SdpDirection.SendOnly, new SdpStream(30000, 30001)));

    [Fact]
    public void Everything_else_is_refused_in_its_place()
    {
        const string offer = Session + "m=video 5000 RTP/AVP 97\r\na=rtpmap:97 VP8/90000\r\n" + "m=audio 6000 RTP/SAVP 0\r\na=crypto:1 x\r\n" +
            "m=audio 4000 RTP/AVP 0\r\n" + "m=audio 0 RTP/AVP 0\r\n" + "m=audio 4002 RTP/AVP 8\r\n" + "m=message 7000 TCP/MSRP *\r\n";
        var streams = SdpSamples.Streams(6);
        streams[4] = default;
        Assert.Equal(
            OurSession + "m=video 0 RTP/AVP 97\r\nm=audio 0 RTP/SAVP 0\r\nm=audio 30004 RTP/AVP 0\r\na=sendrecv\r\nm=audio 0 RTP/AVP 0\r\nm=audio 0 RTP/AVP 8\r\nm=message 0 TCP/MSRP *\r\n",
            Answer(offer, SdpAnswerFormats.G711, SdpDirection.SendRecv, streams));
    }

    [Fact]
    public void A_stream_at_another_address_says_so() => Assert.Contains(
        "m=audio 30000 RTP/AVP 0\r\nc=IN IP6 2001:db8::9\r\na=sendrecv\r\n",
        Answer(Session + "m=audio 4000 RTP/AVP 0\r\n", SdpAnswerFormats.All, SdpDirection.SendRecv, new SdpStream(30000, 0, IpAddress.Parse("2001:db8::9"))));

    [Theory]
    [InlineData("0 8", "", 0, false, -1)]
    [InlineData("8 0", "", 8, true, -1)]
    [InlineData("96 0", "a=rtpmap:96 pcma/8000/1\r\n", 96, true, -1)]
    [InlineData("0 8", "a=rtpmap:0 L16/44100\r\n", 8, true, -1)]
    [InlineData("100 101 0", "a=rtpmap:100 telephone-event/48000\r\na=rtpmap:101 telephone-event/8000\r\n", 0, false, 101)]
    public void Chooses_by_name_then_by_number(string formats, string lines, int type, bool isALaw, int events)
    {
        var offer = SdpSamples.Parse(Session + $"m=audio 4000 RTP/AVP {formats}\r\n{lines}");
        Assert.True(SdpAnswer.CanAccept(offer, 0, SdpAnswerFormats.G711));
        Assert.True(SdpG711.TryChoose(offer, 0, out var choice));
        Assert.Equal((type, isALaw, events), (choice.PayloadType, choice.IsALaw, choice.EventPayloadType));
    }

    [Theory]
    [InlineData("m=audio 4000 RTP/AVP 9 101\r\na=rtpmap:101 telephone-event/8000\r\n", true, false)]
    [InlineData("m=audio 4000 RTP/AVP 96\r\na=rtpmap:96 PCMA/16000\r\n", true, false)]
    [InlineData("m=audio 4000 RTP/AVPF 0\r\n", true, true)]
    [InlineData("m=audio 4000 UDP/TLS/RTP/SAVPF 0\r\n", false, false)]
    [InlineData("m=image 4000 udptl t38\r\n", false, false)]
    [InlineData("m=audio 0 RTP/AVP 0\r\n", false, false)]
    public void Says_what_it_can_accept(string media, bool all, bool g711)
    {
        var offer = SdpSamples.Parse(Session + media);
        Assert.Equal((all, g711), (SdpAnswer.CanAccept(offer, 0, SdpAnswerFormats.All), SdpAnswer.CanAccept(offer, 0, SdpAnswerFormats.G711)));
    }

    [Theory]
    [InlineData(SdpDirection.SendRecv, SdpDirection.SendRecv, SdpDirection.SendRecv)]
    [InlineData(SdpDirection.SendRecv, SdpDirection.SendOnly, SdpDirection.SendOnly)]
    [InlineData(SdpDirection.SendOnly, SdpDirection.SendRecv, SdpDirection.RecvOnly)]
    [InlineData(SdpDirection.SendOnly, SdpDirection.SendOnly, SdpDirection.Inactive)]
    [InlineData(SdpDirection.RecvOnly, SdpDirection.SendRecv, SdpDirection.SendOnly)]
    [InlineData(SdpDirection.RecvOnly, SdpDirection.SendOnly, SdpDirection.SendOnly)]
    [InlineData(SdpDirection.Inactive, SdpDirection.SendRecv, SdpDirection.Inactive)]
    public void Directions_are_mirrored(SdpDirection offered, SdpDirection wanted, SdpDirection answered)
    {
        Assert.Equal(answered, SdpDirections.Answer(offered, wanted));
        var name = SdpSamples.Text(SdpDirections.Name(offered));
        var answer = SdpSamples.Parse(Answer(
            Session + $"m=audio 4000 RTP/AVP 0\r\na={name}\r\n", SdpAnswerFormats.All, wanted, new SdpStream(30000, 30001)));
        Assert.Equal(answered, answer.Media(0).Direction);
    }
}
