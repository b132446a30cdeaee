namespace SipAlg.Protocol.Srtp;

/// <summary>The index of a packet: its sequence number with the count of its roll-overs before it, which no packet says (RFC 3711 §3.3.1).</summary>
public static class RtpIndex
{
    private const int Half = 1 << 15;

    public static ulong Of(uint rollOver, ushort sequence) => ((ulong)rollOver << 16) | sequence;

    public static uint RollOver(ulong index) => (uint)(index >> 16);

    /// <summary>The index nearest to the highest one so far; false for one before the stream's beginning.</summary>
    public static bool TryGuess(ulong highest, ushort sequence, out ulong index)
    {
        var (rollOver, last) = ((long)(highest >> 16), (int)(ushort)highest);
        var guess = last < Half
            ? sequence - last > Half ? rollOver - 1 : rollOver
            : last - Half > sequence ? rollOver + 1 : rollOver;
        index = guess < 0 ? 0 : Of((uint)guess, sequence);
        return guess is >= 0 and <= uint.MaxValue;
    }
}
