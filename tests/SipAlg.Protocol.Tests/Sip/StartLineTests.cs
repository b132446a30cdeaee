using SipAlg.Protocol.Sip;

namespace SipAlg.Protocol.Tests.Sip;

/// <summary>RFC 3261 §7.1, §7.2.</summary>
public sealed class StartLineTests
{
    [Theory]
    [InlineData("INVITE sip:bob@example.com SIP/2.0", SipMethod.Invite, "INVITE", "sip:bob@example.com")]
    [InlineData("INVITE sip:bob@example.com sip/2.0", SipMethod.Invite, "INVITE", "sip:bob@example.com")]
    [InlineData("INVITE tel:+4930123 SIP/2.0", SipMethod.Invite, "INVITE", "tel:+4930123")]
    [InlineData("INVITE urn:service:sos SIP/2.0", SipMethod.Invite, "INVITE", "urn:service:sos")]
    public void A_request_line_is_read(string line, SipMethod method, string text, string uri)
    {
        var message = Sample.Read(Sample.Message(line));
        Assert.True(message.IsRequest);
        Assert.Equal((method, text, uri), (message.Method, message.Text(message.MethodText), message.Text(message.RequestUri)));
    }

    [Fact]
    public void A_method_that_nobody_knows_keeps_its_text_and_case()
    {
        var message = Sample.Read(Sample.Message("invite sip:bob@example.com SIP/2.0", "CSeq: 1 invite"));
        Assert.Equal((SipMethod.Unknown, "invite"), (message.Method, message.Text(message.MethodText)));
    }

    [Theory]
    [InlineData("SIP/2.0 200 OK", 200, "OK")]
    [InlineData("SIP/2.0 100 ", 100, "")]
    [InlineData("SIP/2.0 699", 699, "")]
    [InlineData("SIP/2.0 183  Two  spaces ", 183, " Two  spaces ")]
    [InlineData("sip/2.0 486 Besetzt – später", 486, "Besetzt – später")]
    public void A_status_line_is_read(string line, int status, string reason)
    {
        var message = Sample.Read(Sample.Message(line));
        Assert.False(message.IsRequest);
        Assert.Equal((status, reason, SipMethod.Invite), (message.Status, message.Text(message.Reason), message.Method));
    }

    [Theory]
    [InlineData("INVITE sip:bob@example.com SIP/3.0", MessageFault.Version)]
    [InlineData("INVITE sip:bob@example.com SIP/2.00", MessageFault.Version)]
    [InlineData("INVITE sip:bob@example.com HTTP/1.1", MessageFault.StartLine)]
    [InlineData("INVITE sip:bob@example.com SIP/2.0 ", MessageFault.StartLine)]
    [InlineData("INVITE  sip:bob@example.com SIP/2.0", MessageFault.RequestUri)]
    [InlineData("INVITE sip:bob@example.com  SIP/2.0", MessageFault.RequestUri)]
    [InlineData("INVITE <sip:bob@example.com> SIP/2.0", MessageFault.RequestUri)]
    [InlineData("INVITE sip:bob@example.com?Route=x SIP/2.0", MessageFault.RequestUri)]
    [InlineData("INVITE bob SIP/2.0", MessageFault.RequestUri)]
    [InlineData("INVITE SIP/2.0", MessageFault.NotSip)]
    [InlineData("IN@VITE sip:bob@example.com SIP/2.0", MessageFault.NotSip)]
    [InlineData(" INVITE sip:bob@example.com SIP/2.0", MessageFault.NotSip)]
    [InlineData("hello", MessageFault.NotSip)]
    [InlineData("SIP/2.0 20 OK", MessageFault.StatusCode)]
    [InlineData("SIP/2.0 2000 OK", MessageFault.StatusCode)]
    [InlineData("SIP/2.0 099 Low", MessageFault.StatusCode)]
    [InlineData("SIP/2.0 700 High", MessageFault.StatusCode)]
    [InlineData("SIP/2.0  200 OK", MessageFault.StatusCode)]
    [InlineData("SIP/2.0 +20 OK", MessageFault.StatusCode)]
    [InlineData("SIP/2.0", MessageFault.StatusCode)]
    [InlineData("SIP/4.0 200 OK", MessageFault.Version)]
    public void Anything_else_is_a_fault(string line, MessageFault fault) => Assert.Equal(fault, Sample.Fault(Sample.Message(line)));

    [Theory]
    [InlineData("SIP/2.0 20 OK")]
    [InlineData("SIP/4.0 200 OK")]
    [InlineData("SIP/2.0 999 No")]
    public void A_malformed_response_is_never_taken_for_a_request(string line)
    {
        Sample.Parse(Sample.Message(line), out var message);
        Assert.False(message.IsRequest);
    }

    [Fact]
    public void Empty_lines_before_the_start_line_are_passed_over()
    {
        var message = Sample.Read("\r\n\r\n" + Sample.Invite());
        Assert.Equal(4, message.Start);
        Assert.Equal(MessageFault.Empty, Sample.Fault("\r\n\r\n"));
        Assert.Equal(MessageFault.Empty, Sample.Fault(""));
    }

    [Fact]
    public void A_start_line_that_does_not_end_or_is_too_long_is_a_fault()
    {
        Assert.Equal(MessageFault.NotSip, Sample.Fault(Sample.StartLine));
        Assert.Equal(MessageFault.NotSip, Sample.Fault(Sample.Message($"INVITE sip:{new string('x', SipLimits.Field)}@h SIP/2.0")));
    }
}
