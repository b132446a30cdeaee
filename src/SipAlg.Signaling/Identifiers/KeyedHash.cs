using System.Buffers.Binary;
using System.Numerics;

namespace SipAlg.Signaling.Identifiers;

/// <summary>
/// SipHash-1-3 (Aumasson, Bernstein) under a key of this process: a far side that chooses branches or Call-IDs cannot
/// choose where they fall in a table.
/// </summary>
public readonly struct KeyedHash(ulong key0, ulong key1)
{
    public ulong Of(ReadOnlySpan<byte> octets)
    {
        var v0 = 0x736f6d6570736575UL ^ key0;
        var v1 = 0x646f72616e646f6dUL ^ key1;
        var v2 = 0x6c7967656e657261UL ^ key0;
        var v3 = 0x7465646279746573UL ^ key1;
        var last = (ulong)octets.Length << 56;

        while (octets.Length >= 8)
        {
            var word = BinaryPrimitives.ReadUInt64LittleEndian(octets);
            v3 ^= word;
            Round(ref v0, ref v1, ref v2, ref v3);
            v0 ^= word;
            octets = octets[8..];
        }

        for (var at = 0; at < octets.Length; at++)
        {
            last |= (ulong)octets[at] << (8 * at);
        }

        v3 ^= last;
        Round(ref v0, ref v1, ref v2, ref v3);
        v0 ^= last;
        v2 ^= 0xFF;
        Round(ref v0, ref v1, ref v2, ref v3);
        Round(ref v0, ref v1, ref v2, ref v3);
        Round(ref v0, ref v1, ref v2, ref v3);
        return v0 ^ v1 ^ v2 ^ v3;
    }

    private static void Round(ref ulong v0, ref ulong v1, ref ulong v2, ref ulong v3)
    {
        v0 += v1;
        v1 = BitOperations.RotateLeft(v1, 13) ^ v0;
        v0 = BitOperations.RotateLeft(v0, 32);
        v2 += v3;
        v3 = BitOperations.RotateLeft(v3, 16) ^ v2;
        v0 += v3;
        v3 = BitOperations.RotateLeft(v3, 21) ^ v0;
        v2 += v1;
        v1 = BitOperations.RotateLeft(v1, 17) ^ v2;
        v2 = BitOperations.RotateLeft(v2, 32);
    }
}
