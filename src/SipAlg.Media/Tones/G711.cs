using System.Numerics;

namespace SipAlg.Media.Tones;

/// <summary>ITU-T G.711 companding of one 16-bit sample.</summary>
internal static class G711
{
    // What µ-law adds before it takes the logarithm, and the largest magnitude that then fits, in 14-bit samples.
    private const int MuBias = 33;
    private const int MuMost = 8191 - MuBias;

    public static byte ToALaw(short sample)
    {
        var magnitude = (sample >= 0 ? sample : ~sample) >> 3;
        var segment = Math.Max(0, BitOperations.Log2((uint)magnitude) - 4);
        var code = (segment << 4) | ((magnitude >> Math.Max(1, segment)) & 0x0F);
        // Even bits are inverted on the line; the sign bit stands for positive.
        return (byte)(code ^ (sample >= 0 ? 0xD5 : 0x55));
    }

    public static byte ToMuLaw(short sample)
    {
        var magnitude = Math.Min(Math.Abs(sample >> 2), MuMost) + MuBias;
        var segment = BitOperations.Log2((uint)magnitude) - 5;
        var code = (segment << 4) | ((magnitude >> (segment + 1)) & 0x0F);
        return (byte)(code ^ (sample >= 0 ? 0xFF : 0x7F));
    }
}
