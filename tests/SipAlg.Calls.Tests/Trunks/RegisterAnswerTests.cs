using System.Text;
using SipAlg.Calls.Trunks;
using SipAlg.Protocol.Sip;

namespace SipAlg.Calls.Tests.Trunks;

/// <summary>What registrars write into a 2xx (RFC 3261 §10.2.4, RFC 3608 §5), also those that are not quite right.</summary>
public sealed class RegisterAnswerTests
{
    private static readonly byte[] Contact = Encoding.ASCII.GetBytes("sip:t1@192.0.2.1:5060");

    private static SipMessage Answer(string headers)
    {
        var octets = Encoding.UTF8.GetBytes(
            $"SIP/2.0 200 OK\r\nVia: SIP/2.0/UDP 192.0.2.1;branch=z9hG4bK1\r\nFrom: <sip:1@a.example>;tag=1\r\nTo: <sip:1@a.example>;tag=2\r\nCall-ID: 1\r\nCSeq: 1 REGISTER\r\n{headers}Content-Length: 0\r\n\r\n");
        var message = new SipMessage();
        Assert.Equal(MessageFault.None, SipParser.Parse(message, octets, 0, octets.Length, isStream: false));
        return message;
    }

    [Theory]
    [InlineData("Contact: <sip:t1@192.0.2.1:5060>;expires=60\r\n", 60)]
    [InlineData("Contact: <sip:t1@192.0.2.1:5060>\r\nExpires: 60\r\n", 60)]
    [InlineData("Contact: <sip:t1@192.0.2.1:5060>\r\n", 600)]
    [InlineData("Contact: sip:t1@192.0.2.1:5060;expires=60\r\n", 60)]
    [InlineData("m: \"Trunk, one\" <sip:t1@192.0.2.1:5060>;q=1;expires=60;+sip.instance=\"<urn:x>\"\r\n", 60)]
    [InlineData("Contact: <sip:t1@192.0.2.1:5060>;expires=soon\r\nExpires: 60\r\n", 60)]
    [InlineData("Contact: <sip:t1@192.0.2.1:5060>;expires=99999999999999999999\r\n", 604800)]
    [InlineData("Expires: 99999999999999999999\r\n", 604800)]
    [InlineData("Expires: nonsense\r\n", 600)]
    [InlineData("", 600)]
    [InlineData("Contact: <sip:t1@192.0.2.1:5060>;expires=0\r\n", 0)]
    [InlineData("Expires: 0\r\n", 0)]
    [InlineData("Contact: <sip:t1@198.51.100.1>;expires=30, <sip:t1@192.0.2.1:5060>;expires=60\r\n", 60)]
    [InlineData("Contact: <sip:t1@198.51.100.1>;expires=30\r\nContact: <sip:t1@198.51.100.2>;expires=60\r\n", 30)]
    [InlineData("Contact: <sip:t2@192.0.2.1:5060>;expires=60\r\n", 0)]
    [InlineData("Contact: <tel:123>;expires=60\r\n", 0)]
    [InlineData("Contact: *\r\n", 0)]
    [InlineData("Contact: <<>>,,;;\"\r\n", 0)]
    public void For_how_long_it_is_registered(string headers, int seconds) => Assert.Equal((uint)seconds, RegisterAnswer.Granted(Answer(headers), Contact, 600));

    [Theory]
    [InlineData("Min-Expires: 1800\r\n", 1800)]
    [InlineData("Min-Expires:  60 \r\n", 60)]
    [InlineData("Min-Expires: 0\r\n", 0)]
    [InlineData("Min-Expires: -5\r\n", 0)]
    [InlineData("Min-Expires: 604801\r\n", 0)]
    [InlineData("", 0)]
    public void How_long_it_has_to_be(string headers, int seconds) => Assert.Equal((uint)seconds, RegisterAnswer.MinExpires(Answer(headers)));

    [Theory]
    [InlineData("Service-Route: <sip:a.example;lr>\r\nService-Route: <sip:b.example;lr>, <sip:c.example;lr>\r\n", "<sip:a.example;lr>, <sip:b.example;lr>, <sip:c.example;lr>")]
    [InlineData("Service-Route: <tel:1>\r\n", "")]
    [InlineData("Service-Route: \r\n", "")]
    [InlineData("", "")]
    public void Which_way_requests_go(string headers, string expected)
    {
        var room = new byte[1024];
        Assert.Equal(expected, Encoding.ASCII.GetString(room, 0, RegisterAnswer.CopyServiceRoute(Answer(headers), room)));
    }

    [Fact]
    public void Routes_that_do_not_fit_are_not_taken() => Assert.Equal(0, RegisterAnswer.CopyServiceRoute(Answer("Service-Route: <sip:a.example;lr>, <sip:b.example;lr>\r\n"), new byte[20]));
}
