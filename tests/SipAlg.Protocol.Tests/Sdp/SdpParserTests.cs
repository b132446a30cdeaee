using SipAlg.Protocol.Addresses;
using SipAlg.Protocol.Sdp;

namespace SipAlg.Protocol.Tests.Sdp;

public sealed class SdpParserTests
{
    private const string Session = "v=0\r\no=- 1 2 IN IP4 192.0.2.1\r\ns=-\r\nc=IN IP4 192.0.2.1\r\nt=0 0\r\n";

    [Theory]
    [InlineData("", SdpFault.Empty)]
    [InlineData("\r\n\r\n", SdpFault.Empty)]
    [InlineData("o=- 1 2 IN IP4 192.0.2.1\r\nv=0\r\n", SdpFault.NoVersion)]
    [InlineData("v=1\r\n", SdpFault.NoVersion)]
    [InlineData("v=0\r\ns=-\r\n", SdpFault.NoOrigin)]
    [InlineData("v=0\r\no=- 1 IN 192.0.2.1\r\n", SdpFault.BadOrigin)]
    [InlineData("v=0\r\no=\r\n", SdpFault.BadOrigin)]
    [InlineData(Session + "v=0\r\n", SdpFault.MisplacedLine)]
    [InlineData(Session + "o=- 1 2 IN IP4 192.0.2.9\r\n", SdpFault.MisplacedLine)]
    [InlineData(Session + "m=audio 4000 RTP/AVP 0\r\no=- 1 2 IN IP4 192.0.2.9\r\n", SdpFault.MisplacedLine)]
    [InlineData(Session + "m=audio\r\n", SdpFault.BadMedia)]
    [InlineData(Session + "m=audio 4000\r\n", SdpFault.BadMedia)]
    [InlineData(Session + "m=audio 4000 RTP/AVP\r\n", SdpFault.NoFormat)]
    [InlineData(Session + "m=audio 4000 RTP/AVP  \r\n", SdpFault.NoFormat)]
    [InlineData(Session + "m=audio 65536 RTP/AVP 0\r\n", SdpFault.BadPort)]
    [InlineData(Session + "m=audio -1 RTP/AVP 0\r\n", SdpFault.BadPort)]
    [InlineData(Session + "m=audio +4000 RTP/AVP 0\r\n", SdpFault.BadPort)]
    [InlineData(Session + "m=audio 4000x RTP/AVP 0\r\n", SdpFault.BadPort)]
    [InlineData(Session + "m=audio 99999999999999999999 RTP/AVP 0\r\n", SdpFault.BadPort)]
    [InlineData(Session + "m=audio 4000/0 RTP/AVP 0\r\n", SdpFault.BadPort)]
    [InlineData(Session + "m=audio 4000/ RTP/AVP 0\r\n", SdpFault.BadPort)]
    [InlineData(Session + "c=IN IP4 192.0.2.9\r\n", SdpFault.AmbiguousConnection)]
    [InlineData(Session + "m=audio 4000 RTP/AVP 0\r\nc=IN IP4 192.0.2.8\r\nc=IN IP4 192.0.2.9\r\n", SdpFault.AmbiguousConnection)]
    [InlineData(Session + "m=audio 4000 RTP/AVP 0\r\nc=IN IP4 192.0.2.256\r\n", SdpFault.BadConnection)]
    [InlineData(Session + "m=audio 4000 RTP/AVP 0\r\nc=IN IP4\r\n", SdpFault.BadConnection)]
    [InlineData(Session + "m=audio 4000 RTP/AVP 0\r\nc=IN IP6 fe80::1%eth0\r\n", SdpFault.BadConnection)]
    [InlineData(Session + "m=audio 4000 RTP/AVP 0\r\nc=ATM NSAP 47.0091\r\n", SdpFault.BadConnection)]
    [InlineData("v=0\no=- 1 2 IN IP4 h\nm=audio 4000 RTP/AVP 0\n", SdpFault.NoConnection)]
    [InlineData(Session + "a=x\0y\r\n", SdpFault.BadCharacter)]
    public void Refuses_where_a_guess_is_dangerous(string text, SdpFault fault)
    {
        var description = new SdpDescription();
        var bytes = SdpSamples.Bytes(text);
        Assert.Equal(fault, SdpParser.Parse(description, bytes, 0, bytes.Length));
        Assert.Equal(0, description.MediaCount);
    }

    [Theory]
    [InlineData("v=0\no=- 1 2 IN IP4 192.0.2.1\nc=IN IP4 192.0.2.1\nm=audio 4000 RTP/AVP 0")]
    [InlineData("v=0\ro=- 1 2 IN IP4 192.0.2.1\rc=IN IP4 192.0.2.1\rm=audio 4000 RTP/AVP 0\r")]
    [InlineData("\r\nv=0\r\n\r\no=- 1 2 IN IP4 192.0.2.1\r\nt=0 0\r\nc=IN IP4 192.0.2.1\r\ns=late\r\nm=audio  4000\tRTP/AVP 0\r\n\r\n\r\n")]
    [InlineData("v=0 \r\no=A Phone 1 2 IN IP4 192.0.2.1\r\nc=in ip4 192.0.2.1\r\nQ=?\r\nnonsense\r\n=\r\nx\r\nm=audio 4000 rtp/avp 0\r\n")]
    [InlineData("v=0\r\no=1 2 IN IP4 192.0.2.1\r\nm=audio 4000 RTP/AVP 0\r\nc=IN IP6 192.0.2.1\r\nc=IN IP4 192.0.2.1\r\n")]
    public void Forgives_what_is_clear(string text)
    {
        var description = SdpSamples.Parse(text);
        Assert.Equal(1, description.MediaCount);
        Assert.Equal(4000, description.Media(0).Port);
        Assert.Equal(SdpTransport.RtpAvp, description.Media(0).Transport);
        Assert.Equal(IpAddress.Parse("192.0.2.1"), description.Media(0).Connection.Address);
        Assert.Equal("1", SdpSamples.Text(description.Bytes(description.SessionId)));
        Assert.Equal("2", SdpSamples.Text(description.Bytes(description.SessionVersion)));
    }

    [Theory]
    [InlineData("m=audio 0 RTP/AVP 0\r\n")]
    [InlineData("m=audio 0 RTP/AVP 0\r\nc=IN IP4 nothing at all\r\n")]
    [InlineData("m=audio 9 TCP/MSRP *\r\nc=PSTN - -\r\n")]
    public void A_stream_out_of_use_needs_no_address(string media) =>
        Assert.Equal(1, SdpSamples.Parse("v=0\r\no=- 1 2 IN IP4 192.0.2.1\r\n" + media).MediaCount);

    [Fact]
    public void Knows_media_lines_and_what_they_inherit()
    {
        var source = SdpSamples.Parse(Session + "a=recvonly\r\n" +
            "m=audio 4000/2 RTP/AVP 0 96 101\r\na=rtpmap:96 opus/48000/2\r\na=rtpmap:101 telephone-event/8000\r\na=ptime:20\r\na=rtcp:4100 IN IP6 2001:db8::5\r\n" +
            "m=video 5000 UDP/TLS/RTP/SAVPF 97\r\nc=IN IP4 224.2.1.1/127/3\r\na=sendonly\r\na=rtcp-mux\r\na=rtcp:5000\r\na=ptime:0.125\r\n");
        var audio = source.Media(0);
        Assert.True(audio.IsAudio);
        Assert.Equal(2, audio.PortCount);
        Assert.Equal(SdpDirection.RecvOnly, audio.Direction);
        Assert.Equal(20, audio.Ptime);
        Assert.Equal(4100, audio.RtcpPort);
        Assert.Equal(IpAddress.Parse("2001:db8::5"), audio.RtcpAddress);
        Assert.False(audio.HasRtcpMux);
        Assert.True(source.TryGetRtpmap(0, 96, out var opus));
        Assert.Equal(("opus", 48000), (SdpSamples.Text(source.Bytes(opus.Encoding)), opus.ClockRate));
        Assert.False(source.TryGetRtpmap(0, 0, out _));
        Assert.False(source.TryGetRtpmap(1, 96, out _));

        var video = source.Media(1);
        Assert.Equal(SdpDirection.SendOnly, video.Direction);
        Assert.Equal("224.2.1.1", SdpSamples.Text(source.Bytes(video.Connection.Host)));
        Assert.True(video.Connection.IsMulticast);
        Assert.False(audio.Connection.IsMulticast);
        Assert.True(video.HasRtcpMux);
        Assert.Equal(5000, video.RtcpPort);
        Assert.True(video.RtcpAddress.IsNone);
        Assert.Equal(0, video.Ptime);
    }

    [Fact]
    public void Parts_formats()
    {
        var formats = SdpSamples.Parse(Session + "m=audio 4000 RTP/AVP 0  8 101 \r\n").Formats(0);
        var lengths = new List<int>();
        while (formats.Next(out var format))
        {
            lengths.Add(format.Length);
        }

        Assert.Equal([1, 1, 3], lengths);
    }

    [Theory]
    [InlineData("0.0.0.0", true)]
    [InlineData("::", true)]
    [InlineData("phone.invalid", true)]
    [InlineData("192.0.2.1", false)]
    [InlineData("phone.example", false)]
    public void Knows_a_hold_address(string host, bool isHold)
    {
        var source = SdpSamples.Parse($"v=0\r\no=- 1 2 IN IP4 h\r\nm=audio 4000 RTP/AVP 0\r\nc=IN IP4 {host}\r\n");
        Assert.Equal(isHold, source.Media(0).HasHoldAddress);
        Assert.Equal(host, SdpSamples.Text(source.Bytes(source.Media(0).Connection.Host)));
    }

    [Theory]
    [InlineData("RTP/AVP", SdpTransport.RtpAvp, true)]
    [InlineData("RTP/AVPF", SdpTransport.RtpAvpf, true)]
    [InlineData("RTP/SAVP", SdpTransport.RtpSavp, true)]
    [InlineData("RTP/SAVPF", SdpTransport.RtpSavpf, true)]
    [InlineData("UDP/TLS/RTP/SAVP", SdpTransport.UdpTlsRtpSavp, true)]
    [InlineData("UDP/TLS/RTP/SAVPF", SdpTransport.UdpTlsRtpSavpf, true)]
    [InlineData("UDPTL", SdpTransport.Udptl, true)]
    [InlineData("UDP/TLS/UDPTL", SdpTransport.UdpTlsUdptl, true)]
    [InlineData("UDP/DTLS/SCTP", SdpTransport.UdpDtlsSctp, true)]
    [InlineData("DTLS/SCTP", SdpTransport.UdpDtlsSctp, true)]
    [InlineData("UDP/BFCP", SdpTransport.UdpBfcp, true)]
    [InlineData("UDP/TLS/BFCP", SdpTransport.UdpTlsBfcp, true)]
    [InlineData("udp", SdpTransport.Udp, true)]
    [InlineData("udpsprt", SdpTransport.OtherUdp, true)]
    [InlineData("TCP/MSRP", SdpTransport.Msrp, false)]
    [InlineData("TCP/TLS/MSRP", SdpTransport.Msrp, false)]
    [InlineData("TCP", SdpTransport.Tcp, false)]
    [InlineData("TCP/DTLS/SCTP", SdpTransport.Tcp, false)]
    [InlineData("RTP/AVP/TCP", SdpTransport.Other, false)]
    [InlineData("PSTN", SdpTransport.Other, false)]
    public void Names_the_transport(string proto, SdpTransport transport, bool isUdp)
    {
        var media = SdpSamples.Parse(Session + $"m=audio 4000 {proto} 0\r\n").Media(0);
        Assert.Equal(transport, media.Transport);
        Assert.Equal(isUdp, media.IsUdp);
    }

    [Fact]
    public void Bounds_length_lines_and_media()
    {
        Assert.Equal(SdpFault.TooLong, Fault(Session + new string('x', SdpDescription.MaxLength)));
        Assert.Equal(SdpFault.None, Fault(Session + Repeat("a=x\r\n", SdpDescription.MaxLines - 5)));
        Assert.Equal(SdpFault.TooManyLines, Fault(Session + Repeat("a=x\r\n", SdpDescription.MaxLines - 4)));
        Assert.Equal(SdpFault.None, Fault(Session + Repeat("m=audio 4000 RTP/AVP 0\r\n", SdpDescription.MaxMedia)));
        Assert.Equal(SdpFault.TooManyMedia, Fault(Session + Repeat("m=audio 4000 RTP/AVP 0\r\n", SdpDescription.MaxMedia + 1)));
    }

    [Fact]
    public void An_index_is_filled_anew()
    {
        var description = SdpSamples.Parse(Session + "a=inactive\r\nm=audio 4000 RTP/AVP 0\r\na=rtcp-mux\r\nm=audio 4002 RTP/AVP 0\r\n");
        var bytes = SdpSamples.Bytes("v=0\r\no=- 7 8 IN IP4 h\r\nm=audio 5000 RTP/AVP 0\r\nc=IN IP4 192.0.2.7\r\n");
        Assert.Equal(SdpFault.None, SdpParser.Parse(description, bytes, 0, bytes.Length));
        Assert.Equal(1, description.MediaCount);
        Assert.Equal(SdpDirection.SendRecv, description.Media(0).Direction);
        Assert.False(description.Media(0).HasRtcpMux);
        Assert.Equal(SdpConnectionKind.None, description.Connection.Kind);
    }

    private static string Repeat(string line, int count) => string.Concat(Enumerable.Repeat(line, count));

    private static SdpFault Fault(string text) => SdpParser.Parse(new SdpDescription(), SdpSamples.Bytes(text), 0, text.Length);
}
