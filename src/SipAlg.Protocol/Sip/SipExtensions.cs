using System.Text;

namespace SipAlg.Protocol.Sip;

/// <summary>The extensions (option tags, RFC 3261 §19.2) that the gateway knows.</summary>
[Flags]
public enum SipExtensions : byte
{
    None = 0,

    /// <summary>100rel: reliable provisional responses (RFC 3262).</summary>
    Reliable = 1,

    /// <summary>timer: session timers (RFC 4028).</summary>
    Timer = 2,

    /// <summary>replaces (RFC 3891).</summary>
    Replaces = 4,

    /// <summary>privacy, which only Proxy-Require names: the privacy that the request asks for has to be given (RFC 3323 §4.3).</summary>
    Privacy = 8,

    /// <summary>path (RFC 3327).</summary>
    Path = 16,

    /// <summary>outbound (RFC 5626).</summary>
    Outbound = 32,

    /// <summary>gruu (RFC 5627).</summary>
    Gruu = 64,

    /// <summary>At least one that is none of these.</summary>
    Others = 128,
}

/// <summary>Reads option tags.</summary>
public static class OptionTags
{
    /// <summary>The extensions that all fields of a header (Supported, Require) name.</summary>
    public static SipExtensions In(SipMessage message, HeaderId header)
    {
        var found = SipExtensions.None;
        for (var index = message.TryFirst(header, out var first) ? first : -1; index >= 0; index = message.Next(index))
        {
            foreach (var tag in new ValueList(message[message.Fields[index].Value]))
            {
                found |= Find(tag);
            }
        }

        return found;
    }

    /// <summary>Option tags are tokens, and so without case (RFC 3261 §7.3.1).</summary>
    public static SipExtensions Find(ReadOnlySpan<byte> tag) =>
        Ascii.EqualsIgnoreCase(tag, "100rel"u8) ? SipExtensions.Reliable :
        Ascii.EqualsIgnoreCase(tag, "timer"u8) ? SipExtensions.Timer :
        Ascii.EqualsIgnoreCase(tag, "privacy"u8) ? SipExtensions.Privacy :
        Ascii.EqualsIgnoreCase(tag, "path"u8) ? SipExtensions.Path :
        Ascii.EqualsIgnoreCase(tag, "outbound"u8) ? SipExtensions.Outbound :
        Ascii.EqualsIgnoreCase(tag, "gruu"u8) ? SipExtensions.Gruu :
        Ascii.EqualsIgnoreCase(tag, "replaces"u8) ? SipExtensions.Replaces : SipExtensions.Others;
}
