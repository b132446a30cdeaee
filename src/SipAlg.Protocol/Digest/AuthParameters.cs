using SipAlg.Protocol.Sip;

namespace SipAlg.Protocol.Digest;

/// <summary>Reads a comma-separated list of <c>name=value</c>, as authentication schemes and Authentication-Info have them (RFC 7235 §2.1).</summary>
public ref struct AuthParameters(ReadOnlySpan<byte> text)
{
    private readonly ReadOnlySpan<byte> _text = text;
    private int _at;

    public ReadOnlySpan<byte> Name { get; private set; }

    /// <summary>A token, or what stands between quotation marks, backslashes kept.</summary>
    public ReadOnlySpan<byte> Value { get; private set; }

    /// <summary>Set when what stands there is no parameter; reading ends there.</summary>
    public bool IsMalformed { get; private set; }

    /// <summary>Moves to the next parameter; empty ones are passed over.</summary>
    public bool MoveNext()
    {
        var start = _at;
        while (start < _text.Length && (_text[start] == ',' || Grammar.IsSpace(_text[start])))
        {
            start++;
        }

        if (start >= _text.Length || IsMalformed)
        {
            return false;
        }

        var length = _text[start..].IndexOfAnyExcept(Grammar.Token);
        var equals = Grammar.SkipSpace(_text, start + Math.Max(length, 0));
        if (length < 1 || equals >= _text.Length || _text[equals] != '=')
        {
            return Malformed();
        }

        Name = _text.Slice(start, length);
        return TryValue(Grammar.SkipSpace(_text, equals + 1)) || Malformed();
    }

    private bool TryValue(int start)
    {
        var isQuoted = start < _text.Length && _text[start] == '"';
        var end = isQuoted ? Grammar.SkipQuoted(_text, start) : _text[start..].IndexOf((byte)',') is var comma && comma < 0 ? _text.Length : start + comma;
        if (end < 0)
        {
            return false;
        }

        _at = Grammar.SkipSpace(_text, end);
        Value = isQuoted ? _text[(start + 1)..(end - 1)] : Grammar.Trim(_text[start..end]);
        return (_at == _text.Length || _text[_at] == ',') && (isQuoted || !Value.ContainsAny((byte)'"', (byte)'\\')) && !Value.ContainsAnyInRange((byte)0, (byte)31);
    }

    private bool Malformed()
    {
        IsMalformed = true;
        return false;
    }
}
