using System.Buffers.Text;
using SipAlg.Protocol.Addresses;

namespace SipAlg.Protocol.Sip;

/// <summary>Writes a message into a given buffer. What does not fit sets <see cref="Overflowed"/> and is left out; nothing throws.</summary>
public ref struct MessageWriter(Span<byte> destination)
{
    private readonly Span<byte> _destination = destination;

    public int Length { get; private set; }
    public bool Overflowed { get; private set; }

    public readonly ReadOnlySpan<byte> Written => _destination[..Length];

    public void Write(scoped ReadOnlySpan<byte> octets)
    {
        if (octets.Length > _destination.Length - Length)
        {
            Overflowed = true;
            return;
        }

        octets.CopyTo(_destination[Length..]);
        Length += octets.Length;
    }

    public void Write(byte octet)
    {
        if (Length == _destination.Length)
        {
            Overflowed = true;
            return;
        }

        _destination[Length++] = octet;
    }

    public void Write(long number)
    {
        if (!Utf8Formatter.TryFormat(number, _destination[Length..], out var written))
        {
            Overflowed = true;
            return;
        }

        Length += written;
    }

    /// <summary>An address as a URI's or Via's host, with its port.</summary>
    public void Write(IpEndpoint endpoint)
    {
        Span<byte> text = stackalloc byte[IpEndpoint.MaxTextLength];
        Write(text[..endpoint.Format(text)]);
    }

    /// <summary>An address as a URI's or Via's host.</summary>
    public void WriteHost(IpAddress address)
    {
        Span<byte> text = stackalloc byte[IpEndpoint.MaxTextLength];
        Write(text[..address.FormatHost(text)]);
    }

    /// <summary>Takes back what was written after <paramref name="length"/> octets.</summary>
    public void Rewind(int length) => Length = length;

    public void EndLine() => Write("\r\n"u8);

    /// <summary>A whole header field.</summary>
    public void Field(scoped ReadOnlySpan<byte> name, scoped ReadOnlySpan<byte> value)
    {
        Write(name);
        Write(": "u8);
        Write(value);
        EndLine();
    }

    public void Field(scoped ReadOnlySpan<byte> name, long value)
    {
        Write(name);
        Write(": "u8);
        Write(value);
        EndLine();
    }

    /// <summary>Ends the headers with Content-Length and writes the body.</summary>
    public void Finish(scoped ReadOnlySpan<byte> body)
    {
        Write("Content-Length: "u8);
        Write(body.Length);
        Write("\r\n\r\n"u8);
        Write(body);
    }
}
