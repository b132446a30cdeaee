using System.Buffers.Text;
using SipAlg.Protocol.Addresses;

namespace SipAlg.Protocol.Sdp;

/// <summary>Writes lines into a span; what does not fit is not written and makes <see cref="Finish"/> return −1.</summary>
internal ref struct SdpOutput(ReadOnlySpan<byte> source, Span<byte> destination)
{
    private readonly ReadOnlySpan<byte> _source = source;
    private readonly Span<byte> _destination = destination;
    private int _length;
    private bool _isFull;

    // Kept lines that stand side by side in the source are copied as one.
    private int _keptStart;
    private int _keptEnd;

    /// <summary>Writes a line of the source as it came, its end made CRLF.</summary>
    public void Keep(in SdpLine line)
    {
        if (line.Start != _keptEnd)
        {
            CopyKept();
            _keptStart = line.Start;
        }

        _keptEnd = line.End + line.EndLength;
        if (line.EndLength != 2)
        {
            _keptEnd = line.End;
            Append("\r\n"u8);
        }
    }

    public void Append(scoped ReadOnlySpan<byte> text)
    {
        CopyKept();
        Write(text);
    }

    public void Append(ulong number)
    {
        Span<byte> digits = stackalloc byte[20];
        Utf8Formatter.TryFormat(number, digits, out var length);
        Append(digits[..length]);
    }

    public void Origin(in SdpOrigin origin)
    {
        Append("o=- "u8);
        Append(origin.SessionId);
        Append(" "u8);
        Append(origin.Version);
        Append(" "u8);
        Network(origin.First.IsNone ? origin.Address : origin.First);
    }

    public void Connection(IpAddress address, bool isHold)
    {
        Append("c="u8);
        Network(!isHold ? address : address.IsV6 ? IpAddress.AnyV6 : IpAddress.AnyV4);
    }

    /// <summary>Writes an m= line with another port and without a port count: the gateway has one pair of ports a stream.</summary>
    public void Media(in SdpMedia media, ushort port, scoped ReadOnlySpan<byte> formats)
    {
        BeginMedia(in media, port);
        Append(formats);
        Append("\r\n"u8);
    }

    /// <summary>The same up to the formats.</summary>
    public void BeginMedia(in SdpMedia media, ushort port)
    {
        Append("m="u8);
        Append(_source.Slice(media.Type.Offset, media.Type.Length));
        Append(" "u8);
        Append(port);
        Append(" "u8);
        Append(_source.Slice(media.Protocol.Offset, media.Protocol.Length));
        Append(" "u8);
    }

    /// <summary>The length of all that was written, or −1 when the destination was too short.</summary>
    public int Finish()
    {
        CopyKept();
        return _isFull ? -1 : _length;
    }

    private void Network(IpAddress address)
    {
        Span<byte> text = stackalloc byte[IpAddress.MaxTextLength];
        Append(address.IsV6 ? "IN IP6 "u8 : "IN IP4 "u8);
        Append(text[..address.Format(text)]);
        Append("\r\n"u8);
    }

    private void CopyKept()
    {
        if (_keptEnd > _keptStart)
        {
            Write(_source[_keptStart.._keptEnd]);
        }

        _keptStart = _keptEnd = -1;
    }

    private void Write(scoped ReadOnlySpan<byte> text)
    {
        _isFull |= !text.TryCopyTo(_destination[_length..]);
        _length += _isFull ? 0 : text.Length;
    }
}
