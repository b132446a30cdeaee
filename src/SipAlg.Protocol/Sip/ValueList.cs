namespace SipAlg.Protocol.Sip;

/// <summary>Takes a comma-separated header field value apart; commas in quotation marks or angle brackets do not count (RFC 3261 §7.3.1).</summary>
public ref struct ValueList(ReadOnlySpan<byte> text)
{
    private readonly ReadOnlySpan<byte> _text = text;
    private int _at;

    /// <summary>The current value without the white space around it.</summary>
    public ReadOnlySpan<byte> Current { get; private set; }

    /// <summary>How much of the text has been read, the comma behind the current value included.</summary>
    public readonly int Consumed => _at;

    /// <summary>Moves to the next value; empty ones are passed over.</summary>
    public bool MoveNext()
    {
        while (_at < _text.Length)
        {
            var start = _at;
            var end = ValueEnd(start);
            _at = end + 1;
            Current = Grammar.Trim(_text[start..end]);
            if (Current.Length > 0)
            {
                return true;
            }
        }

        return false;
    }

    private readonly int ValueEnd(int at)
    {
        while (true)
        {
            var length = _text[at..].IndexOfAny((byte)',', (byte)'"', (byte)'<');
            if (length < 0)
            {
                return _text.Length;
            }

            at += length;
            if (_text[at] == ',')
            {
                return at;
            }

            at = _text[at] == '"' ? Grammar.SkipQuoted(_text, at) : BracketEnd(at);
            if (at < 0)
            {
                return _text.Length;
            }
        }
    }

    private readonly int BracketEnd(int open)
    {
        var length = _text[open..].IndexOf((byte)'>');
        return length < 0 ? -1 : open + length;
    }

    public readonly ValueList GetEnumerator() => this;
}
