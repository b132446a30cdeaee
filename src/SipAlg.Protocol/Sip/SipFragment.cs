namespace SipAlg.Protocol.Sip;

/// <summary>
/// Reads a message/sipfrag body (RFC 3420) that tells how a referred request fares (RFC 3515 §2.4.5): a status line, and header fields
/// that may follow.
/// </summary>
public readonly ref struct SipFragment
{
    private readonly ReadOnlySpan<byte> _fields;

    private SipFragment(int status, ReadOnlySpan<byte> statusLine, ReadOnlySpan<byte> fields)
    {
        Status = status;
        StatusLine = statusLine;
        _fields = fields;
    }

    /// <summary>100 to 699.</summary>
    public int Status { get; }

    /// <summary>Without its line end.</summary>
    public ReadOnlySpan<byte> StatusLine { get; }

    /// <summary>False for what does not begin with a status line.</summary>
    public static bool TryParse(ReadOnlySpan<byte> body, out SipFragment fragment)
    {
        fragment = default;
        var end = body.IndexOf((byte)'\n');
        var line = (end < 0 ? body : body[..end]).TrimEnd((byte)'\r');
        if (line.Length < 11 || !System.Text.Ascii.EqualsIgnoreCase(line[..8], "SIP/2.0 "u8) || (line.Length > 11 && line[11] != ' ') ||
            line.Contains((byte)'\r') || !Grammar.TryNumber(line[8..11], out var status) || status is < 100 or > 699)
        {
            return false;
        }

        fragment = new SipFragment((int)status, line, end < 0 ? default : body[(end + 1)..]);
        return true;
    }

    /// <summary>Writes the status line and, of the header fields, only Reason (RFC 3326) and Retry-After: no other is needed, and many name hosts.</summary>
    public void WriteHarmless(ref MessageWriter writer)
    {
        writer.Write(StatusLine);
        writer.EndLine();
        var rest = _fields;
        while (TryLine(ref rest, out var line))
        {
            var colon = line.IndexOf((byte)':');
            if (colon > 0 && HeaderNames.Find(Grammar.Trim(line[..colon])) is HeaderId.Reason or HeaderId.RetryAfter)
            {
                writer.Write(line);
                writer.EndLine();
            }
        }
    }

    /// <summary>The next header field, to its last octet; one that is folded or holds a bare CR is passed over.</summary>
    private static bool TryLine(ref ReadOnlySpan<byte> rest, out ReadOnlySpan<byte> line)
    {
        line = default;
        var end = rest.IndexOf((byte)'\n');
        var whole = (end < 0 ? rest : rest[..end]).TrimEnd((byte)'\r');
        if (whole.IsEmpty)
        {
            return false;
        }

        rest = end < 0 ? default : rest[(end + 1)..];
        var isFolded = !rest.IsEmpty && rest[0] is (byte)' ' or (byte)'\t';
        line = isFolded || whole.Contains((byte)'\r') ? ":"u8 : whole;
        return true;
    }
}
