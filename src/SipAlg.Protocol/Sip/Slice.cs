namespace SipAlg.Protocol.Sip;

/// <summary>A stretch of a message's buffer, counted from the buffer's first octet.</summary>
public readonly record struct Slice(int Start, int Length)
{
    public int End => Start + Length;
    public bool IsEmpty => Length == 0;

    public static Slice Between(int start, int end) => new(start, end - start);
}
