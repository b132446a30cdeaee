using System.Buffers.Binary;

namespace SipAlg.State;

/// <summary>Reads what <see cref="BinaryWriter"/> wrote, texts as the octets that they are. What is not there is 0 or empty, and <see cref="IsBroken"/> says so.</summary>
internal ref struct OctetReader(ReadOnlySpan<byte> octets)
{
    private ReadOnlySpan<byte> _rest = octets;

    public bool IsBroken { get; private set; }

    public bool IsAtEnd => _rest.IsEmpty;

    public int Integer() => Take(sizeof(int), out var octets) ? BinaryPrimitives.ReadInt32LittleEndian(octets) : 0;

    public long Long() => Take(sizeof(long), out var octets) ? BinaryPrimitives.ReadInt64LittleEndian(octets) : 0;

    /// <summary>UTF-8, behind its length in seven bits an octet, the lowest first.</summary>
    public ReadOnlySpan<byte> Text()
    {
        var length = 0;
        for (var shift = 0; Take(1, out var octet); shift += 7)
        {
            length |= (octet[0] & 0x7f) << shift;
            if (octet[0] < 0x80)
            {
                Take(length, out var text);
                return text;
            }
        }

        return default;
    }

    private bool Take(int length, out ReadOnlySpan<byte> taken)
    {
        IsBroken |= (uint)length > (uint)_rest.Length;
        taken = IsBroken ? default : _rest[..length];
        _rest = IsBroken ? default : _rest[length..];
        return !IsBroken;
    }
}
