namespace SipAlg.Media.Tones;

/// <summary>A 440 Hz sine, encoded once. It repeats after 50 ms: 22 periods in 400 samples.</summary>
internal static class ToneWave
{
    public const int SamplesPerSecond = 8000;

    /// <summary>20 ms.</summary>
    public const int SamplesPerPacket = SamplesPerSecond / 50;

    private const int Hertz = 440;
    private const int Period = 400;

    /// <summary>About −15 dBm0: clear, not loud.</summary>
    private const double Amplitude = 4096;

    // A packet that begins near the end of the period reads on behind it.
    private static readonly byte[] ALaw = Encode(G711.ToALaw);
    private static readonly byte[] MuLaw = Encode(G711.ToMuLaw);

    /// <summary>The payload of packet <paramref name="number"/> of a stream.</summary>
    public static ReadOnlySpan<byte> Payload(ToneCodec codec, uint number) =>
        (codec == ToneCodec.Pcma ? ALaw : MuLaw).AsSpan((int)(number % Period) * SamplesPerPacket % Period, SamplesPerPacket);

    private static byte[] Encode(Func<short, byte> companding)
    {
        var wave = new byte[Period + SamplesPerPacket];
        for (var i = 0; i < wave.Length; i++)
        {
            wave[i] = companding((short)Math.Round(Amplitude * Math.Sin(2 * Math.PI * Hertz * i / SamplesPerSecond)));
        }

        return wave;
    }
}
