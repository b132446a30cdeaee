using System.Text.Unicode;

namespace SipAlg.Configuration.Tables;

/// <summary>What is wrong with a record of a CSV file.</summary>
internal enum CsvFault : byte
{
    None,

    /// <summary>A quote has no end; nothing after it can be read.</summary>
    OpenQuote,

    /// <summary>Something stands between a closing quote and the next comma.</summary>
    TextAfterQuote,

    /// <summary>It has more octets or columns than any record; nothing after it is read.</summary>
    TooLong,
    NotUtf8,

    /// <summary>A carriage return without a line feed: what follows it would be lost.</summary>
    LoneReturn,
}

/// <summary>
/// Reads a CSV file (RFC 4180) record by record, in memory that does not grow with the file. A byte order mark, blank lines and lines
/// that begin with # are passed over, blanks around an unquoted field are no part of it, and lines may end either way.
/// </summary>
internal sealed class CsvReader(Stream stream)
{
    private const int MostOctets = 64 * 1024;
    private const int MostFields = 1000;
    private const int End = -1;

    private readonly byte[] _buffer = new byte[64 * 1024];
    private readonly byte[] _text = new byte[MostOctets];
    private readonly List<(int End, int Line, int Column)> _fields = [];
    private int _read;
    private int _next;
    private int _length;
    private int _line = 1;
    private int _column = 1;
    private bool _isOver;
    private bool _isBegun;

    /// <summary>Fields of the record.</summary>
    public int Count => _fields.Count;

    /// <summary>In which the record begins, from 1.</summary>
    public int Line { get; private set; }

    /// <summary>None: the record is sound.</summary>
    public CsvFault Fault { get; private set; }

    /// <summary>Where the fault is.</summary>
    public (int Line, int Column) FaultAt { get; private set; }

    /// <summary>A field's octets, quotes taken off; until the next record is read.</summary>
    public ReadOnlySpan<byte> this[int field]
    {
        get
        {
            var start = field == 0 ? 0 : _fields[field - 1].End;
            return _text.AsSpan(start, _fields[field].End - start);
        }
    }

    /// <summary>Where a field begins.</summary>
    public (int Line, int Column) At(int field) => (_fields[field].Line, _fields[field].Column);

    /// <summary>Reads the next record.</summary>
    /// <returns>False: there is none, or none can be read after a fault.</returns>
    /// <exception cref="IOException">The file cannot be read on.</exception>
    public bool TryRead()
    {
        SkipMark();
        while (!_isOver && Peek() != End)
        {
            _fields.Clear();
            (_length, Line, Fault) = (0, _line, CsvFault.None);
            if (Peek() == '#')
            {
                SkipLine();
                continue;
            }

            var wasQuoted = ReadRecord();
            if (Fault != CsvFault.None || Count > 1 || _length > 0 || wasQuoted)
            {
                return true;
            }
        }

        return false;
    }

    /// <returns>Whether the last field was quoted.</returns>
    private bool ReadRecord()
    {
        for (; ; )
        {
            SkipBlanks();
            (int Line, int Column) at = (_line, _column);
            var isQuoted = Peek() == '"';
            if (!(isQuoted ? TryQuoted(at) : TryPlain()) || _fields.Count == MostFields)
            {
                Stop(Fault == CsvFault.None ? CsvFault.TooLong : Fault, at);
                return isQuoted;
            }

            _fields.Add((_length, at.Line, at.Column));
            if (!Utf8.IsValid(this[Count - 1]))
            {
                Fail(CsvFault.NotUtf8, at);
            }

            if (Peek() != ',')
            {
                EndRecord();
                return isQuoted;
            }

            Take();
        }
    }

    private void EndRecord()
    {
        (int Line, int Column) at = (_line, _column);
        if (Peek() == '\r')
        {
            Take();
            if (Peek() is not (End or '\n'))
            {
                Fail(CsvFault.LoneReturn, at);
            }
        }
        else if (!IsLineEnd(Peek()))
        {
            Fail(CsvFault.TextAfterQuote, at);
        }

        SkipLine();
    }

    /// <returns>False: it is too long.</returns>
    private bool TryPlain()
    {
        var end = _length;
        while (Peek() is var octet && octet != ',' && !IsLineEnd(octet))
        {
            if (_length == MostOctets)
            {
                return false;
            }

            _text[_length++] = (byte)Take();
            end = octet is ' ' or '\t' ? end : _length;
        }

        _length = end;
        return true;
    }

    /// <returns>False: it has no end.</returns>
    private bool TryQuoted((int Line, int Column) at)
    {
        Take();
        while (Peek() != End && _length < MostOctets)
        {
            var octet = Take();
            if (octet != '"')
            {
                _text[_length++] = (byte)octet;
            }
            else if (Peek() == '"')
            {
                _text[_length++] = (byte)Take();
            }
            else
            {
                SkipBlanks();
                return true;
            }
        }

        Fail(CsvFault.OpenQuote, at);
        return false;
    }

    private void SkipMark()
    {
        if (!_isBegun)
        {
            _isBegun = true;
            Fill();
            _next = _buffer.AsSpan(0, _read).StartsWith("\uFEFF"u8) ? 3 : 0;
        }
    }

    private void SkipBlanks()
    {
        while (Peek() is ' ' or '\t')
        {
            Take();
        }
    }

    private void SkipLine()
    {
        while (Peek() is not (End or '\n'))
        {
            Take();
        }

        if (Peek() == '\n')
        {
            Take();
        }
    }

    private static bool IsLineEnd(int octet) => octet is End or '\n' or '\r';

    private void Fail(CsvFault fault, (int Line, int Column) at)
    {
        if (Fault == CsvFault.None)
        {
            (Fault, FaultAt) = (fault, at);
        }
    }

    private void Stop(CsvFault fault, (int Line, int Column) at)
    {
        Fail(fault, at);
        _isOver = true;
    }

    private int Peek()
    {
        if (_next == _read)
        {
            Fill();
        }

        return _read == 0 ? End : _buffer[_next];
    }

    private int Take()
    {
        var octet = Peek();
        _next++;
        if (octet == '\n')
        {
            _line++;
            _column = 1;
        }
        else if ((octet & 0xC0) != 0x80)
        {
            // Columns are counted in characters: what continues one is not counted.
            _column++;
        }

        return octet;
    }

    private void Fill() => (_read, _next) = (stream.ReadAtLeast(_buffer, 3, throwOnEndOfStream: false), 0);
}
