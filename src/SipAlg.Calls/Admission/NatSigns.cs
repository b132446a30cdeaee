using SipAlg.Protocol.Addresses;
using SipAlg.Protocol.Sip;
using SipAlg.Signaling.Transports;

namespace SipAlg.Calls.Admission;

/// <summary>What tells that a request comes from behind NAT, where <c>nat: auto</c> says to look for it.</summary>
internal static class NatSigns
{
    /// <summary>
    /// It has come straight from the one who wrote its Contact (a single Via, no Record-Route, no Path; Contact and Via name one host),
    /// and that host is not where it came from. Where no Contact is named, or all of them (RFC 3261 §10.2.2), the Via alone tells it: the answer has to find its way.
    /// </summary>
    public static bool AreIn(SipMessage request, in Flow flow)
    {
        if (request.Has(HeaderId.RecordRoute) || request.Has(HeaderId.Path) || HasSecondVia(request) ||
            !request.TryTopVia(out var via) || (IpAddress.TryParse(via.Host, out var host) && host == flow.Remote.Address))
        {
            return false;
        }

        foreach (var value in new ValueList(request.First(HeaderId.Contact)))
        {
            return value.SequenceEqual("*"u8) || (NameAddress.TryParse(value, out var address) && SipUri.TryParse(address.Uri, out var contact) && UriComparison.AreSameHost(via.Host, contact.Host));
        }

        return true;
    }

    /// <summary>It has come by a proxy.</summary>
    public static bool HasSecondVia(SipMessage request) =>
        request.TryFirst(HeaderId.Via, out var first) && (request.Next(first) >= 0 || request.TopVia.End != request.Fields[first].Value.End);
}
