using SipAlg.Protocol.Addresses;
using SipAlg.Protocol.Sdp;

namespace SipAlg.Protocol.Tests.Sdp;

public sealed class SdpRewriterTests
{
    private const string Head = "v=0\r\no=bob 1 2 IN IP4 192.0.2.1\r\ns=-\r\n";
    private const string Session = Head + "c=IN IP4 192.0.2.1\r\nt=0 0\r\n";
    private const string OurHead = "v=0\r\no=- 4711 2 IN IP4 198.18.0.1\r\ns=-\r\n";
    private const string OurSession = OurHead + "c=IN IP4 198.18.0.1\r\nt=0 0\r\n";

    private static string Rewrite(string text, string address = "198.18.0.1") => SdpSamples.Text(SdpSamples.Rewrite(SdpSamples.Parse(text), address));

    /// <summary>What is added counts: the other side may have the same bounds.</summary>
    [Theory]
    [InlineData(0, false)]
    [InlineData(3, true)]
    public void What_was_just_short_enough_is_refused_when_it_grows(int room, bool fits)
    {
        // s= and t= are added.
        const string Lines = "v=0\r\no=- 1 1 IN IP4 192.0.2.1\r\nc=IN IP4 192.0.2.1\r\nm=audio 4000 RTP/AVP 0\r\n";
        var description = SdpSamples.Parse(Lines + string.Concat(Enumerable.Repeat("a=x\r\n", SdpDescription.MaxLines - 4 - room)));
        var written = SdpRewriter.Write(description, new SdpOrigin(4711, 2, IpAddress.Parse("198.18.0.1")), [new SdpStream(30000, 30001)], new byte[SdpDescription.MaxLength]);
        Assert.Equal(fits, written > 0);
    }

    private static string Rewrite(string text, params SdpStream[] streams) => SdpSamples.Text(SdpSamples.Rewrite(SdpSamples.Parse(text), streams));

    [Fact]
    public void Writes_the_whole_of_a_call() => Assert.Equal(
        OurSession + "b=AS:80\r\nm=audio 30000 RTP/AVP 0 101\r\na=rtpmap:101 telephone-event/8000\r\na=sendrecv\r\na=rtcp:30001\r\n",
        Rewrite(Session + "b=AS:80\nm=audio 4000/2  RTP/AVP 0 101\r\na=rtpmap:101 telephone-event/8000\na=sendrecv\r\na=rtcp:4001 IN IP4 192.0.2.1"));

    [Theory]
    [InlineData("a=candidate:1 1 UDP 1 192.0.2.1 8998 typ host")]
    [InlineData("a=Candidate:1 1 UDP 1 192.0.2.1 8998 typ host")]
    [InlineData("a= candidate :1 1 UDP 1 192.0.2.1 8998 typ host")]
    [InlineData("a=remote-candidates:1 192.0.2.1 4000")]
    [InlineData("a=end-of-candidates")]
    [InlineData("a=ice-ufrag:x")]
    [InlineData("a=ice-pwd:x")]
    [InlineData("a=ice-options:trickle")]
    [InlineData("a=ice-lite")]
    [InlineData("a=ice-pacing:50")]
    [InlineData("a=ice-mismatch")]
    [InlineData("a=x-candidate-ipv6:1 1 UDP 1 2001:db8::1 8998")]
    [InlineData("a=alt:1 1 : a b 192.0.2.1 4000")]
    [InlineData("a=altc:1 IP6 2001:db8::1 45678")]
    [InlineData("a=ccap:1 IN IP4 192.0.2.1")]
    [InlineData("a=source-filter: incl IN IP4 * 192.0.2.1")]
    [InlineData("a=path:msrp://192.0.2.1:7394/2s93i9ek2a;tcp")]
    [InlineData("a=portmapping-req:5000 IN IP4 192.0.2.1")]
    [InlineData("a=multicast-rtcp:5001")]
    [InlineData("a=visited-realm:1 example IN IP4 192.0.2.1 5000")]
    [InlineData("a=secondary-realm:1 example IN IP4 192.0.2.1 5000")]
    [InlineData("a=control:rtsp://192.0.2.1/audio")]
    [InlineData("a=cpar:a=candidate:1 1 UDP 1 192.0.2.1 8998 typ host")]
    [InlineData("a=cparmin:a=ice-ufrag:x")]
    [InlineData("a=X-cpar: a=rtcp:4000 IN IP4 192.0.2.1")]
    [InlineData("a=acap:1 rtcp:4000 IN IP4 192.0.2.1")]
    [InlineData("a=acap:12 candidate:1 1 UDP 1 192.0.2.1 8998 typ host")]
    [InlineData("a=ssrc:1894288167 cname:sip:alice@192.0.2.1:5060")]
    [InlineData("a=SSRC:1 CNAME:alice@192.0.2.1")]
    [InlineData("a=ssrc:1 cname:alice@[2001:db8::1]")]
    public void Leaves_out_what_names_addresses(string line)
    {
        Assert.Equal(OurSession + "m=audio 30000 RTP/AVP 0\r\n", Rewrite(Session + line + "\r\nm=audio 4000 RTP/AVP 0\r\n"));
        Assert.Equal(OurSession + "m=audio 30000 RTP/AVP 0\r\n", Rewrite(Session + "m=audio 4000 RTP/AVP 0\r\n" + line + "\r\n"));
    }

    [Theory]
    [InlineData("a=rtcp-mux")]
    [InlineData("a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:WVNfX19zZW1jdGwgKCkgewkyMjA7fQp9CnVubGVz|2^20|1:4")]
    [InlineData("a=fingerprint:sha-256 AB:CD")]
    [InlineData("a=setup:actpass")]
    [InlineData("a=connection:new")]
    [InlineData("a=cdsc:1 image udptl t38")]
    [InlineData("a=cpar:a=T38FaxVersion:0")]
    [InlineData("a=acap:1 key-mgmt:mikey AQAFgM")]
    [InlineData("a=rtcp-fb:* nack")]
    [InlineData("a=X-nat:0")]
    [InlineData("a=ssrc:1894288167 cname:aaBBccDD00112233")]
    [InlineData("a=ssrc:1894288167 msid:a@b c")]
    [InlineData("a=alternative")]
    [InlineData("a=iced:1")]
    [InlineData("a=")]
    [InlineData("a=:")]
    [InlineData("i=\u00e4\u00f6")]
    [InlineData("X=unknown")]
    [InlineData("no type at all")]
    public void Keeps_what_it_need_not_touch(string line) =>
        Assert.Equal(OurSession + $"m=audio 30000 RTP/AVP 0\r\n{line}\r\n", Rewrite(Session + $"m=audio 4000 RTP/AVP 0\r\n{line}\r\n"));

    [Fact]
    public void A_refused_stream_keeps_its_place_and_no_address() => Assert.Equal(
        OurSession + "m=audio 0 RTP/AVP 0\r\nc=IN IP4 198.18.0.1\r\na=mid:1\r\nm=message 0 TCP/MSRP *\r\na=accept-types:text/plain\r\nm=video 30004 RTP/AVP 97\r\n",
        Rewrite(Session +
            "m=audio 4000 RTP/AVP 0\r\nc=IN IP4 192.0.2.2\r\na=rtcp:4001\r\na=mid:1\r\n" +
            "m=message 7394 TCP/MSRP *\r\na=path:msrp://192.0.2.1:7394/x;tcp\r\na=accept-types:text/plain\r\n" +
            "m=video 4002 RTP/AVP 97\r\n", new SdpStream(0, 30001), new SdpStream(30002, 30003), new SdpStream(30004, 30005)));

    [Theory]
    [InlineData("c=IN IP4 0.0.0.0", "198.18.0.1", "c=IN IP4 0.0.0.0")]
    [InlineData("c=IN IP4 0.0.0.0", "2001:db8::9", "c=IN IP6 ::")]
    [InlineData("c=IN IP6 ::", "198.18.0.1", "c=IN IP4 0.0.0.0")]
    [InlineData("c=IN IP6 x.invalid", "2001:db8::9", "c=IN IP6 ::")]
    [InlineData("c=IN IP4 phone.example", "198.18.0.1", "c=IN IP4 198.18.0.1")]
    [InlineData("c=IN IP4 224.2.1.1/127", "2001:db8::9", "c=IN IP6 2001:db8::9")]
    public void A_hold_address_stays_one(string line, string ours, string written)
    {
        Assert.Contains($"\r\ns=-\r\n{written}\r\nt=0 0\r\nm=", Rewrite(Head + $"{line}\r\nt=0 0\r\nm=audio 4000 RTP/AVP 0\r\n", ours));
        Assert.EndsWith($"RTP/AVP 0\r\n{written}\r\n", Rewrite(Head + $"t=0 0\r\nm=audio 4000 RTP/AVP 0\r\n{line}\r\n", ours));
    }

    [Fact]
    public void A_stream_at_another_address_says_so()
    {
        var other = IpAddress.Parse("2001:db8::9");
        const string media = "m=audio 4000 RTP/AVP 0\r\ni=label\r\na=sendrecv\r\nm=video 4002 RTP/AVP 97\r\n";
        Assert.Equal(
            OurSession + "m=audio 30000 RTP/AVP 0\r\ni=label\r\nc=IN IP6 2001:db8::9\r\na=sendrecv\r\nm=video 30002 RTP/AVP 97\r\nc=IN IP6 2001:db8::9\r\n",
            Rewrite(Session + media, new SdpStream(30000, 30001, other), new SdpStream(30002, 30003, other)));
        Assert.DoesNotContain("2001", Rewrite(Session + media, new SdpStream(0, 0, other), new SdpStream(0, 0, other)));
    }

    [Fact]
    public void Fills_in_what_must_be_there()
    {
        const string origin = "v=0\r\no=- 1 2 IN IP4 192.0.2.1\r\n";
        Assert.Equal(
            OurHead + "c=IN IP4 198.18.0.1\r\nb=AS:80\r\nt=0 0\r\na=x\r\nm=audio 0 RTP/AVP 0\r\nm=video 30002 RTP/AVP 97\r\nc=IN IP4 198.18.0.1\r\n",
            Rewrite(origin + "b=AS:80\r\na=x\r\nm=audio 0 RTP/AVP 0\r\nm=video 4000 RTP/AVP 97\r\nc=IN IP4 192.0.2.1\r\n", new SdpStream(0, 0), new SdpStream(30002, 30003)));
        Assert.Equal(
            OurHead + "t=0 0\r\nm=audio 30000 RTP/AVP 0\r\nc=IN IP4 198.18.0.1\r\n", Rewrite(origin + "m=audio 4000 RTP/AVP 0\r\nc=IN IP4 192.0.2.1\r\n"));
        Assert.Equal(OurHead + "t=0 0\r\n", Rewrite(origin));
    }

    [Fact]
    public void A_lone_CR_hides_no_line() => Assert.Equal(
        OurSession + "m=audio 30000 RTP/AVP 0\r\na=x\r\n", Rewrite(Session + "m=audio 4000 RTP/AVP 0\r\na=x\ra=candidate:1 1 UDP 1 192.0.2.1 8998 typ host\r\n"));

    [Fact]
    public void Layers_of_multicast_become_one() => Assert.Equal(
        OurHead + "t=0 0\r\nm=audio 30000 RTP/AVP 0\r\nc=IN IP4 198.18.0.1\r\n",
        Rewrite(Head + "t=0 0\r\nm=audio 4000 RTP/AVP 0\r\nc=IN IP4 224.2.1.1/127\r\nc=IN IP4 224.2.1.2/127\r\n"));

    [Fact]
    public void Wants_a_stream_for_each_media_line()
    {
        var source = SdpSamples.Parse(Session + "m=audio 4000 RTP/AVP 0\r\n");
        Assert.Throws<ArgumentOutOfRangeException>(() => SdpSamples.Rewrite(source, Array.Empty<SdpStream>()));
        Assert.Throws<ArgumentOutOfRangeException>(() => SdpRewriter.Write(source, default, SdpSamples.Streams(1), new byte[1000]));
    }

    [Fact]
    public void The_hash_sees_all_but_the_version()
    {
        var source = SdpSamples.Parse(Session + "m=audio 4000 RTP/AVP 0\r\na=sendrecv\r\n");
        var held = SdpSamples.Parse(Session + "m=audio 4000 RTP/AVP 0\r\na=sendonly\r\n");
        var hash = Hash(source, 4711, 2, 30000);
        Assert.Equal(hash, Hash(source, 4711, 3, 30000));
        Assert.Equal(hash, Hash(source, 4711, ulong.MaxValue, 30000));
        Assert.NotEqual(hash, Hash(source, 4712, 2, 30000));
        Assert.NotEqual(hash, Hash(source, 4711, 2, 30002));
        Assert.NotEqual(hash, Hash(held, 4711, 2, 30000));
    }

    [Theory]
    [InlineData(3UL)]
    [InlineData(12UL)]
    [InlineData(ulong.MaxValue)]
    public void The_version_alone_is_replaced(ulong version)
    {
        var source = SdpSamples.Parse(Session + "m=audio 4000 RTP/AVP 0\r\n");
        var (before, after, replaced) = (new byte[500], new byte[500], new byte[500]);
        var length = SdpRewriter.Write(source, new SdpOrigin(4711, 9, IpAddress.Parse("198.18.0.1")), [new SdpStream(30000, 0)], before);
        var expected = SdpRewriter.Write(source, new SdpOrigin(4711, version, IpAddress.Parse("198.18.0.1")), [new SdpStream(30000, 0)], after);
        Assert.Equal(expected, SdpVersion.Replace(before.AsSpan(0, length), version, replaced));
        Assert.Equal(after[..expected], replaced[..expected]);
        Assert.Equal(-1, SdpVersion.Replace(before.AsSpan(0, length), version, new byte[expected - 1]));
    }

    private static ulong Hash(SdpDescription source, ulong id, ulong version, ushort port)
    {
        var written = new byte[500];
        var length = SdpRewriter.Write(source, new SdpOrigin(id, version, IpAddress.Parse("198.18.0.1")), [new SdpStream(port, 0)], written);
        return SdpHash.WithoutVersion(written.AsSpan(0, length));
    }
}
