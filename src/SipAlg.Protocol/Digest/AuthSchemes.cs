using SipAlg.Protocol.Sip;

namespace SipAlg.Protocol.Digest;

/// <summary>
/// Takes the value of an authentication header field apart into schemes with their parameters (RFC 7235 §4.1: a list; RFC 3261 §20.44
/// writes one a field). A scheme is a token that another word follows; a parameter is a token that "=" follows.
/// </summary>
public ref struct AuthSchemes(ReadOnlySpan<byte> text)
{
    private readonly ReadOnlySpan<byte> _text = text;
    private int _at;

    public ReadOnlySpan<byte> Scheme { get; private set; }

    /// <summary>All behind the scheme's name, up to the next scheme.</summary>
    public ReadOnlySpan<byte> Parameters { get; private set; }

    public readonly AuthSchemes GetEnumerator() => this;

    /// <summary>The reader itself: where it stands is what stands there.</summary>
    public readonly AuthSchemes Current => this;

    public bool MoveNext()
    {
        while (_at < _text.Length)
        {
            var start = Grammar.SkipSpace(_text, _at);
            var end = start + TokenLength(_text[start..]);
            if (end > start && IsScheme(_text, start, out _))
            {
                Scheme = _text[start..end];
                _at = SchemeEnd(end);
                Parameters = Grammar.Trim(_text[end..Math.Min(_at, _text.Length)]).TrimEnd((byte)',');
                return true;
            }

            _at = ItemEnd(start) + 1;
        }

        return false;
    }

    /// <summary>Where the scheme whose name ends at <paramref name="at"/> is over: at the next scheme, or at the end.</summary>
    private readonly int SchemeEnd(int at)
    {
        while (true)
        {
            at = ItemEnd(at) + 1;
            if (at >= _text.Length)
            {
                return _text.Length;
            }

            if (IsScheme(_text, Grammar.SkipSpace(_text, at), out var isEmpty) && !isEmpty)
            {
                return at;
            }
        }
    }

    /// <summary>The comma behind what begins here, or the end.</summary>
    private readonly int ItemEnd(int at)
    {
        while (at < _text.Length)
        {
            var length = _text[at..].IndexOfAny((byte)',', (byte)'"');
            if (length < 0)
            {
                return _text.Length;
            }

            at += length;
            if (_text[at] == ',')
            {
                return at;
            }

            at = Grammar.SkipQuoted(_text, at) is var end && end < 0 ? _text.Length : end;
        }

        return _text.Length;
    }

    private static bool IsScheme(ReadOnlySpan<byte> text, int start, out bool isEmpty)
    {
        isEmpty = true;
        var end = start + TokenLength(text[start..]);
        var next = Grammar.SkipSpace(text, end);
        if (end == start || (next < text.Length && text[next] == '='))
        {
            return false;
        }

        isEmpty = next >= text.Length || text[next] == ',' || next == end;
        return next >= text.Length || text[next] == ',' || next > end;
    }

    private static int TokenLength(ReadOnlySpan<byte> text) => text.IndexOfAnyExcept(Grammar.Token) is var length && length < 0 ? text.Length : length;
}
