namespace SipAlg.Protocol.Sip;

/// <summary>
/// The value of From, To, Contact, Route and their kin: a display name, a URI and header parameters (RFC 3261 §20.10).
/// Without angle brackets every semicolon starts a header parameter.
/// </summary>
public readonly ref struct NameAddress
{
    /// <summary>As written, with its quotation marks if it has them; empty if there is none.</summary>
    public ReadOnlySpan<byte> DisplayName { get; private init; }
    public ReadOnlySpan<byte> Uri { get; private init; }

    /// <summary>The header parameters from the first semicolon on, or empty.</summary>
    public ReadOnlySpan<byte> Parameters { get; private init; }

    /// <summary>Whether the URI stood in angle brackets.</summary>
    public bool IsBracketed { get; private init; }

    /// <summary>Reads one value (a list is taken apart by <see cref="ValueList"/> before).</summary>
    public static bool TryParse(ReadOnlySpan<byte> text, out NameAddress address)
    {
        address = default;
        var start = Grammar.SkipSpace(text, 0);
        var nameEnd = start;
        if (start < text.Length && text[start] == '"')
        {
            nameEnd = Grammar.SkipQuoted(text, start);
            if (nameEnd < 0)
            {
                return false;
            }

            var bracket = Grammar.SkipSpace(text, nameEnd);
            return bracket < text.Length && text[bracket] == '<' && TryBracketed(text, text[start..nameEnd], bracket, out address);
        }

        // A quotation mark before any bracket is that of a parameter behind a bare URI.
        var open = text[start..].IndexOfAny((byte)'<', (byte)'"');
        return open >= 0 && text[start + open] == '<'
            ? TryBracketed(text, Grammar.Trim(text.Slice(start, open)), start + open, out address)
            : TryBare(text, start, out address);
    }

    private static bool TryBracketed(ReadOnlySpan<byte> text, ReadOnlySpan<byte> name, int open, out NameAddress address)
    {
        address = default;
        var close = text[open..].IndexOf((byte)'>');
        if (close < 0)
        {
            return false;
        }

        close += open;
        address = new NameAddress
        {
            DisplayName = name,
            Uri = Grammar.Trim(text[(open + 1)..close]),
            Parameters = Grammar.Trim(text[(close + 1)..]),
            IsBracketed = true,
        };
        return address.Uri.Length > 0 && (address.Parameters.IsEmpty || address.Parameters[0] == ';');
    }

    private static bool TryBare(ReadOnlySpan<byte> text, int start, out NameAddress address)
    {
        var rest = text[start..];
        var semicolon = rest.IndexOf((byte)';');
        address = new NameAddress
        {
            Uri = Grammar.Trim(semicolon < 0 ? rest : rest[..semicolon]),
            Parameters = semicolon < 0 ? default : Grammar.Trim(rest[semicolon..]),
        };
        return address.Uri.Length > 0 && !address.Uri.ContainsAny(Grammar.NotInUri);
    }

    public bool TryTag(out ReadOnlySpan<byte> tag) => Sip.Parameters.TryGet(Parameters, "tag"u8, out tag) && tag.Length > 0;
}
