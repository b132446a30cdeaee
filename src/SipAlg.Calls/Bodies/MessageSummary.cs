using System.Text;
using SipAlg.Protocol.Sip;

namespace SipAlg.Calls.Bodies;

/// <summary>application/simple-message-summary (RFC 3842 §5): the account's host is replaced, every other line crosses as it came.</summary>
internal static class MessageSummary
{
    public static void Write(ref MessageWriter writer, scoped ReadOnlySpan<byte> text, scoped in EventUris uris)
    {
        while (!text.IsEmpty)
        {
            var feed = text.IndexOf((byte)'\n');
            var line = feed < 0 ? text : text[..(feed + 1)];
            text = text[line.Length..];
            var colon = line.IndexOf((byte)':');
            if (colon > 0 && Ascii.EqualsIgnoreCase(line[..colon].Trim(" \t"u8), "Message-Account"u8))
            {
                writer.Write(line[..(colon + 1)]);
                uris.Write(ref writer, line[(colon + 1)..], 0, isEscaped: false, leadsToUs: false);
            }
            else
            {
                writer.Write(line);
            }
        }
    }
}
