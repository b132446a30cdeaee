using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace SipAlg.Protocol.Sip;

/// <summary>
/// A received request or response: an index over its octets, filled by <see cref="SipParser"/> and reused for the next one.
/// Spans taken from it live until the end of the turn in which it arrived; what is kept longer is copied.
/// </summary>
public sealed class SipMessage
{
    private readonly HeaderField[] _fields = new HeaderField[SipLimits.Fields];
    private readonly byte[] _firstOf = new byte[(int)HeaderId.Count];
    private byte[] _buffer = [];

    public int Start { get; internal set; }

    /// <summary>One past the last octet of the message; a datagram's octets beyond Content-Length do not belong to it.</summary>
    public int End { get; internal set; }

    public bool IsRequest => Status == 0;

    /// <summary>Of a response: the method in CSeq.</summary>
    public SipMethod Method { get; internal set; }

    /// <summary>The method's text in the request line or in CSeq.</summary>
    public Slice MethodText { get; internal set; }
    public Slice RequestUri { get; internal set; }

    /// <summary>100 to 699; 0 for a request.</summary>
    public int Status { get; internal set; }
    public Slice Reason { get; internal set; }
    public Slice CallId { get; internal set; }

    /// <summary>Empty when there is none, as RFC 2543 allowed.</summary>
    public Slice FromTag { get; internal set; }
    public Slice ToTag { get; internal set; }
    public uint CSeq { get; internal set; }

    /// <summary>The first Via value.</summary>
    public Slice TopVia { get; internal set; }
    public Slice Branch { get; internal set; }
    internal ViaPlaces TopViaPlaces { get; set; }

    /// <summary>−1 when the header is absent.</summary>
    public int MaxForwards { get; internal set; }
    public Slice Body { get; internal set; }
    public int FieldCount { get; private set; }

    public ReadOnlySpan<HeaderField> Fields => _fields.AsSpan(0, FieldCount);
    public ReadOnlySpan<byte> Octets => _buffer.AsSpan(Start, End - Start);
    public byte[] Buffer => _buffer;
    public ReadOnlySpan<byte> this[Slice slice] => _buffer.AsSpan(slice.Start, slice.Length);
    /// <summary>Who reads it from here on finds no body.</summary>
    public void DropBody() => Body = default;

    public ReadOnlySpan<byte> BodyOctets => this[Body];

    internal void Reset(byte[] buffer, int start, int end)
    {
        _buffer = buffer;
        Start = start;
        End = end;
        FieldCount = 0;
        Array.Clear(_firstOf);
        Method = SipMethod.Unknown;
        Status = 0;
        CSeq = 0;
        MaxForwards = -1;
        MethodText = RequestUri = Reason = CallId = FromTag = ToTag = TopVia = Branch = Body = default;
    }

    internal bool TryAdd(in HeaderField field)
    {
        if (FieldCount == _fields.Length)
        {
            return false;
        }

        _fields[FieldCount++] = field;
        if (_firstOf[(int)field.Id] == 0)
        {
            _firstOf[(int)field.Id] = (byte)FieldCount;
        }

        return true;
    }

    /// <summary>The first Via, read.</summary>
    /// <returns>False: there is none that can be read.</returns>
    public bool TryTopVia(out Via via)
    {
        via = TopVia.IsEmpty ? default : Via.Of(this, TopViaPlaces);
        return !TopVia.IsEmpty;
    }

    public bool Has(HeaderId id) => _firstOf[(int)id] != 0;

    /// <summary>The value of the first field with this name, or empty.</summary>
    public ReadOnlySpan<byte> First(HeaderId id) => TryFirst(id, out var index) ? this[_fields[index].Value] : default;

    /// <summary>The index of the first field with this name.</summary>
    public bool TryFirst(HeaderId id, out int index)
    {
        index = _firstOf[(int)id] - 1;
        return index >= 0;
    }

    /// <summary>The index of the next field with the same name as the one at <paramref name="index"/>, or −1.</summary>
    public int Next(int index)
    {
        var id = _fields[index].Id;
        while (++index < FieldCount)
        {
            if (_fields[index].Id == id)
            {
                return index;
            }
        }

        return -1;
    }

    /// <summary>The long form of a field's name, as far as there is one.</summary>
    public ReadOnlySpan<byte> LongName(in HeaderField field) => field.Id == HeaderId.Other ? HeaderNames.Long(this[field.Name]) : HeaderNames.Name(field.Id);

    /// <summary>Whether a list header (Supported, Require, Allow) names a token in any of its fields; tokens are case-insensitive.</summary>
    public bool Lists(HeaderId id, ReadOnlySpan<byte> token)
    {
        for (var index = TryFirst(id, out var first) ? first : -1; index >= 0; index = Next(index))
        {
            foreach (var value in new ValueList(this[_fields[index].Value]))
            {
                if (System.Text.Ascii.EqualsIgnoreCase(value, token))
                {
                    return true;
                }
            }
        }

        return false;
    }

    /// <summary>Where a span that was taken from this message stands in its buffer.</summary>
    public Slice SliceOf(ReadOnlySpan<byte> part) => part.IsEmpty
        ? default
        : new Slice((int)Unsafe.ByteOffset(ref MemoryMarshal.GetArrayDataReference(_buffer), ref MemoryMarshal.GetReference(part)), part.Length);
}
