using SipAlg.Protocol.Sip;

namespace SipAlg.Protocol.Tests.Sip;

/// <summary>RFC 3261 §18.3: how long the body is.</summary>
public sealed class ContentLengthTests
{
    [Theory]
    [InlineData("Content-Length: 4", "bodyrest", "body")]
    [InlineData("l: 0", "body", "")]
    [InlineData("Content-Length: 0004", "body", "body")]
    [InlineData("Content-Length: 000000000000004", "body", "body")]
    public void It_cuts_the_body(string line, string rest, string body)
    {
        var message = Sample.Read(Sample.Invite(line) + rest, isStream: true);
        Assert.Equal(body, Sample.Text(message.BodyOctets));
        Assert.EndsWith("\r\n\r\n" + body, Sample.Text(message.Octets), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Content-Length: 5", MessageFault.BodyCutShort)]
    [InlineData("Content-Length: 4294967295", MessageFault.BodyCutShort)]
    [InlineData("Content-Length: 4294967296", MessageFault.BadContentLength)]
    [InlineData("Content-Length: -1", MessageFault.BadContentLength)]
    [InlineData("Content-Length: +4", MessageFault.BadContentLength)]
    [InlineData("Content-Length: 4 4", MessageFault.BadContentLength)]
    [InlineData("Content-Length: 4, 4", MessageFault.BadContentLength)]
    [InlineData("Content-Length: x", MessageFault.BadContentLength)]
    [InlineData("Content-Length:", MessageFault.BadContentLength)]
    [InlineData("Content-Length: 4\r\nl: 4", MessageFault.BadContentLength)]
    [InlineData("Content-Length: 4\r\nContent-Length: 3", MessageFault.BadContentLength)]
    public void Anything_but_one_number_within_is_a_fault(string line, MessageFault fault)
    {
        Assert.Equal(fault, Sample.Fault(Sample.Invite(line) + "body", isStream: true));
        Assert.Equal(fault, Sample.Fault(Sample.Invite(line) + "body"));
    }

    [Fact]
    public void Without_it_a_datagram_reaches_to_its_end_and_a_stream_has_no_message()
    {
        Assert.Equal("body", Sample.Text(Sample.Read(Sample.Invite() + "body").BodyOctets));
        Assert.Equal(MessageFault.BadContentLength, Sample.Fault(Sample.Invite() + "body", isStream: true));
    }

    [Fact]
    public void A_body_may_look_like_headers() =>
        Assert.Equal(" Via: x\r\n\r\n", Sample.Text(Sample.Read(Sample.Invite("Content-Length: 11") + " Via: x\r\n\r\n").BodyOctets));
}
