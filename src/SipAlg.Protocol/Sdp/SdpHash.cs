using System.Buffers.Binary;

namespace SipAlg.Protocol.Sdp;

/// <summary>Tells whether a description that the gateway wrote differs from the one before in more than its version.</summary>
public static class SdpHash
{
    private const ulong Multiplier = 0x9E3779B97F4A7C15;

    /// <summary>
    /// A hash of all but the version in the o= line. It is no defence against somebody who seeks a collision: he would only
    /// keep his own change from being noticed.
    /// </summary>
    /// <param name="written">What <see cref="SdpRewriter"/> or <see cref="SdpAnswer"/> wrote.</param>
    public static ulong WithoutVersion(ReadOnlySpan<byte> written)
    {
        var version = SdpVersion.Find(written);
        return Add(Add((ulong)(written.Length - version.End), written[..version.Offset]), written[version.End..]);
    }

    private static ulong Add(ulong hash, ReadOnlySpan<byte> text)
    {
        while (text.Length >= 8)
        {
            hash = Mix(hash, BinaryPrimitives.ReadUInt64LittleEndian(text));
            text = text[8..];
        }

        Span<byte> tail = stackalloc byte[8];
        tail.Clear();
        text.CopyTo(tail);
        return Mix(hash, BinaryPrimitives.ReadUInt64LittleEndian(tail));
    }

    private static ulong Mix(ulong hash, ulong word)
    {
        hash = (hash ^ word) * Multiplier;
        return hash ^ (hash >> 32);
    }
}
