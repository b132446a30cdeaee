using System.Text;

namespace SipAlg.Protocol.Sip;

/// <summary>
/// The value of Replaces (RFC 3891 §6.1), Join (RFC 3911 §7.1) or Target-Dialog (RFC 4538 §7): a dialog by its Call-ID and both tags,
/// as the recipient of the header has it.
/// </summary>
public readonly ref struct DialogReference
{
    public ReadOnlySpan<byte> CallId { get; private init; }

    /// <summary>The recipient's own tag: to-tag, or local-tag of Target-Dialog.</summary>
    public ReadOnlySpan<byte> LocalTag { get; private init; }

    /// <summary>The tag of who the recipient's dialog is with: from-tag, or remote-tag of Target-Dialog.</summary>
    public ReadOnlySpan<byte> RemoteTag { get; private init; }

    /// <summary>Only an early dialog is meant (RFC 3891 §6.1).</summary>
    public bool IsEarlyOnly { get; private init; }

    /// <summary>Reads a value; a tag that is missing or stands there twice is a fault (RFC 3891 §6.1).</summary>
    /// <param name="header">Which of the three: the tags of Target-Dialog have other names.</param>
    /// <param name="value">The header field's value.</param>
    /// <param name="reference">Views of <paramref name="value"/>.</param>
    public static bool TryParse(HeaderId header, ReadOnlySpan<byte> value, out DialogReference reference)
    {
        reference = default;
        var semicolon = value.IndexOf((byte)';');
        var callId = Grammar.Trim(semicolon < 0 ? default : value[..semicolon]);
        if (callId.IsEmpty || callId.Length > SipLimits.Identifier || callId.IndexOfAnyExcept(Grammar.Word) >= 0)
        {
            return false;
        }

        ReadOnlySpan<byte> local = default, remote = default;
        var isEarlyOnly = false;
        var parameters = new Parameters(value[semicolon..]);
        while (parameters.MoveNext())
        {
            if (Ascii.EqualsIgnoreCase(parameters.Name, LocalName(header)) && !TrySet(ref local, parameters.Value))
            {
                return false;
            }

            if (Ascii.EqualsIgnoreCase(parameters.Name, RemoteName(header)) && !TrySet(ref remote, parameters.Value))
            {
                return false;
            }

            isEarlyOnly |= Ascii.EqualsIgnoreCase(parameters.Name, "early-only"u8);
        }

        reference = new DialogReference { CallId = callId, LocalTag = local, RemoteTag = remote, IsEarlyOnly = isEarlyOnly };
        return !parameters.IsMalformed && !local.IsEmpty && !remote.IsEmpty;
    }

    private static bool TrySet(ref ReadOnlySpan<byte> tag, ReadOnlySpan<byte> value)
    {
        var isFirst = tag.IsEmpty;
        tag = value;
        return isFirst && value.Length <= SipLimits.Identifier && Grammar.IsToken(value);
    }

    /// <summary>Writes a value that <see cref="TryParse"/> reads.</summary>
    public static void Write(
        ref MessageWriter writer, HeaderId header, scoped ReadOnlySpan<byte> callId, scoped ReadOnlySpan<byte> localTag, scoped ReadOnlySpan<byte> remoteTag, bool isEarlyOnly)
    {
        writer.Write(callId);
        WriteTag(ref writer, LocalName(header), localTag);
        WriteTag(ref writer, RemoteName(header), remoteTag);
        if (isEarlyOnly)
        {
            writer.Write(";early-only"u8);
        }
    }

    private static void WriteTag(ref MessageWriter writer, ReadOnlySpan<byte> name, scoped ReadOnlySpan<byte> tag)
    {
        writer.Write((byte)';');
        writer.Write(name);
        writer.Write((byte)'=');
        writer.Write(tag);
    }

    private static ReadOnlySpan<byte> LocalName(HeaderId header) => header == HeaderId.TargetDialog ? "local-tag"u8 : "to-tag"u8;

    private static ReadOnlySpan<byte> RemoteName(HeaderId header) => header == HeaderId.TargetDialog ? "remote-tag"u8 : "from-tag"u8;
}
