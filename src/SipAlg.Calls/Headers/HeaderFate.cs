using SipAlg.Protocol.Sip;

namespace SipAlg.Calls.Headers;

/// <summary>What becomes of a header field when its message crosses from one leg to the other.</summary>
internal enum HeaderFate : byte
{
    /// <summary>Byte for byte as it came.</summary>
    Cross,

    /// <summary>Left out here: the gateway writes its own where the message needs one.</summary>
    Renew,

    /// <summary>Crosses with the hosts of its URIs replaced.</summary>
    Hide,

    /// <summary>Names a dialog, and crosses as the name of the other leg's.</summary>
    Translate,

    /// <summary>Belongs to this leg alone.</summary>
    Remove,
}

/// <summary>The header policy: one row a field that the gateway understands. The table for people is docs/headers.md, and a test compares the two.</summary>
internal static class HeaderPolicy
{
    public static HeaderFate Of(HeaderId id) => id switch
    {
        // Dialog, route and framing are each leg's own (RFC 7092 §3.2: a signalling-plane B2BUA).
        HeaderId.Via or HeaderId.From or HeaderId.To or HeaderId.CallId or HeaderId.CSeq or HeaderId.MaxForwards or HeaderId.Contact or
        HeaderId.Route or HeaderId.RecordRoute or HeaderId.ContentLength or HeaderId.ContentType or HeaderId.Allow or HeaderId.Supported or HeaderId.Accept or
        HeaderId.SessionExpires or HeaderId.MinSe or HeaderId.RSeq or HeaderId.RAck => HeaderFate.Renew,

        // Agreed on hop by hop, or meant for us.
        HeaderId.Require or HeaderId.ProxyRequire or HeaderId.Authorization or HeaderId.ProxyAuthorization or HeaderId.WwwAuthenticate or
        HeaderId.ProxyAuthenticate or HeaderId.AuthenticationInfo or HeaderId.Timestamp or HeaderId.Path or HeaderId.ServiceRoute or HeaderId.AllowEvents => HeaderFate.Remove,

        // Call-IDs of past calls, which nobody on the other side knows.
        HeaderId.InReplyTo => HeaderFate.Remove,

        HeaderId.AssertedIdentity or HeaderId.PreferredIdentity or HeaderId.CalledPartyId or HeaderId.RemotePartyId or HeaderId.Diversion or
        HeaderId.HistoryInfo or HeaderId.ReferTo or HeaderId.ReferredBy or HeaderId.ReplyTo or HeaderId.CallInfo or HeaderId.Warning => HeaderFate.Hide,

        HeaderId.Replaces or HeaderId.TargetDialog or HeaderId.Join => HeaderFate.Translate,

        _ => HeaderFate.Cross,
    };

    /// <summary>A challenge, or what answers one.</summary>
    public static bool IsProof(HeaderId id) => id is HeaderId.Authorization or HeaderId.ProxyAuthorization or HeaderId.WwwAuthenticate or HeaderId.ProxyAuthenticate or HeaderId.AuthenticationInfo;
}
