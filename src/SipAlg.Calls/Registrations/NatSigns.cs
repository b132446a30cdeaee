using System.Text;
using SipAlg.Protocol.Addresses;
using SipAlg.Protocol.Sip;
using SipAlg.Signaling.Transports;

namespace SipAlg.Calls.Registrations;

/// <summary>What tells that a request comes from behind NAT, in a realm with <c>nat: auto</c>.</summary>
internal static class NatSigns
{
    /// <summary>
    /// It has come straight from the one who wrote its Contact (a single Via, no Record-Route, no Path; Contact and Via name one host),
    /// and that host is not where it came from.
    /// </summary>
    public static bool IsBehindNat(SipMessage request, in SipUri contact, in Flow flow)
    {
        if (request.Has(HeaderId.RecordRoute) || request.Has(HeaderId.Path) || HasSecondVia(request) || !Via.TryParse(request[request.TopVia], out var via))
        {
            return false;
        }

        return Ascii.EqualsIgnoreCase(via.Host, contact.Host) && (!IpAddress.TryParse(contact.Host, out var host) || host != flow.Remote.Address);
    }

    /// <summary>It has come by a proxy.</summary>
    public static bool HasSecondVia(SipMessage request)
    {
        if (!request.TryFirst(HeaderId.Via, out var first))
        {
            return false;
        }

        return request.Next(first) >= 0 || request.TopVia.End != request.Fields[first].Value.End;
    }
}
