using System.Buffers.Binary;

namespace SipAlg.State;

/// <summary>What a refresh changes of a binding.</summary>
/// <param name="Expires">In milliseconds since 1970, UTC.</param>
internal readonly record struct Refreshed(uint CSeq, long Expires)
{
    /// <summary>Octets of a refresh with the number of its binding: 8, 4 and 8, the least significant first.</summary>
    public const int Size = 20;

    public Refreshed(uint cseq, DateTimeOffset expires)
        : this(cseq, expires.ToUnixTimeMilliseconds())
    {
    }

    public void Write(Span<byte> octets, long id)
    {
        BinaryPrimitives.WriteInt64LittleEndian(octets, id);
        BinaryPrimitives.WriteUInt32LittleEndian(octets[8..], CSeq);
        BinaryPrimitives.WriteInt64LittleEndian(octets[12..], Expires);
    }

    public static (long Id, Refreshed To) Read(ReadOnlySpan<byte> octets) => (BinaryPrimitives.ReadInt64LittleEndian(octets),
        new Refreshed(BinaryPrimitives.ReadUInt32LittleEndian(octets[8..]), BinaryPrimitives.ReadInt64LittleEndian(octets[12..])));
}
