using System.Text;
using SipAlg.Protocol.Addresses;
using SipAlg.Protocol.Sip;
using SipAlg.Signaling.Transports;

namespace SipAlg.Signaling.Resolution;

/// <summary>What RFC 3263 looks for: the parts of a URI or of a Via that say where a message goes.</summary>
/// <param name="Host">A name or an address, IPv6 without brackets.</param>
/// <param name="Port">0 when not written.</param>
/// <param name="Transport">Null when not written.</param>
/// <param name="IsSecure">Of a sips URI: TLS on the way.</param>
public readonly record struct SipTarget(string Host, ushort Port, Transport? Transport, bool IsSecure)
{
    /// <summary>RFC 3263 §4: the host is that of "maddr", where there is one.</summary>
    /// <returns>False for a URI of another scheme, and for a transport that nobody knows.</returns>
    public static bool TryOf(in SipUri uri, out SipTarget target)
    {
        target = default;
        if (!uri.IsSip || !TryTransport(uri, out var transport))
        {
            return false;
        }

        var host = uri.TryParameter("maddr"u8, out var maddr) && !maddr.IsEmpty ? maddr : uri.Host;
        target = new SipTarget(Encoding.ASCII.GetString(host).Trim('[', ']'), uri.Port, transport, uri.Scheme == UriScheme.Sips);
        return true;
    }

    /// <summary>RFC 3263 §5: where a response goes whose connection is gone, or that came without "received".</summary>
    /// <param name="transport">The Via's.</param>
    /// <param name="host">The host of sent-by.</param>
    /// <param name="port">Its port; 0 without one: then there may be SRV records.</param>
    public static SipTarget ForResponse(Transport transport, string host, ushort port) =>
        new(host.Trim('[', ']'), port, transport, transport is Transports.Transport.Tls or Transports.Transport.Wss);

    /// <summary>
    /// Where a host is that is an address, for whoever knows no reach: over the transport that is written, else UDP, or TLS for sips
    /// (RFC 3263 §4.1). False for a name.
    /// </summary>
    public static bool TryNumeric(in SipTarget target, out SipHop hop)
    {
        hop = default;
        if (!IpAddress.TryParse(target.Host, out var address))
        {
            return false;
        }

        var transport = target.Transport ?? Transports.Transport.Udp;
        transport = target.IsSecure && !ServiceNames.IsSecure(transport) ? Transports.Transport.Tls : transport;
        hop = new SipHop(transport, new IpEndpoint(address, target.Port == 0 ? SipPorts.Default(transport) : target.Port));
        return true;
    }

    private static bool TryTransport(in SipUri uri, out Transport? transport)
    {
        transport = null;
        if (!uri.TryParameter("transport"u8, out var name))
        {
            return true;
        }

        for (var known = Transports.Transport.Udp; known <= Transports.Transport.Wss; known++)
        {
            if (Ascii.EqualsIgnoreCase(name, TransportNames.Via(known)))
            {
                transport = known;
                return true;
            }
        }

        return false;
    }
}
