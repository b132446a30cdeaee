using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using SipAlg.Configuration.Problems;

namespace SipAlg.Configuration.Yaml;

/// <summary>
/// Reads the form that long files have, as programs write them: one <c>name: { key: value, … }</c> a line, besides comments
/// and empty lines. Values are plain words, quotes with nothing to replace in them, and lists of these. The entries are those
/// of the reader of all YAML, several times as fast and one after another; what is of another form, or wrong, is left to it.
/// </summary>
internal ref struct FlatReader
{
    private static readonly SearchValues<char> _wordStart = SearchValues.Create("+_0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz");
    private static readonly SearchValues<char> _word = SearchValues.Create("+-./=@_0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz");

    /// <summary>Backslashes are escapes in double quotes, and a dollar may begin what is replaced.</summary>
    private static readonly SearchValues<char> _quoted = SearchValues.Create(
        " !#%&()*+,-./0123456789:;<=>?@ABCDEFGHIJKLMNOPQRSTUVWXYZ[]^_`abcdefghijklmnopqrstuvwxyz{|}~");

    private readonly string _file;
    private readonly ProblemList _problems = new();

    /// <summary>Keys that stand in each line, such as <c>password</c>, are one string.</summary>
    private readonly HashSet<string>.AlternateLookup<ReadOnlySpan<char>> _keys = new HashSet<string>(StringComparer.Ordinal).GetAlternateLookup<ReadOnlySpan<char>>();

    private ReadOnlySpan<char> _rest;
    private ReadOnlySpan<char> _line;
    private int _at;
    private int _number;

    /// <param name="file">Named in positions.</param>
    /// <param name="text">The file's characters.</param>
    public FlatReader(string file, ReadOnlySpan<char> text)
    {
        _file = file;
        _rest = text;
    }

    /// <summary>Something in the file is of another form, or wrong: what was read before says nothing.</summary>
    public bool IsOther { get; private set; }

    /// <summary>Reads the next entry. A name may come twice.</summary>
    /// <returns>False at the end, and where <see cref="IsOther"/>.</returns>
    public bool TryRead(out MappingEntry entry)
    {
        while (TryLine())
        {
            if (_line.IsEmpty || IsComment())
            {
                continue;
            }

            if (TryWord(out var name) && TryMapping(out var mapping) && IsEnd() && !_problems.HasErrors)
            {
                entry = new MappingEntry(name.ToString(), At(0), mapping);
                return true;
            }

            IsOther = true;
            break;
        }

        entry = default;
        return false;
    }

    private bool TryLine()
    {
        if (_rest.IsEmpty)
        {
            return false;
        }

        var end = _rest.IndexOf('\n');
        _line = end < 0 ? _rest : _rest[..end];
        _line = _line.EndsWith('\r') ? _line[..^1] : _line;
        _rest = end < 0 ? default : _rest[(end + 1)..];
        _at = 0;
        _number++;
        return true;
    }

    /// <summary>Whatever else ends a line in YAML would begin another one within a comment.</summary>
    private readonly bool IsComment() => _line[0] == '#' && !_line.ContainsAny("\r\u0085\u2028\u2029");

    /// <summary>A colon, then <c>{ key: value, … }</c> with one pair at least.</summary>
    private bool TryMapping([NotNullWhen(true)] out MappingNode? mapping)
    {
        mapping = null;
        if (!IsColon())
        {
            return false;
        }

        var at = At(_at);
        var entries = new MappingEntries(_problems);
        if (!Takes('{'))
        {
            return false;
        }

        do
        {
            SkipSpaces();
            var keyAt = At(_at);
            if (!TryWord(out var key) || !IsColon() || !TryValue(out var value))
            {
                return false;
            }

            entries.Add(Key(key), keyAt, isMerge: false, value);
            SkipSpaces();
        }
        while (Takes(','));

        mapping = new MappingNode(at, entries.Merged());
        return Takes('}');
    }

    private bool TryValue([NotNullWhen(true)] out ConfigNode? value)
    {
        value = null;
        if (_at < _line.Length && _line[_at] == '[')
        {
            return TryList(out value);
        }

        var at = At(_at);
        var isPlain = TryWord(out var text);
        if (isPlain || TryQuoted(out text))
        {
            var written = text.ToString();
            value = new ScalarNode(at, written, written, isPlain);
        }

        return value is not null;
    }

    private bool TryList([NotNullWhen(true)] out ConfigNode? list)
    {
        list = null;
        var at = At(_at++);
        var items = new List<ConfigNode>();
        do
        {
            SkipSpaces();
            if (_at >= _line.Length || _line[_at] == '[' || !TryValue(out var item))
            {
                return false;
            }

            items.Add(item);
            SkipSpaces();
        }
        while (Takes(','));

        list = new SequenceNode(at, items);
        return Takes(']');
    }

    private bool TryWord(out ReadOnlySpan<char> word)
    {
        var rest = _line[_at..];
        var end = rest.IndexOfAnyExcept(_word);
        word = end < 0 ? rest : rest[..end];
        _at += word.Length;
        return !word.IsEmpty && _wordStart.Contains(word[0]);
    }

    private bool TryQuoted(out ReadOnlySpan<char> text)
    {
        text = default;
        if (_at >= _line.Length || _line[_at] is not ('\'' or '"'))
        {
            return false;
        }

        var rest = _line[(_at + 1)..];
        var end = rest.IndexOfAnyExcept(_quoted);
        if (end < 0 || rest[end] != _line[_at])
        {
            return false;
        }

        text = rest[..end];
        _at += end + 2;
        // A quote that follows would stand for one within.
        return _at >= _line.Length || _line[_at] is not ('\'' or '"');
    }

    private string Key(ReadOnlySpan<char> key)
    {
        if (!_keys.TryGetValue(key, out var known))
        {
            _keys.Add(known = key.ToString());
        }

        return known;
    }

    /// <summary>In a flow mapping a colon without a space would be part of a word.</summary>
    private bool IsColon()
    {
        if (!Takes(':') || !Takes(' '))
        {
            return false;
        }

        SkipSpaces();
        return true;
    }

    private bool Takes(char expected)
    {
        if (_at >= _line.Length || _line[_at] != expected)
        {
            return false;
        }

        _at++;
        return true;
    }

    private void SkipSpaces()
    {
        while (_at < _line.Length && _line[_at] == ' ')
        {
            _at++;
        }
    }

    private bool IsEnd()
    {
        SkipSpaces();
        return _at == _line.Length;
    }

    private readonly SourcePosition At(int column) => new(_file, _number, column + 1);
}
