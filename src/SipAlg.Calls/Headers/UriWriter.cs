using System.Text;
using SipAlg.Protocol.Sip;
using SipAlg.Signaling.Transports;

namespace SipAlg.Calls.Headers;

/// <summary>Writes URIs for the other side.</summary>
internal static class UriWriter
{
    /// <summary>
    /// The URI with another host and no port; the parameters that name a way to the old one (maddr, transport, ttl, received) are
    /// left out, headers too. A tel URI has no host and crosses as it is. "anonymous.invalid" and its kin stay (RFC 3323 §4.1).
    /// </summary>
    public static void Write(ref MessageWriter writer, scoped in SipUri uri, scoped ReadOnlySpan<byte> host, bool leadsHere = false)
    {
        if (!uri.IsSip)
        {
            writer.Write(uri.Text);
            return;
        }

        writer.Write(uri.Text[..uri.HostStart]);
        writer.Write(IsInvalid(uri.Host) ? uri.Host : host);
        WriteParameters(ref writer, uri.Parameters, leadsHere);
    }

    /// <summary>A number or name as the user part of a URI: what may not stand there is escaped (RFC 3261 §25.1 user).</summary>
    public static void WriteUser(ref MessageWriter writer, string user)
    {
        foreach (var octet in Encoding.UTF8.GetBytes(user))
        {
            if (char.IsAsciiLetterOrDigit((char)octet) || "-_.!~*'()&=+$,;?/"u8.Contains(octet))
            {
                writer.Write(octet);
            }
            else
            {
                writer.Write((byte)'%');
                writer.Write("0123456789ABCDEF"u8[octet >> 4]);
                writer.Write("0123456789ABCDEF"u8[octet & 15]);
            }
        }
    }

    /// <summary>The URI parameters that do not belong to the old host.</summary>
    /// <param name="writer">Where to.</param>
    /// <param name="text">All parameters.</param>
    /// <param name="leadsHere">Who follows the URI comes to us, and may mean one device (RFC 5627).</param>
    public static void WriteParameters(ref MessageWriter writer, scoped ReadOnlySpan<byte> text, bool leadsHere = false)
    {
        var parameters = new Parameters(text);
        while (parameters.MoveNext())
        {
            if (!IsOfHost(parameters.Name) || (leadsHere && Ascii.EqualsIgnoreCase(parameters.Name, "gr"u8)))
            {
                writer.Write(parameters.Whole);
            }
        }
    }

    /// <summary>The parameter that leads back to us over a stream; UDP needs none.</summary>
    public static void WriteTransport(ref MessageWriter writer, Transport transport)
    {
        if (transport is Transport.Tcp or Transport.Tls)
        {
            writer.Write(transport == Transport.Tcp ? ";transport=tcp"u8 : ";transport=tls"u8);
        }
    }

    private static bool IsOfHost(ReadOnlySpan<byte> name) => Ascii.EqualsIgnoreCase(name, "maddr"u8) || Ascii.EqualsIgnoreCase(name, "transport"u8) ||
        Ascii.EqualsIgnoreCase(name, "ttl"u8) || Ascii.EqualsIgnoreCase(name, "received"u8) || Ascii.EqualsIgnoreCase(name, "lr"u8) ||
        Ascii.EqualsIgnoreCase(name, "ob"u8) || Ascii.EqualsIgnoreCase(name, "gr"u8);

    /// <summary>A host that names none (RFC 2606 §2).</summary>
    public static bool IsInvalid(ReadOnlySpan<byte> host) => host.Length > 8 && Ascii.EqualsIgnoreCase(host[^8..], ".invalid"u8);
}
