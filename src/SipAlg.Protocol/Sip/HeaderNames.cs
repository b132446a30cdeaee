using System.Text;

namespace SipAlg.Protocol.Sip;

/// <summary>Header field names and compact forms (RFC 3261 §7.3.3, §20); they are case-insensitive.</summary>
public static class HeaderNames
{
    public static HeaderId Find(ReadOnlySpan<byte> name)
    {
        if (name.Length == 1)
        {
            return FindCompact(name[0]);
        }

        var candidate = Candidate(name);
        if (candidate == HeaderId.Other)
        {
            return HeaderId.Other;
        }

        // Most write a name as the RFC does, and the exact comparison is the faster one.
        var known = Name(candidate);
        return name.SequenceEqual(known) || Ascii.EqualsIgnoreCase(name, known) ? candidate : HeaderId.Other;
    }

    private static HeaderId FindCompact(byte letter) => (letter | 0x20) switch
    {
        'v' => HeaderId.Via,
        'f' => HeaderId.From,
        't' => HeaderId.To,
        'i' => HeaderId.CallId,
        'm' => HeaderId.Contact,
        'c' => HeaderId.ContentType,
        'l' => HeaderId.ContentLength,
        'e' => HeaderId.ContentEncoding,
        'k' => HeaderId.Supported,
        'o' => HeaderId.Event,
        'u' => HeaderId.AllowEvents,
        'r' => HeaderId.ReferTo,
        'b' => HeaderId.ReferredBy,
        'x' => HeaderId.SessionExpires,
        _ => HeaderId.Other,
    };

    /// <summary>
    /// The long form of a name: that of the gateway where it understands the field, else the one that the compact form is registered
    /// for (IANA sip-parameters), else the name itself.
    /// </summary>
    public static ReadOnlySpan<byte> Long(ReadOnlySpan<byte> name) => Find(name) is var id and not HeaderId.Other ? Name(id) : name.Length != 1 ? name : (name[0] | 0x20) switch
    {
        'a' => "Accept-Contact"u8,
        'd' => "Request-Disposition"u8,
        'j' => "Reject-Contact"u8,
        'n' => "Identity-Info"u8,
        's' => "Subject"u8,
        'y' => "Identity"u8,
        _ => name,
    };

    /// <summary>The only name of this length and these letters that is known; the caller compares the whole.</summary>
    private static HeaderId Candidate(ReadOnlySpan<byte> name)
    {
        var first = name.Length == 0 ? 0 : name[0] | 0x20;
        return name.Length switch
        {
            2 => HeaderId.To,
            3 => HeaderId.Via,
            4 => first switch { 'f' => HeaderId.From, 'c' => HeaderId.CSeq, 'p' => HeaderId.Path, 'j' => HeaderId.Join, 'r' => (name[1] | 0x20) == 's' ? HeaderId.RSeq : HeaderId.RAck, _ => HeaderId.Other },
            5 => first switch { 'r' => HeaderId.Route, 'a' => HeaderId.Allow, 'e' => HeaderId.Event, _ => HeaderId.Other },
            6 => first switch { 'a' => HeaderId.Accept, 'r' => HeaderId.Reason, 's' => HeaderId.Server, 'm' => HeaderId.MinSe, _ => HeaderId.Other },
            7 => first switch { 'c' => (name[1] | 0x20) == 'o' ? HeaderId.Contact : HeaderId.CallId, 'e' => HeaderId.Expires, 'p' => HeaderId.Privacy, 'r' => HeaderId.Require, 'w' => HeaderId.Warning, _ => HeaderId.Other },
            8 => first switch { 'r' => (name[2] | 0x20) == 'f' ? HeaderId.ReferTo : (name[5] | 0x20) == '-' ? HeaderId.ReplyTo : HeaderId.Replaces, _ => HeaderId.Other },
            9 => first switch { 's' => HeaderId.Supported, 'r' => HeaderId.ReferSub, 'd' => HeaderId.Diversion, 'c' => HeaderId.CallInfo, 't' => HeaderId.Timestamp, _ => HeaderId.Other },
            10 => first switch { 'u' => HeaderId.UserAgent, _ => HeaderId.Other },
            11 => first switch { 'u' => HeaderId.Unsupported, 'r' => (name[2] | 0x20) == 't' ? HeaderId.RetryAfter : HeaderId.ReferredBy, 'm' => (name[1] | 0x20) == 'i' ? HeaderId.MinExpires : HeaderId.MaxBreadth, 'i' => HeaderId.InReplyTo, _ => HeaderId.Other },
            12 => first switch { 'm' => HeaderId.MaxForwards, 'c' => HeaderId.ContentType, 'r' => HeaderId.RecordRoute, 'a' => HeaderId.AllowEvents, 'h' => HeaderId.HistoryInfo, _ => HeaderId.Other },
            13 => first switch { 'a' => HeaderId.Authorization, 'p' => HeaderId.ProxyRequire, 't' => HeaderId.TargetDialog, 's' => HeaderId.ServiceRoute, _ => HeaderId.Other },
            14 => first switch { 'c' => HeaderId.ContentLength, _ => HeaderId.Other },
            15 => first switch { 's' => HeaderId.SessionExpires, 'r' => HeaderId.RemotePartyId, _ => HeaderId.Other },
            16 => first switch { 'c' => HeaderId.ContentEncoding, 'w' => HeaderId.WwwAuthenticate, _ => HeaderId.Other },
            17 => first switch { 'p' => HeaderId.CalledPartyId, _ => HeaderId.Other },
            18 => first switch { 'p' => HeaderId.ProxyAuthenticate, 's' => HeaderId.SubscriptionState, _ => HeaderId.Other },
            19 => first switch { 'p' => (name[2] | 0x20) == 'a' ? HeaderId.AssertedIdentity : HeaderId.ProxyAuthorization, 'a' => HeaderId.AuthenticationInfo, 'c' => HeaderId.ContentDisposition, _ => HeaderId.Other },
            20 => first switch { 'p' => HeaderId.PreferredIdentity, _ => HeaderId.Other },
            _ => HeaderId.Other,
        };
    }

    /// <summary>The name as the gateway writes it; empty for <see cref="HeaderId.Other"/>.</summary>
    public static ReadOnlySpan<byte> Name(HeaderId id) => id switch
    {
        HeaderId.Via => "Via"u8,
        HeaderId.From => "From"u8,
        HeaderId.To => "To"u8,
        HeaderId.CallId => "Call-ID"u8,
        HeaderId.CSeq => "CSeq"u8,
        HeaderId.MaxForwards => "Max-Forwards"u8,
        HeaderId.Contact => "Contact"u8,
        HeaderId.Route => "Route"u8,
        HeaderId.RecordRoute => "Record-Route"u8,
        HeaderId.ContentType => "Content-Type"u8,
        HeaderId.ContentLength => "Content-Length"u8,
        HeaderId.ContentEncoding => "Content-Encoding"u8,
        HeaderId.ContentDisposition => "Content-Disposition"u8,
        HeaderId.Accept => "Accept"u8,
        HeaderId.Allow => "Allow"u8,
        HeaderId.AllowEvents => "Allow-Events"u8,
        HeaderId.Supported => "Supported"u8,
        HeaderId.Require => "Require"u8,
        HeaderId.ProxyRequire => "Proxy-Require"u8,
        HeaderId.Unsupported => "Unsupported"u8,
        HeaderId.Expires => "Expires"u8,
        HeaderId.MinExpires => "Min-Expires"u8,
        HeaderId.Authorization => "Authorization"u8,
        HeaderId.ProxyAuthorization => "Proxy-Authorization"u8,
        HeaderId.WwwAuthenticate => "WWW-Authenticate"u8,
        HeaderId.ProxyAuthenticate => "Proxy-Authenticate"u8,
        HeaderId.AuthenticationInfo => "Authentication-Info"u8,
        HeaderId.AssertedIdentity => "P-Asserted-Identity"u8,
        HeaderId.PreferredIdentity => "P-Preferred-Identity"u8,
        HeaderId.CalledPartyId => "P-Called-Party-ID"u8,
        HeaderId.RemotePartyId => "Remote-Party-ID"u8,
        HeaderId.Privacy => "Privacy"u8,
        HeaderId.Diversion => "Diversion"u8,
        HeaderId.HistoryInfo => "History-Info"u8,
        HeaderId.ReferTo => "Refer-To"u8,
        HeaderId.ReferredBy => "Referred-By"u8,
        HeaderId.ReferSub => "Refer-Sub"u8,
        HeaderId.Replaces => "Replaces"u8,
        HeaderId.TargetDialog => "Target-Dialog"u8,
        HeaderId.Join => "Join"u8,
        HeaderId.InReplyTo => "In-Reply-To"u8,
        HeaderId.CallInfo => "Call-Info"u8,
        HeaderId.ReplyTo => "Reply-To"u8,
        HeaderId.Warning => "Warning"u8,
        HeaderId.RetryAfter => "Retry-After"u8,
        HeaderId.Reason => "Reason"u8,
        HeaderId.SessionExpires => "Session-Expires"u8,
        HeaderId.MinSe => "Min-SE"u8,
        HeaderId.RSeq => "RSeq"u8,
        HeaderId.RAck => "RAck"u8,
        HeaderId.Event => "Event"u8,
        HeaderId.SubscriptionState => "Subscription-State"u8,
        HeaderId.MaxBreadth => "Max-Breadth"u8,
        HeaderId.Timestamp => "Timestamp"u8,
        HeaderId.Path => "Path"u8,
        HeaderId.ServiceRoute => "Service-Route"u8,
        HeaderId.UserAgent => "User-Agent"u8,
        HeaderId.Server => "Server"u8,
        _ => default,
    };
}
