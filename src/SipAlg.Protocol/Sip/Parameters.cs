using System.Text;

namespace SipAlg.Protocol.Sip;

/// <summary>
/// Reads a run of ";name=value" parameters, of a header field or of a URI (RFC 3261 §25.1 generic-param, uri-parameters).
/// Names are case-insensitive; a quoted value keeps its quotation marks.
/// </summary>
public ref struct Parameters(ReadOnlySpan<byte> text)
{
    private readonly ReadOnlySpan<byte> _text = text;
    private int _start;
    private int _at;

    /// <summary>The current parameter from its semicolon to its end.</summary>
    public readonly ReadOnlySpan<byte> Whole => Grammar.Trim(_text[_start.._at]);
    public ReadOnlySpan<byte> Name { get; private set; }

    /// <summary>Empty when there is no "=".</summary>
    public ReadOnlySpan<byte> Value { get; private set; }

    /// <summary>Set when what stands there is no parameter; reading ends there.</summary>
    public bool IsMalformed { get; private set; }

    public bool MoveNext()
    {
        var start = Grammar.SkipSpace(_text, _at);
        if (start >= _text.Length || IsMalformed)
        {
            return false;
        }

        if (_text[start] != ';')
        {
            return Malformed();
        }

        var nameStart = Grammar.SkipSpace(_text, start + 1);
        var at = nameStart;
        while (at < _text.Length && _text[at] is not ((byte)';' or (byte)'='))
        {
            at++;
        }

        Name = Grammar.Trim(_text[nameStart..at]);
        Value = default;
        if (at < _text.Length && _text[at] == '=' && !TryValue(ref at))
        {
            return Malformed();
        }

        _start = start;
        _at = at;
        return Name.Length > 0 || Malformed();
    }

    private bool TryValue(ref int at)
    {
        var start = Grammar.SkipSpace(_text, at + 1);
        at = start;
        if (at < _text.Length && _text[at] == '"')
        {
            at = Grammar.SkipQuoted(_text, at);
            if (at < 0)
            {
                return false;
            }

            Value = _text[start..at];
            at = Grammar.SkipSpace(_text, at);
            return at == _text.Length || _text[at] == ';';
        }

        while (at < _text.Length && _text[at] != ';')
        {
            at++;
        }

        Value = Grammar.Trim(_text[start..at]);
        return Value.Length > 0;
    }

    private bool Malformed()
    {
        IsMalformed = true;
        return false;
    }

    /// <summary>Finds a parameter by name; <paramref name="value"/> is empty when it has none.</summary>
    public static bool TryGet(ReadOnlySpan<byte> text, ReadOnlySpan<byte> name, out ReadOnlySpan<byte> value)
    {
        var reader = new Parameters(text);
        while (reader.MoveNext())
        {
            if (Ascii.EqualsIgnoreCase(reader.Name, name))
            {
                value = reader.Value;
                return true;
            }
        }

        value = default;
        return false;
    }

    /// <summary>Whether the text is parameters from end to end.</summary>
    public static bool AreValid(ReadOnlySpan<byte> text)
    {
        var reader = new Parameters(text);
        while (reader.MoveNext())
        {
        }

        return !reader.IsMalformed;
    }
}
