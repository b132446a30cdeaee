using System.Runtime.InteropServices;
using System.Text;

namespace SipAlg.Linux.Netlink;

/// <summary>RTM_ and NLMSG_ numbers.</summary>
internal enum NetlinkType : ushort
{
    Error = 2,
    Done = 3,
    NewLink = 16,
    DeleteLink = 17,
    GetLink = 18,

    /// <summary>Of sock_diag, which counts for itself.</summary>
    SocketsByFamily = 20,
    NewRoute = 24,
    GetRoute = 26,
    NewQdisc = 36,
    NewFilter = 44,
    DeleteFilter = 45,
    GetFilter = 46,
}

[Flags]
internal enum NetlinkFlags : ushort
{
    None = 0,
    Request = 1,
    Acknowledge = 4,
    Exclusive = 0x200,
    Dump = 0x300,
    Create = 0x400,
}

/// <summary>Writes one request: header, a structure, attributes, each to the next multiple of 4.</summary>
internal ref struct NetlinkWriter
{
    public const int HeaderOctets = 16;
    private readonly Span<byte> _buffer;
    private int _length = HeaderOctets;

    public NetlinkWriter(Span<byte> buffer, NetlinkType type, NetlinkFlags flags, uint sequence)
    {
        _buffer = buffer;
        buffer[..HeaderOctets].Clear();
        MemoryMarshal.Write(buffer[4..], (ushort)type);
        MemoryMarshal.Write(buffer[6..], (ushort)flags);
        MemoryMarshal.Write(buffer[8..], sequence);
    }

    public void Body<T>(scoped in T body)
        where T : unmanaged => Append(MemoryMarshal.AsBytes(new ReadOnlySpan<T>(in body)));

    public void Attribute<T>(ushort type, scoped in T value)
        where T : unmanaged => Attribute(type, MemoryMarshal.AsBytes(new ReadOnlySpan<T>(in value)));

    /// <summary>Text with the 0 that ends it.</summary>
    public void Attribute(ushort type, string text) => Attribute(type, Encoding.ASCII.GetBytes(text + '\0'));

    public void Attribute(ushort type, scoped ReadOnlySpan<byte> value)
    {
        var header = (uint)(value.Length + 4) | ((uint)type << 16);
        Append(MemoryMarshal.AsBytes(new ReadOnlySpan<uint>(in header)));
        Append(value);
    }

    /// <summary>Begins an attribute that holds attributes; what is returned ends it.</summary>
    public int Open(ushort type)
    {
        var at = _length;
        Attribute(type, []);
        return at;
    }

    public readonly void Close(int at) => MemoryMarshal.Write(_buffer[at..], (ushort)(_length - at));

    /// <summary>The length of the whole, which now stands in its header.</summary>
    public readonly int Finish()
    {
        MemoryMarshal.Write(_buffer, _length);
        return _length;
    }

    private void Append(scoped ReadOnlySpan<byte> octets)
    {
        var padded = (octets.Length + 3) & ~3;
        _buffer.Slice(_length, padded).Clear();
        octets.CopyTo(_buffer[_length..]);
        _length += padded;
    }
}

/// <summary>Walks the messages of a datagram.</summary>
internal ref struct NetlinkReader(ReadOnlySpan<byte> datagram)
{
    private ReadOnlySpan<byte> _rest = datagram;

    public readonly bool IsEmpty => _rest.IsEmpty;

    public NetlinkType Type { get; private set; }

    /// <summary>Behind the header.</summary>
    public ReadOnlySpan<byte> Body { get; private set; }

    public bool Next()
    {
        if (_rest.Length < NetlinkWriter.HeaderOctets)
        {
            return false;
        }

        var length = Math.Clamp(MemoryMarshal.Read<int>(_rest), NetlinkWriter.HeaderOctets, _rest.Length);
        Type = (NetlinkType)MemoryMarshal.Read<ushort>(_rest[4..]);
        Body = _rest[NetlinkWriter.HeaderOctets..length];
        _rest = _rest[Math.Min((length + 3) & ~3, _rest.Length)..];
        return true;
    }

    /// <summary>What an error message says; 0 in an acknowledgement and in any other message.</summary>
    public readonly int Errno => Type == NetlinkType.Error && Body.Length >= sizeof(int) ? -MemoryMarshal.Read<int>(Body) : 0;
}

/// <summary>Walks attributes.</summary>
internal ref struct AttributeReader(ReadOnlySpan<byte> attributes)
{
    private const int TypeMask = 0x3FFF;
    private ReadOnlySpan<byte> _rest = attributes;

    public int Type { get; private set; }

    public ReadOnlySpan<byte> Value { get; private set; }

    public readonly uint Number => Value.Length >= sizeof(uint) ? MemoryMarshal.Read<uint>(Value) : 0;

    /// <summary>Without the 0 at its end.</summary>
    public readonly string Text => Encoding.ASCII.GetString(Value.TrimEnd((byte)0));

    public bool Next()
    {
        if (_rest.Length < 4)
        {
            return false;
        }

        var length = Math.Clamp((int)MemoryMarshal.Read<ushort>(_rest), 4, _rest.Length);
        Type = MemoryMarshal.Read<ushort>(_rest[2..]) & TypeMask;
        Value = _rest[4..length];
        _rest = _rest[Math.Min((length + 3) & ~3, _rest.Length)..];
        return true;
    }
}
