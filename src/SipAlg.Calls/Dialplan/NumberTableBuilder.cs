using System.Collections.Immutable;
using System.Runtime.InteropServices;

namespace SipAlg.Calls.Dialplan;

/// <summary>Takes the rows of a table one after another.</summary>
public sealed class NumberTableBuilder
{
    private const int LeastSlots = 16;

    private readonly string _name;
    private readonly bool _isPrefix;
    private readonly ImmutableArray<string> _columns;
    private readonly List<byte> _text = [];
    private readonly List<int> _rows = [];
    private int[] _slots = new int[LeastSlots];
    private ulong _lengths;

    /// <inheritdoc cref="NumberTable(string, bool, ImmutableArray{string}, byte[], int[], int[], ulong)"/>
    public NumberTableBuilder(string name, bool isPrefix, ImmutableArray<string> columns) => (_name, _isPrefix, _columns) = (name, isPrefix, columns);

    /// <summary>Begins a row, whose other columns are told by <see cref="Append"/>.</summary>
    /// <param name="key">1 to <see cref="NumberTable.MostKeyOctets"/> octets of UTF-8.</param>
    /// <param name="earlier">The row that has the same key.</param>
    /// <returns>False: there is one already, and nothing was begun.</returns>
    public bool TryBegin(ReadOnlySpan<byte> key, out int earlier)
    {
        if (4L * (_rows.Count + 1) > 3L * _slots.Length)
        {
            Grow();
        }

        var slot = PlaceOf(key);
        earlier = _slots[slot] - 1;
        if (earlier >= 0)
        {
            return false;
        }

        _rows.Add(_text.Count);
        _slots[slot] = _rows.Count;
        _lengths |= 1UL << key.Length;
        Append(key);
        return true;
    }

    /// <summary>The next column of the row, in UTF-8.</summary>
    public void Append(ReadOnlySpan<byte> value)
    {
        var length = (uint)value.Length;
        for (; length >= 0x80; length >>= 7)
        {
            _text.Add((byte)(length | 0x80));
        }

        _text.Add((byte)length);
        _text.AddRange(value);
    }

    /// <summary>The table, of rows that each have all columns.</summary>
    public NumberTable Build() => new(_name, _isPrefix, _columns, [.. _text], [.. _rows], _slots, _lengths);

    private void Grow()
    {
        _slots = new int[2 * _slots.Length];
        foreach (var (row, at) in _rows.Index())
        {
            _slots[PlaceOf(NumberTable.KeyOf(CollectionsMarshal.AsSpan(_text), at))] = row + 1;
        }
    }

    private int PlaceOf(ReadOnlySpan<byte> key) =>
        NumberTable.Place(_slots, CollectionsMarshal.AsSpan(_text), CollectionsMarshal.AsSpan(_rows), key, NumberTable.Hash(key));
}
