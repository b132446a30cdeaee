namespace SipAlg.Protocol.Sdp;

/// <summary>The words of a stretch of the buffer, parted by any number of blanks.</summary>
public ref struct SdpTokens
{
    private readonly ReadOnlySpan<byte> _buffer;
    private readonly int _end;
    private int _next;

    internal SdpTokens(ReadOnlySpan<byte> buffer, int start, int end)
    {
        _buffer = buffer;
        _next = start;
        _end = end;
    }

    /// <summary>Takes the next word; false at the end.</summary>
    public bool Next(out SdpSlice token)
    {
        while (_next < _end && IsBlank(_buffer[_next]))
        {
            _next++;
        }

        var start = _next;
        while (_next < _end && !IsBlank(_buffer[_next]))
        {
            _next++;
        }

        token = SdpSlice.Between(start, _next);
        return !token.IsEmpty;
    }

    /// <summary>Reads digits alone, up to <paramref name="most"/>.</summary>
    internal static bool TryReadNumber(ReadOnlySpan<byte> text, int most, out int number)
    {
        number = 0;
        if (text.Length is 0 or > 9)
        {
            return false;
        }

        foreach (var octet in text)
        {
            if (octet is < (byte)'0' or > (byte)'9')
            {
                return false;
            }

            number = number * 10 + octet - '0';
        }

        return number <= most;
    }

    private static bool IsBlank(byte octet) => octet is (byte)' ' or (byte)'\t';
}
