namespace SipAlg.Signaling.Resolution.Dns;

/// <summary>
/// Domain names as text: lower case, labels between dots, no dot at the end, the root as "". An octet of a label that is no printable
/// ASCII, a dot or a backslash stands as \DDD (RFC 4343 §2.1), so that two different names never have the same text.
/// </summary>
internal static class DnsName
{
    /// <summary>RFC 1035 §2.3.4, lengths and the root's octet included.</summary>
    public const int MaxLength = 255;
    public const int MaxLabel = 63;

    /// <summary>The text that equal names share (RFC 4343 §3: ASCII case does not count).</summary>
    public static string Normal(string name) => (name.EndsWith('.') ? name[..^1] : name).ToLowerInvariant();

    /// <summary>Writes a name in its wire form, which holds no escapes: what we ask for are host names and names of services.</summary>
    /// <returns>How many octets; 0 for what is no name.</returns>
    public static int Write(string name, Span<byte> destination)
    {
        var at = 0;
        foreach (var range in name.AsSpan().Split('.'))
        {
            var label = name.AsSpan(range);
            if (label.Length is 0 or > MaxLabel || at + 1 + label.Length + 1 > Math.Min(MaxLength, destination.Length))
            {
                return 0;
            }

            destination[at++] = (byte)label.Length;
            foreach (var letter in label)
            {
                if (letter is <= ' ' or > '~' or '\\')
                {
                    return 0;
                }

                destination[at++] = (byte)letter;
            }
        }

        destination[at++] = 0;
        return at;
    }
}
