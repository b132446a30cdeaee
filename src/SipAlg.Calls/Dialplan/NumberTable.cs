using System.Collections.Frozen;
using System.Collections.Immutable;
using System.Text;
using System.Text.Unicode;

namespace SipAlg.Calls.Dialplan;

/// <summary>
/// A list of numbers, each with what its other columns say, found by the whole number or by the longest key that it begins with.
/// A million rows are three arrays: the text of all, where each row begins, and the hash table; what a look-up costs depends on
/// the number that is looked for alone. Immutable: a reload puts another one in its place.
/// </summary>
public sealed class NumberTable
{
    /// <summary>In UTF-8. Whatever is longer is no number.</summary>
    public const int MostKeyOctets = 63;

    private const uint HashOffset = 2166136261;
    private const uint HashPrime = 16777619;

    private readonly byte[] _text;
    private readonly int[] _rows;
    private readonly int[] _slots;
    private readonly ulong _lengths;
    private readonly FrozenDictionary<string, int> _captures;

    /// <param name="name">As the dialplan calls it.</param>
    /// <param name="isPrefix">A number is found by the longest key that it begins with, else by the whole of it.</param>
    /// <param name="columns">That of the keys first.</param>
    /// <param name="text">Of each row, for each column, the length and the value in UTF-8.</param>
    /// <param name="rows">Where each row begins in the text.</param>
    /// <param name="slots">A power of two; rows, counted from 1, in the place that the key's hash says, or the next free one.</param>
    /// <param name="lengths">Bit n: there are keys of n octets.</param>
    internal NumberTable(string name, bool isPrefix, ImmutableArray<string> columns, byte[] text, int[] rows, int[] slots, ulong lengths)
    {
        (Name, IsPrefix, Columns) = (name, isPrefix, columns);
        (_text, _rows, _slots, _lengths) = (text, rows, slots, lengths);
        CaptureNames = CapturesOf(name, columns);
        _captures = CaptureNames.Index().ToFrozenDictionary(entry => entry.Item, entry => entry.Index, StringComparer.Ordinal);
    }

    public string Name { get; }

    /// <summary>A number is found by the longest key that it begins with.</summary>
    public bool IsPrefix { get; }

    /// <summary>That of the keys first.</summary>
    public ImmutableArray<string> Columns { get; }

    /// <summary>By column: <c>table.column</c>.</summary>
    public ImmutableArray<string> CaptureNames { get; }

    public int Rows => _rows.Length;

    /// <summary>Octets of memory that the rows take.</summary>
    public long Octets => _text.LongLength + (sizeof(int) * (_rows.LongLength + _slots.LongLength));

    /// <summary>How a dialplan names what a row says.</summary>
    public static ImmutableArray<string> CapturesOf(string table, IEnumerable<string> columns) => [.. columns.Select(column => $"{table}.{column}")];

    /// <summary>Allocates nothing.</summary>
    /// <returns>The row; −1 when the number is not in the table.</returns>
    public int Find(ReadOnlySpan<char> number)
    {
        Span<byte> text = stackalloc byte[MostKeyOctets];
        var isWhole = Utf8.FromUtf16(number, text, out _, out var length) == System.Buffers.OperationStatus.Done;
        return IsPrefix ? FindLongest(text[..length]) : isWhole ? Find(text[..length], Hash(text[..length])) : -1;
    }

    /// <summary>What a row says in a column.</summary>
    public string Value(int row, int column)
    {
        var at = _rows[row];
        for (; column > 0; column--)
        {
            var passed = ReadLength(_text, ref at);
            at += passed;
        }

        var length = ReadLength(_text, ref at);
        return Encoding.UTF8.GetString(_text, at, length);
    }

    internal bool TryColumn(string capture, out int column) => _captures.TryGetValue(capture, out column);

    private int FindLongest(ReadOnlySpan<byte> number)
    {
        Span<uint> hashes = stackalloc uint[MostKeyOctets + 1];
        var hash = HashOffset;
        for (var length = 1; length <= number.Length; length++)
        {
            hashes[length] = hash = (hash ^ number[length - 1]) * HashPrime;
        }

        for (var length = number.Length; length > 0; length--)
        {
            if ((_lengths >> length & 1) != 0 && Find(number[..length], hashes[length]) is >= 0 and var row)
            {
                return row;
            }
        }

        return -1;
    }

    private int Find(ReadOnlySpan<byte> key, uint hash) => _slots[Place(_slots, _text, _rows, key, hash)] - 1;

    /// <summary>FNV-1a: that of a number's beginnings comes along with its own.</summary>
    internal static uint Hash(ReadOnlySpan<byte> key)
    {
        var hash = HashOffset;
        foreach (var octet in key)
        {
            hash = (hash ^ octet) * HashPrime;
        }

        return hash;
    }

    /// <summary>The slot that holds the key, or the free one where it belongs.</summary>
    internal static int Place(ReadOnlySpan<int> slots, ReadOnlySpan<byte> text, ReadOnlySpan<int> rows, ReadOnlySpan<byte> key, uint hash)
    {
        // FNV leaves numbers that differ in their last digit side by side; this spreads them.
        hash ^= hash >> 16;
        hash *= 0x85EBCA6B;
        hash ^= hash >> 13;
        var at = (int)(hash & (uint)(slots.Length - 1));
        while (slots[at] != 0 && !KeyOf(text, rows[slots[at] - 1]).SequenceEqual(key))
        {
            at = (at + 1) & (slots.Length - 1);
        }

        return at;
    }

    internal static ReadOnlySpan<byte> KeyOf(ReadOnlySpan<byte> text, int row) => text.Slice(row + 1, text[row]);

    /// <summary>Seven bits an octet, the lowest first; a key's is one octet.</summary>
    private static int ReadLength(ReadOnlySpan<byte> text, ref int at)
    {
        var length = 0;
        for (var shift = 0; ; shift += 7)
        {
            var octet = text[at++];
            length |= (octet & 0x7F) << shift;
            if (octet < 0x80)
            {
                return length;
            }
        }
    }
}
