using SipAlg.Calls.Model;
using SipAlg.Signaling.Transports;

namespace SipAlg.Calls.Tests.Model;

public sealed class PeerAddressTests
{
    [Theory]
    [InlineData("sip:10.0.1.10", "10.0.1.10", 0, null, null)]
    [InlineData("sip:10.0.1.10:5080;transport=tcp", "10.0.1.10", 5080, Transport.Tcp, null)]
    [InlineData("SIP:pbx.example.com;transport=UDP", "pbx.example.com", 0, Transport.Udp, null)]
    [InlineData("sip:[2001:db8::1]:5062", "2001:db8::1", 5062, null, null)]
    [InlineData("sip:[2001:db8::1]", "2001:db8::1", 0, null, null)]
    [InlineData("sip:trunk@edge.example", "edge.example", 0, null, "trunk")]
    [InlineData("sip:localhost:5060", "localhost", 5060, null, null)]
    [InlineData("sip:pbx.example;transport=tls", "pbx.example", 0, Transport.Tls, null)]
    [InlineData("sips:pbx.example:5063", "pbx.example", 5063, null, null)]
    [InlineData("SIPS:pbx.example;transport=tcp", "pbx.example", 0, Transport.Tls, null)]
    public void Reads_what_the_configuration_writes(string text, string host, int port, Transport? transport, string? user)
    {
        Assert.True(PeerAddress.TryParse(text, out var address, out var fault));
        Assert.Equal(PeerAddressFault.None, fault);
        Assert.Equal((host, port, transport, user), (address!.Host, address.Port, address.Transport, address.User));
        Assert.Equal(char.IsAsciiDigit(host[0]), !address.Ip.IsNone);
    }

    [Theory]
    [InlineData("10.0.1.10:5060", PeerAddressFault.Scheme)]
    [InlineData("", PeerAddressFault.Scheme)]
    [InlineData("tel:+4930", PeerAddressFault.Scheme)]
    [InlineData("sips:pbx.example;transport=udp", PeerAddressFault.Insecure)]
    [InlineData("sip:pbx.example;transport=wss", PeerAddressFault.WebSocket)]
    [InlineData("sip:", PeerAddressFault.Host)]
    [InlineData("sip:-bad.example", PeerAddressFault.Host)]
    [InlineData("sip:two..dots", PeerAddressFault.Host)]
    [InlineData("sip:300.1.1.1", PeerAddressFault.Host)]
    [InlineData("sip:2001:db8::1", PeerAddressFault.Host)]
    [InlineData("sip:[2001:db8::1", PeerAddressFault.Host)]
    [InlineData("sip:[2001:db8::1]x:5060", PeerAddressFault.Host)]
    [InlineData("sip:ho st", PeerAddressFault.Host)]
    [InlineData("sip:host\r\nX: y", PeerAddressFault.Host)]
    [InlineData("sip:host:0", PeerAddressFault.Port)]
    [InlineData("sip:host:65536", PeerAddressFault.Port)]
    [InlineData("sip:host:", PeerAddressFault.Port)]
    [InlineData("sip:host:-1", PeerAddressFault.Port)]
    [InlineData("sip:@host", PeerAddressFault.User)]
    [InlineData("sip:a b@host", PeerAddressFault.User)]
    [InlineData("sip:host;lr", PeerAddressFault.Parameter)]
    [InlineData("sip:host;transport=sctp", PeerAddressFault.Parameter)]
    public void Says_what_stands_against_a_text(string text, PeerAddressFault expected)
    {
        Assert.False(PeerAddress.TryParse(text, out _, out var fault));
        Assert.Equal(expected, fault);
    }

    [Theory]
    [InlineData("sip:10.0.1.10:5080;transport=tcp")]
    [InlineData("sip:u@[2001:db8::1]:5062")]
    [InlineData("sip:pbx.example")]
    [InlineData("sip:pbx.example;transport=tls")]
    [InlineData("sips:pbx.example:5063")]
    public void Prints_as_written(string text)
    {
        Assert.True(PeerAddress.TryParse(text, out var address, out _));
        Assert.Equal(text, address!.ToString());
    }
}
