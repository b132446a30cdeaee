using System.Text;
using SipAlg.Protocol.Addresses;
using SipAlg.Protocol.Sip;
using SipAlg.Signaling.Messages;
using SipAlg.Signaling.Transports;

namespace SipAlg.Signaling.Tests.Messages;

/// <summary>RFC 3261 §8.2.6, §18.2.1, §18.2.2; RFC 3581 §4.</summary>
public sealed class ResponseHeadTests
{
    private const string Source = "203.0.113.5:49152";

    [Fact]
    public void It_takes_from_the_request_what_every_response_has()
    {
        var text = Write(Request("SIP/2.0/UDP 203.0.113.5;branch=z9hG4bK1 , SIP/2.0/TCP a;branch=2", "v: SIP/2.0/UDP b\r\n ;branch=3"), Source, 180, toTag: "ours");
        Assert.Equal("SIP/2.0 180 Ringing\r\nVia: SIP/2.0/UDP 203.0.113.5;branch=z9hG4bK1 , SIP/2.0/TCP a;branch=2\r\nVia: SIP/2.0/UDP b\r\n ;branch=3\r\n" +
            "From: \"B\" <sip:b@c>;tag=theirs\r\nTo: <sip:a@d>;tag=ours\r\nCall-ID: 1@c\r\nCSeq: 5 INVITE\r\n", text);
    }

    [Theory]
    [InlineData("SIP/2.0/UDP 203.0.113.5:5060;branch=1", "SIP/2.0/UDP 203.0.113.5:5060;branch=1")]
    [InlineData("SIP/2.0/UDP 10.0.0.1;branch=1", "SIP/2.0/UDP 10.0.0.1;branch=1;received=203.0.113.5")]
    [InlineData("SIP/2.0/UDP phone.example;branch=1", "SIP/2.0/UDP phone.example;branch=1;received=203.0.113.5")]
    [InlineData("SIP/2.0/UDP 203.0.113.5;rport;branch=1", "SIP/2.0/UDP 203.0.113.5;rport=49152;branch=1;received=203.0.113.5")]
    [InlineData("SIP/2.0/UDP 10.0.0.1;RPORT=7;branch=1", "SIP/2.0/UDP 10.0.0.1;rport=49152;branch=1;received=203.0.113.5")]
    [InlineData("SIP/2.0/UDP 10.0.0.1;received=1.2.3.4;branch=1", "SIP/2.0/UDP 10.0.0.1;branch=1;received=203.0.113.5")]
    [InlineData("SIP/2.0/UDP 10.0.0.1 ; branch=1\r\n ; received=1.2.3.4", "SIP/2.0/UDP 10.0.0.1 ; branch=1;received=203.0.113.5")]
    [InlineData("SIP/2.0/UDP 203.0.113.5;maddr=9.9.9.9;branch=1", "SIP/2.0/UDP 203.0.113.5;maddr=9.9.9.9;branch=1")]
    public void The_top_Via_tells_where_the_request_came_from(string via, string answered) =>
        Assert.Contains($"\r\nVia: {answered}\r\n", Write(Request(via), Source, 200), StringComparison.Ordinal);

    [Fact]
    public void An_IPv6_source_stands_without_brackets() =>
        Assert.Contains("\r\nVia: SIP/2.0/UDP [2001:db8::1];rport=5070;received=2001:db8::2\r\n",
            Write(Request("SIP/2.0/UDP [2001:db8::1];rport"), "[2001:db8::2]:5070", 200), StringComparison.Ordinal);

    [Fact]
    public void A_To_that_has_a_tag_keeps_it()
    {
        var request = Request("SIP/2.0/UDP 203.0.113.5;branch=1", to: "<sip:a@d>;tag=old");
        Assert.Contains("\r\nTo: <sip:a@d>;tag=old\r\n", Write(request, Source, 200, toTag: "new"), StringComparison.Ordinal);
    }

    [Fact]
    public void A_phrase_may_be_given()
    {
        var writer = new MessageWriter(new byte[2048]);
        ResponseHead.Write(ref writer, Request("SIP/2.0/UDP h"), Flow(Source), 403, "Go away"u8, default);
        Assert.StartsWith("SIP/2.0 403 Go away\r\n", Encoding.ASCII.GetString(writer.Written), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("SIP/2.0/UDP 10.0.0.1:5080;branch=1;rport", "203.0.113.5:49152")]
    [InlineData("SIP/2.0/UDP 10.0.0.1:5080;branch=1;rport=3", "203.0.113.5:49152")]
    [InlineData("SIP/2.0/UDP 10.0.0.1:5080;branch=1", "203.0.113.5:5080")]
    [InlineData("SIP/2.0/UDP 10.0.0.1;branch=1", "203.0.113.5:5060")]
    [InlineData("SIP/2.0/UDP 10.0.0.1;branch=1;maddr=9.9.9.9", "203.0.113.5:5060")]
    [InlineData("SIP/2.0/UDP 10.0.0.1;branch=1;received=9.9.9.9", "203.0.113.5:5060")]
    public void Over_UDP_it_goes_to_the_source_and_nowhere_else(string via, string target)
    {
        var flow = ResponseHead.ReplyFlow(Request(via), Flow(Source));
        Assert.Equal((IpEndpoint.Parse(target), Flow(Source).Local), (flow.Remote, flow.Local));
    }

    [Fact]
    public void On_a_stream_it_goes_back_along_the_connection()
    {
        var flow = new Flow(Transport.Tcp, 1, IpEndpoint.Parse("192.0.2.1:5060"), IpEndpoint.Parse(Source), 9);
        Assert.Equal(flow, ResponseHead.ReplyFlow(Request("SIP/2.0/TCP 10.0.0.1:5080;branch=1"), flow));
    }

    [Fact]
    public void Every_status_has_a_phrase()
    {
        for (var status = 100; status < 700; status++)
        {
            Assert.False(StatusPhrases.Of(status).IsEmpty);
        }

        Assert.Equal("Busy Here", Encoding.ASCII.GetString(StatusPhrases.Of(486)));
    }

    private static Flow Flow(string source) => new(Transport.Udp, 0, IpEndpoint.Parse(source[0] == '[' ? "[2001:db8::f]:5060" : "192.0.2.1:5060"), IpEndpoint.Parse(source));

    private static string Write(SipMessage request, string source, int status, string toTag = "")
    {
        var writer = new MessageWriter(new byte[2048]);
        ResponseHead.Write(ref writer, request, Flow(source), status, default, Encoding.ASCII.GetBytes(toTag));
        Assert.False(writer.Overflowed);
        return Encoding.ASCII.GetString(writer.Written);
    }

    private static SipMessage Request(string via, string other = "X: y", string to = "<sip:a@d>")
    {
        var octets = Encoding.ASCII.GetBytes($"INVITE sip:a@d SIP/2.0\r\nv: {via}\r\n{other}\r\nf: \"B\" <sip:b@c>;tag=theirs\r\nt: {to}\r\ni: 1@c\r\nCSeq: 5 INVITE\r\n\r\n");
        var message = new SipMessage();
        Assert.Equal(MessageFault.None, SipParser.Parse(message, octets, 0, octets.Length, isStream: false));
        return message;
    }
}
