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
        var inBrackets = false;
        for (; at < _text.Length; at++)
        {
            switch (_text[at])
            {
                case (byte)'"' when !inBrackets:
                    var end = Grammar.SkipQuoted(_text, at);
                    if (end < 0)
                    {
                        return _text.Length;
                    }

                    at = end - 1;
                    break;
                case (byte)'<':
                    inBrackets = true;
                    break;
                case (byte)'>':
                    inBrackets = false;
                    break;
                case (byte)',' when !inBrackets:
                    return at;
                default:
                    break;
            }
        }

        return at;
    }

    public readonly ValueList GetEnumerator() => this;
}
