namespace SipAlg.Interop.Tests.Audio;

/// <summary>ITU-T G.711 µ-law, the way back: an octet of the line to a 16-bit sample.</summary>
internal static class MuLaw
{
    private const int Bias = 0x84;

    public static short Decode(byte octet)
    {
        var code = ~octet;
        var magnitude = ((((code & 0x0F) << 3) + Bias) << ((code & 0x70) >> 4)) - Bias;
        return (short)((code & 0x80) != 0 ? -magnitude : magnitude);
    }
}
