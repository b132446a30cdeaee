namespace SipAlg.Interop.Tests.Audio;

/// <summary>ITU-T G.711 µ-law, between an octet of the line and a 16-bit sample.</summary>
internal static class MuLaw
{
    private const int Bias = 0x84;

    private const int Most = 32635;

    public static byte Encode(short sample)
    {
        var magnitude = Math.Min(Math.Abs((int)sample), Most) + Bias;
        var segment = 7;
        for (var mask = 0x4000; segment > 0 && (magnitude & mask) == 0; mask >>= 1)
        {
            segment--;
        }

        return (byte)~((sample < 0 ? 0x80 : 0) | (segment << 4) | ((magnitude >> (segment + 3)) & 0x0F));
    }

    public static short Decode(byte octet)
    {
        var code = ~octet;
        var magnitude = ((((code & 0x0F) << 3) + Bias) << ((code & 0x70) >> 4)) - Bias;
        return (short)((code & 0x80) != 0 ? -magnitude : magnitude);
    }
}
