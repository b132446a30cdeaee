using System.Buffers;

namespace SipAlg.Protocol.Xml;

/// <summary>What <see cref="XmlScanner.MoveNext"/> stands at.</summary>
public enum XmlPart : byte
{
    None,

    /// <summary>The name of a start tag.</summary>
    Element,

    /// <summary>The value of an attribute, without its quotation marks.</summary>
    Attribute,

    /// <summary>Character data, or the inside of a CDATA section.</summary>
    Text,
}

/// <summary>
/// Finds names, attribute values and text of an XML document among its octets, so that a few of them can be replaced and all others
/// cross byte for byte. System.Xml.XmlReader is not for this place: it allocates kilobytes a document, on a lane that may get
/// thousands of them a second, makes strings of everything, tells no offsets in the octets, resolves what a stranger's document type
/// declares, and refuses the small faults of real senders. This scanner allocates nothing and is tolerant: it knows tags,
/// quotation marks, comments and CDATA, and passes over what it does not understand. It checks neither the nesting nor the names.
/// </summary>
/// <param name="text">UTF-8, or another encoding in which ASCII is ASCII.</param>
public ref struct XmlScanner(ReadOnlySpan<byte> text)
{
    private static readonly SearchValues<byte> ElementNameEnd = SearchValues.Create(" \t\r\n/>"u8);
    private static readonly SearchValues<byte> AttributeNameEnd = SearchValues.Create(" \t\r\n=/>\"'"u8);
    private static readonly SearchValues<byte> BareValueEnd = SearchValues.Create(" \t\r\n>"u8);

    private readonly ReadOnlySpan<byte> _text = text;
    private int _at;
    private bool _isInTag;

    public XmlPart Part { get; private set; }

    /// <summary>The element whose start tag this is in, or whose text follows its start tag; without prefix. Empty behind an end tag.</summary>
    public ReadOnlySpan<byte> Element { get; private set; }

    /// <summary>The attribute's name without prefix; a namespace declaration keeps its whole name.</summary>
    public ReadOnlySpan<byte> Attribute { get; private set; }

    /// <summary>Where the part begins in the text.</summary>
    public int Start { get; private set; }

    /// <summary>The first octet behind the part.</summary>
    public int End { get; private set; }

    /// <summary>Where the attribute begins, with the white space before its name.</summary>
    public int WholeStart { get; private set; }

    /// <summary>The first octet behind the attribute and its quotation mark.</summary>
    public readonly int WholeEnd => _at;

    /// <summary>The value's quotation mark; 0 for text, and for a value without.</summary>
    public byte Quote { get; private set; }

    /// <summary>In a CDATA section, where no entity is one.</summary>
    public bool IsVerbatim { get; private set; }

    /// <summary>The text ends within a tag, a comment or a section; nothing is found behind that.</summary>
    public bool IsMalformed { get; private set; }

    public readonly ReadOnlySpan<byte> Value => _text[Start..End];

    /// <summary>Moves to the next part; false behind the last.</summary>
    public bool MoveNext()
    {
        while (_at < _text.Length)
        {
            if (_isInTag ? TryAttribute() : TryContent())
            {
                return true;
            }
        }

        IsMalformed |= _isInTag;
        Part = XmlPart.None;
        return false;
    }

    private bool TryContent()
    {
        var textEnd = TextEnd();
        if (textEnd > _at)
        {
            return Take(XmlPart.Text, _at, textEnd, 0);
        }

        var rest = _text[_at..];

        if (rest.StartsWith("<![CDATA["u8))
        {
            return TrySection();
        }

        if (rest.StartsWith("<!--"u8))
        {
            SkipPast("-->"u8, 4);
        }
        else if (rest.StartsWith("<?"u8))
        {
            SkipPast("?>"u8, 2);
        }
        else if (rest.StartsWith("<!"u8))
        {
            SkipDeclaration();
        }
        else if (rest.StartsWith("</"u8))
        {
            Element = default;
            SkipPast(">"u8, 2);
        }
        else
        {
            return TryStartTag();
        }

        return false;
    }

    /// <summary>Where the text from here on ends: at markup. A "&lt;" that begins none is text to whoever bears it.</summary>
    private readonly int TextEnd()
    {
        for (var at = _at; at < _text.Length; at++)
        {
            var length = _text[at..].IndexOf((byte)'<');
            if (length < 0)
            {
                break;
            }

            at += length;
            if (at + 1 < _text.Length && (IsNameStart(_text[at + 1]) || _text[at + 1] is (byte)'/' or (byte)'!' or (byte)'?'))
            {
                return at;
            }
        }

        return _text.Length;
    }

    private bool TrySection()
    {
        var start = _at + 9;
        SkipPast("]]>"u8, 9);
        return !IsMalformed && Take(XmlPart.Text, start, _at - 3, 3, isVerbatim: true);
    }

    /// <summary>Moves behind the next <paramref name="end"/>.</summary>
    private void SkipPast(ReadOnlySpan<byte> end, int offset)
    {
        var length = _text[(_at + offset)..].IndexOf(end);
        IsMalformed = length < 0;
        _at = length < 0 ? _text.Length : _at + offset + length + end.Length;
    }

    /// <summary>A document type, with its internal subset if it has one. What that declares is not applied.</summary>
    private void SkipDeclaration()
    {
        var length = _text[_at..].IndexOfAny((byte)'[', (byte)'>');
        if (length > 0 && _text[_at + length] == '[')
        {
            SkipPast("]"u8, length);
        }

        if (_at < _text.Length)
        {
            SkipPast(">"u8, 0);
        }
    }

    private bool TryStartTag()
    {
        var start = _at + 1;
        var length = _text[start..].IndexOfAny(ElementNameEnd);
        if (length < 0)
        {
            IsMalformed = true;
            _at = _text.Length;
            return false;
        }

        _isInTag = true;
        Element = LocalName(_text.Slice(start, length));
        return Take(XmlPart.Element, start, start + length, 0);
    }

    private static bool IsNameStart(byte octet) => char.IsAsciiLetter((char)octet) || octet is (byte)'_' or (byte)':' or >= 0x80;

    private bool TryAttribute()
    {
        WholeStart = _at;
        _at = SkipSpace(_at);
        if (_at == _text.Length)
        {
            return false;
        }

        if (_text[_at] == '>' || _text[_at..].StartsWith("/>"u8))
        {
            Element = _text[_at] == '>' ? Element : default;
            _at += _text[_at] == '>' ? 1 : 2;
            _isInTag = false;
            return false;
        }

        var start = _at;
        var length = _text[start..].IndexOfAny(AttributeNameEnd);
        var equals = SkipSpace(length < 0 ? _text.Length : start + length);
        if (length <= 0 || equals == _text.Length || _text[equals] != '=')
        {
            // A name without a value, or no name at all.
            _at = length < 0 ? _text.Length : start + Math.Max(length, 1);
            return false;
        }

        Attribute = _text.Slice(start, length);
        Attribute = Attribute.StartsWith("xmlns"u8) ? Attribute : LocalName(Attribute);
        return TryValue(SkipSpace(equals + 1));
    }

    private bool TryValue(int start)
    {
        if (start == _text.Length)
        {
            _at = start;
            return false;
        }

        var quote = _text[start];
        if (quote is (byte)'"' or (byte)'\'')
        {
            var length = _text[(start + 1)..].IndexOf(quote);
            IsMalformed = length < 0;
            _at = _text.Length;
            return length >= 0 && Take(XmlPart.Attribute, start + 1, start + 1 + length, 1, quote: quote);
        }

        var bare = _text[start..].IndexOfAny(BareValueEnd);
        return Take(XmlPart.Attribute, start, bare < 0 ? _text.Length : start + bare, 0);
    }

    /// <param name="part">What it is.</param>
    /// <param name="start">Its first octet.</param>
    /// <param name="end">Behind its last.</param>
    /// <param name="closing">Octets behind it that close it.</param>
    /// <param name="isVerbatim">No entities are in it.</param>
    /// <param name="quote">What stands around it.</param>
    private bool Take(XmlPart part, int start, int end, int closing, bool isVerbatim = false, byte quote = 0)
    {
        (Part, Start, End, _at) = (part, start, end, end + closing);
        (IsVerbatim, Quote) = (isVerbatim, quote);
        return true;
    }

    private readonly int SkipSpace(int at)
    {
        var length = _text[at..].IndexOfAnyExcept(" \t\r\n"u8);
        return length < 0 ? _text.Length : at + length;
    }

    private static ReadOnlySpan<byte> LocalName(ReadOnlySpan<byte> name) => name[(name.LastIndexOf((byte)':') + 1)..];
}
