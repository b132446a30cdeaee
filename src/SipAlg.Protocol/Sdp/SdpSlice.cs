namespace SipAlg.Protocol.Sdp;

/// <summary>A stretch of the buffer that a description was read from; <see cref="Offset"/> counts from the buffer's start.</summary>
public readonly record struct SdpSlice(int Offset, int Length)
{
    public int End => Offset + Length;
    public bool IsEmpty => Length == 0;

    internal static SdpSlice Between(int start, int end) => new(start, end - start);
}
