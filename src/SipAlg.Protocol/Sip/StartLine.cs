using System.Text;

namespace SipAlg.Protocol.Sip;

/// <summary>Request-Line and Status-Line (RFC 3261 §7.1, §7.2): single spaces, no more.</summary>
internal static class StartLine
{
    private static ReadOnlySpan<byte> Version => "SIP/2.0"u8;

    /// <param name="next">Where the header fields begin.</param>
    public static MessageFault Parse(SipMessage message, ReadOnlySpan<byte> octets, out int next)
    {
        var start = message.Start;
        var feed = octets[start..].IndexOf((byte)'\n');
        next = feed < 0 ? octets.Length : start + feed + 1;
        var end = feed < 0 ? octets.Length : start + feed;
        if (end > start && octets[end - 1] == '\r')
        {
            end--;
        }

        if (feed < 0 || end - start > SipLimits.Field)
        {
            return MessageFault.NotSip;
        }

        var line = octets[start..end];
        return line.Length > 4 && Ascii.EqualsIgnoreCase(line[..4], "SIP/"u8)
            ? ParseStatus(message, line)
            : ParseRequest(message, line);
    }

    private static MessageFault ParseStatus(SipMessage message, ReadOnlySpan<byte> line)
    {
        // Marked as a response first: one that is malformed must never be taken for a request and answered.
        message.Status = 699;
        if (!Ascii.EqualsIgnoreCase(line[..Math.Min(line.Length, Version.Length)], Version))
        {
            return MessageFault.Version;
        }

        // "SIP/2.0 200 OK": the space behind the code may be missing together with the phrase.
        if (line.Length < 11 || line[7] != ' ' || (line.Length > 11 && line[11] != ' ') ||
            !Grammar.TryNumber(line[8..11], out var status) || status is < 100 or > 699)
        {
            return MessageFault.StatusCode;
        }

        var reason = line.Length > 12 ? line[12..] : default;
        if (reason.Contains((byte)'\r'))
        {
            return MessageFault.StatusCode;
        }

        message.Status = (int)status;
        message.Reason = message.SliceOf(reason);
        return MessageFault.None;
    }

    private static MessageFault ParseRequest(SipMessage message, ReadOnlySpan<byte> line)
    {
        var first = line.IndexOf((byte)' ');
        var last = line.LastIndexOf((byte)' ');
        if (first < 1 || !Grammar.IsToken(line[..first]))
        {
            return MessageFault.NotSip;
        }

        message.MethodText = message.SliceOf(line[..first]);
        message.Method = SipMethods.Find(line[..first]);
        if (last == first)
        {
            return MessageFault.NotSip;
        }

        var version = line[(last + 1)..];
        if (!Ascii.EqualsIgnoreCase(version, Version))
        {
            return version.Length > 4 && Ascii.EqualsIgnoreCase(version[..4], "SIP/"u8) ? MessageFault.Version : MessageFault.StartLine;
        }

        // The URI's own grammar has no space, so more than two in the line are refused with it; RFC 3261 §19.1.1
        // allows neither headers ("?") nor a method parameter in a Request-URI.
        var uri = line[(first + 1)..last];
        message.RequestUri = message.SliceOf(uri);
        return SipUri.TryParse(uri, out var parsed) && parsed.Headers.IsEmpty ? MessageFault.None : MessageFault.RequestUri;
    }
}
