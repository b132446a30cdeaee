using SipAlg.Protocol.Addresses;
using SipAlg.Protocol.Sip;

namespace SipAlg.Calls.Calls;

/// <summary>
/// What a router's "SIP ALG" leaves behind. A phone behind NAT writes its own address everywhere, or, if it knows better, the public
/// one everywhere; who finds both in one message sees the work of somebody between who did not get everything.
/// </summary>
[Flags]
public enum RewritingSigns : byte
{
    None = 0,

    /// <summary>Via has the public address that the message came from, Contact a private one; or the other way round.</summary>
    ViaAndContactDisagree = 1,

    /// <summary>Contact has the address that the message came from, the SDP (c=) a private one; or the other way round.</summary>
    ContactAndSdpDisagree = 2,

    /// <summary>In the SDP, c= has the address that the message came from, o= a private one.</summary>
    OriginAndConnectionDisagree = 4,
}

/// <summary>Looks for them in a message of a far side that is a phone, or says to be one (a single Via, a Contact).</summary>
internal static class Rewriting
{
    /// <param name="message">An INVITE, or an answer with a description.</param>
    /// <param name="source">Where it came from: a private address tells nothing, since there was no NAT on the way.</param>
    public static RewritingSigns In(SipMessage message, IpAddress source)
    {
        if (source.IsPrivate)
        {
            return RewritingSigns.None;
        }

        var via = message.IsRequest && !Admission.NatSigns.HasSecondVia(message) && Via.TryParse(message[message.TopVia], out var top) ? At(top.Host, source) : Place.Elsewhere;
        var contact = At(ContactHost(message), source);
        var connection = At(AddressAfter(message.BodyOctets, "\nc=IN IP"u8), source);
        var origin = At(OriginAddress(message.BodyOctets), source);
        return (Disagree(via, contact) ? RewritingSigns.ViaAndContactDisagree : 0) |
            (Disagree(contact, connection) ? RewritingSigns.ContactAndSdpDisagree : 0) |
            (connection == Place.Public && origin == Place.Private ? RewritingSigns.OriginAndConnectionDisagree : 0);
    }

    private enum Place : byte
    {
        /// <summary>A name, an address of a third place, none.</summary>
        Elsewhere,
        Private,

        /// <summary>Where the message came from.</summary>
        Public,
    }

    private static bool Disagree(Place one, Place other) => one != other && one != Place.Elsewhere && other != Place.Elsewhere;

    private static Place At(ReadOnlySpan<byte> host, IpAddress source) =>
        !IpAddress.TryParse(host, out var address) ? Place.Elsewhere : address == source ? Place.Public : address.IsPrivate ? Place.Private : Place.Elsewhere;

    private static ReadOnlySpan<byte> ContactHost(SipMessage message) =>
        NameAddress.TryParse(message.First(HeaderId.Contact), out var address) && SipUri.TryParse(address.Uri, out var contact) ? contact.Host : default;

    /// <summary>Of "4 192.0.2.1".</summary>
    private static ReadOnlySpan<byte> AddressAfter(ReadOnlySpan<byte> body, ReadOnlySpan<byte> start)
    {
        var found = body.IndexOf(start);
        return found < 0 ? default : WordAfterFamily(body[(found + start.Length)..]);
    }

    private static ReadOnlySpan<byte> OriginAddress(ReadOnlySpan<byte> body)
    {
        var origin = body.IndexOf("\no="u8);
        var end = origin < 0 ? -1 : body[(origin + 1)..].IndexOf((byte)'\n');
        return end < 0 ? default : AddressAfter(body.Slice(origin + 1, end), " IN IP"u8);
    }

    private static ReadOnlySpan<byte> WordAfterFamily(ReadOnlySpan<byte> text)
    {
        var word = text.Length > 2 ? text[2..] : default;
        return word[..(word.IndexOfAny("/ \r\n"u8) is var end and >= 0 ? end : word.Length)];
    }
}
