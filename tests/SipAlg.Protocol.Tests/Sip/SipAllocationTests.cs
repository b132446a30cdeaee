using System.Text;
using SipAlg.Protocol.Sip;
using SipAlg.Testing;

namespace SipAlg.Protocol.Tests.Sip;

public sealed class SipAllocationTests
{
    [Fact]
    public void Reading_an_INVITE_of_a_kilobyte_allocates_nothing()
    {
        var octets = Encoding.ASCII.GetBytes(Sample.Invite("Contact: <sip:alice@192.0.2.1:5060>", "Supported: timer, 100rel", "X-Filler: " + new string('x', 600), "Content-Length: 200") + new string('b', 200));
        var message = new SipMessage();
        Assert.Equal(MessageFault.None, Read(message, octets));
        Assert.Equal(0, Allocations.Of(() => Read(message, octets)));
    }

    private static MessageFault Read(SipMessage message, byte[] octets)
    {
        var fault = SipParser.Parse(message, octets, 0, octets.Length, isStream: true);
        foreach (var value in new ValueList(message.First(HeaderId.Contact)))
        {
            fault = NameAddress.TryParse(value, out var contact) && SipUri.TryParse(contact.Uri, out _) ? fault : MessageFault.BadContact;
        }

        return message.Lists(HeaderId.Supported, "100rel"u8) ? fault : MessageFault.HeaderLine;
    }
}
