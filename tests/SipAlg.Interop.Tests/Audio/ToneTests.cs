namespace SipAlg.Interop.Tests.Audio;

/// <summary>What the tests of audio rest on.</summary>
public sealed class ToneTests : IDisposable
{
    private readonly string _file = Path.GetTempFileName();

    private short[] SamplesOf(double hertz)
    {
        File.WriteAllBytes(_file, Tone.Wav(hertz, 1));
        return Tone.Samples(_file);
    }

    [Fact]
    public void A_tone_is_found_and_no_other()
    {
        var samples = SamplesOf(500);
        Assert.Equal(Tone.SampleRate, samples.Length);
        Assert.InRange(Tone.Share(samples, 500), 0.99, 1.01);
        Assert.InRange(Tone.Share(samples, 1100), 0, 0.01);
    }

    [Fact]
    public void Silence_holds_no_tone() => Assert.Equal(0, Tone.Share(new short[Tone.SampleRate], 500));

    [Fact]
    public void Noise_holds_no_tone()
    {
        var random = new Random(1);
        var noise = Enumerable.Range(0, Tone.SampleRate).Select(_ => (short)random.Next(short.MinValue, short.MaxValue)).ToArray();
        Assert.InRange(Tone.Share(noise, 500), 0, 0.05);
    }

    [Theory]
    [InlineData(0xFF, 0)]
    [InlineData(0x7F, 0)]
    [InlineData(0x80, 32124)]
    [InlineData(0x00, -32124)]
    public void MuLaw_is_that_of_G711(byte octet, short sample) => Assert.Equal(sample, MuLaw.Decode(octet));

    [Fact]
    public void MuLaw_there_and_back_is_the_same_octet()
    {
        // 0x7F is the other zero, which nobody sends.
        Assert.All(Enumerable.Range(0, 256).Where(octet => octet != 0x7F), octet => Assert.Equal(octet, MuLaw.Encode(MuLaw.Decode((byte)octet))));
    }

    public void Dispose() => File.Delete(_file);
}
