namespace SipAlg.Protocol.Sdp;

/// <summary>The parts of a multipart body (RFC 2046 §5.1), line ends CRLF or LF; offsets count from the whole body's start.</summary>
internal ref struct MimeParts
{
    private readonly ReadOnlySpan<byte> _body;
    private readonly ReadOnlySpan<byte> _boundary;
    private readonly int _end;
    private int _next;

    public MimeParts(ReadOnlySpan<byte> body, SdpSlice multipart, ReadOnlySpan<byte> boundary)
    {
        _body = body;
        _boundary = boundary;
        _end = multipart.End;
        _next = FindDelimiter(multipart.Offset, out var delimiter) ? delimiter.End : -1;
    }

    /// <summary>The close delimiter was reached; without it the body was cut.</summary>
    public bool IsClosed { get; private set; }

    /// <summary>Takes the next part, headers and content; false behind the last.</summary>
    public bool Next(out SdpSlice part)
    {
        part = default;
        if (_next < 0 || IsClosed || !FindDelimiter(_next, out var delimiter))
        {
            return false;
        }

        part = SdpSlice.Between(_next, Math.Max(_next, BeforeLineEnd(delimiter.Offset)));
        _next = delimiter.End;
        return true;
    }

    /// <summary>Finds the next line that is "--boundary" or "--boundary--", and notes the latter.</summary>
    private bool FindDelimiter(int from, out SdpSlice line)
    {
        while (from < _end)
        {
            var found = _body[from.._end].IndexOf(_boundary);
            if (found < 0)
            {
                break;
            }

            var start = from + found - 2;
            from += found + _boundary.Length;
            if (IsLineStart(start) && IsDelimiterEnd(from, out var isLast, out var end))
            {
                IsClosed = isLast;
                line = SdpSlice.Between(start, end);
                return true;
            }
        }

        line = default;
        return false;
    }

    private readonly bool IsLineStart(int start) =>
        start >= 0 && _body[start] == '-' && _body[start + 1] == '-' && (start == 0 || _body[start - 1] == '\n');

    /// <summary>Only blanks may follow the boundary on its line (RFC 2046 §5.1.1), or it is the start of a longer one.</summary>
    private readonly bool IsDelimiterEnd(int at, out bool isLast, out int end)
    {
        isLast = _body[at.._end].StartsWith("--"u8);
        var feed = _body[at.._end].IndexOf((byte)'\n');
        end = feed < 0 ? _end : at + feed + 1;
        return !_body[(isLast ? at + 2 : at)..end].ContainsAnyExcept(" \t\r\n"u8) && (isLast || feed >= 0);
    }

    /// <summary>The line end before a delimiter belongs to it, not to the part.</summary>
    private readonly int BeforeLineEnd(int delimiter)
    {
        var end = delimiter > 0 && _body[delimiter - 1] == '\n' ? delimiter - 1 : delimiter;
        return end > 0 && end < delimiter && _body[end - 1] == '\r' ? end - 1 : end;
    }
}
