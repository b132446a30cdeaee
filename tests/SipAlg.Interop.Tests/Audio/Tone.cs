using System.Buffers.Binary;
using System.Text;

namespace SipAlg.Interop.Tests.Audio;

/// <summary>Makes and finds tones in 16-bit mono PCM at a telephone's rate.</summary>
internal static class Tone
{
    public const int SampleRate = 8000;
    private const int HeaderLength = 44;
    private const double Amplitude = 8000;

    /// <summary>A sine of this frequency.</summary>
    public static short[] Samples(double hertz, int count) => [.. Enumerable.Range(0, count).Select(sample => (short)(Amplitude * Math.Sin(2 * Math.PI * hertz * sample / SampleRate)))];

    /// <summary>A WAV file with a sine of this frequency.</summary>
    public static byte[] Wav(double hertz, int seconds)
    {
        var data = seconds * SampleRate * 2;
        var wav = new byte[HeaderLength + data];
        Text(0, "RIFF");
        Int32(4, wav.Length - 8);
        Text(8, "WAVEfmt ");
        Int32(16, 16);
        Int16(20, 1);
        Int16(22, 1);
        Int32(24, SampleRate);
        Int32(28, SampleRate * 2);
        Int16(32, 2);
        Int16(34, 16);
        Text(36, "data");
        Int32(40, data);
        for (var sample = 0; sample < data / 2; sample++)
        {
            Int16(HeaderLength + (sample * 2), (short)(Amplitude * Math.Sin(2 * Math.PI * hertz * sample / SampleRate)));
        }

        return wav;

        void Text(int at, string text) => Encoding.ASCII.GetBytes(text, wav.AsSpan(at));
        void Int32(int at, int value) => BinaryPrimitives.WriteInt32LittleEndian(wav.AsSpan(at), value);
        void Int16(int at, short value) => BinaryPrimitives.WriteInt16LittleEndian(wav.AsSpan(at), value);
    }

    /// <summary>The samples of a WAV file that may still be growing, whatever length its header tells.</summary>
    public static short[] Samples(string file)
    {
        using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        var octets = new byte[stream.Length];
        var read = stream.ReadAtLeast(octets, octets.Length, throwOnEndOfStream: false);
        var samples = new short[Math.Max(0, read - HeaderLength) / 2];
        for (var index = 0; index < samples.Length; index++)
        {
            samples[index] = BinaryPrimitives.ReadInt16LittleEndian(octets.AsSpan(HeaderLength + (index * 2)));
        }

        return samples;
    }

    /// <summary>How much of the signal's energy is at this frequency (Goertzel): 1 for nothing but the tone, 0 for none of it.</summary>
    public static double Share(ReadOnlySpan<short> samples, double hertz)
    {
        var turn = 2 * Math.Cos(2 * Math.PI * hertz / SampleRate);
        double last = 0, beforeLast = 0, energy = 0;
        foreach (var sample in samples)
        {
            (beforeLast, last) = (last, sample + (turn * last) - beforeLast);
            energy += (double)sample * sample;
        }

        var power = (last * last) + (beforeLast * beforeLast) - (turn * last * beforeLast);
        return energy == 0 ? 0 : 2 * power / (samples.Length * energy);
    }
}
