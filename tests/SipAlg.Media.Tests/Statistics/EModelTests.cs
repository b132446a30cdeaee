using SipAlg.Media.Statistics;
using SipAlg.Protocol.Rtp;

namespace SipAlg.Media.Tests.Statistics;

/// <summary>The E-model against what ITU-T G.107 and G.113 say.</summary>
public sealed class EModelTests
{
    /// <summary>G.107 Annex B, table B.1, and the R of all defaults.</summary>
    [Theory]
    [InlineData(93.2, 4.41)]
    [InlineData(90, 4.34)]
    [InlineData(80, 4.03)]
    [InlineData(70, 3.60)]
    [InlineData(60, 3.10)]
    [InlineData(50, 2.58)]
    [InlineData(0, 1)]
    [InlineData(-20, 1)]
    [InlineData(100, 4.5)]
    [InlineData(120, 4.5)]
    public void R_becomes_a_score(double r, double mos) => Assert.Equal(mos, EModel.Mos(r), 0.01);

    /// <summary>Without delay and loss the codec alone counts; with loss Ie,eff = Ie + (95 − Ie) · Ppl / (Ppl + Bpl).</summary>
    [Theory]
    [InlineData("G711", 0, 93.2)]
    [InlineData("G711", 0.01, 93.2 - (95 * 1 / 26.1))]
    [InlineData("G711", 0.05, 93.2 - (95 * 5 / 30.1))]
    [InlineData("G729", 0, 82.2)]
    [InlineData("G729", 0.01, 82.2 - (84 * 1 / 20.0))]
    [InlineData("G729", 0.05, 82.2 - (84 * 5 / 24.0))]
    [InlineData("G723", 0, 78.2)]
    public void Codec_and_loss(string codec, double loss, double r) =>
        Assert.Equal(r, EModel.R(codec switch { "G711" => EModel.G711, "G729" => EModel.G729, _ => EModel.G723 }, 0, loss), 0.001);

    /// <summary>Up to 177 ms delay costs little, beyond that much.</summary>
    [Theory]
    [InlineData(0.1, 2.4)]
    [InlineData(0.2, 4.8 + (0.11 * 22.7))]
    [InlineData(0.4, 9.6 + (0.11 * 222.7))]
    public void Delay(double seconds, double cost) => Assert.Equal(93.2 - cost, EModel.R(EModel.G711, seconds, 0), 0.001);

    /// <summary>ITU-T G.113 Appendix I, tables I.1 to I.4: Ie, and Bpl where it has one.</summary>
    [Theory]
    [InlineData(AudioCodec.G711, 0, 25.1)]
    [InlineData(AudioCodec.G729, 11, 19)]
    [InlineData(AudioCodec.G723, 15, 16.1)]
    [InlineData(AudioCodec.GsmEfr, 5, 10)]
    [InlineData(AudioCodec.Amr, 5, 10)]
    [InlineData(AudioCodec.Gsm, 20, 10)]
    [InlineData(AudioCodec.Ilbc, 10, 25.1)]
    [InlineData(AudioCodec.G722, 0, 25.1)]
    [InlineData(AudioCodec.Opus, 0, 25.1)]
    [InlineData(AudioCodec.AmrWb, 0, 10)]
    public void Codecs(AudioCodec codec, double ie, double bpl) => Assert.Equal(new SpeechCodec(ie, bpl), EModel.Of(codec));

    /// <summary>The straight lines stay near the whole model, as far as people talk over it.</summary>
    [Theory]
    [InlineData(0, 0.01)]
    [InlineData(50, 0.3)]
    [InlineData(100, 0.3)]
    [InlineData(150, 0.3)]
    [InlineData(177, 1)]
    [InlineData(200, 0.3)]
    [InlineData(250, 0.3)]
    [InlineData(300, 0.3)]
    [InlineData(400, 3.2)]
    public void Delay_costs_what_the_whole_model_says(double milliseconds, double tolerance) =>
        Assert.Equal(FullEModel.R(milliseconds), EModel.R(EModel.G711, milliseconds / 1000, 0), tolerance);

    [Fact]
    public void The_whole_model_has_its_known_values()
    {
        Assert.Equal(93.2, FullEModel.R(0), 0.01);
        Assert.Equal(4.41, EModel.Mos(FullEModel.R(0)), 0.005);
    }

    private static StreamStatistics Audio(AudioCodec codec, long expected = 1000, long received = 1000) =>
        new() { Packets = received, IsRtp = true, Codec = codec, Expected = expected, Received = received, ClockRate = 8000 };

    [Fact]
    public void Of_a_stream()
    {
        Assert.Equal(EModel.Mos(EModel.R(EModel.G711, 0.05, 0)), EModel.Mos(Audio(AudioCodec.G711)));
        Assert.Equal(EModel.Mos(EModel.R(EModel.G729, 0.05, 0.03)), EModel.Mos(Audio(AudioCodec.G729, received: 970))!.Value, 1e-9);
        Assert.Equal(EModel.Mos(EModel.R(EModel.G711, 0.15, 0)), EModel.Mos(Audio(AudioCodec.G711) with { RoundTrips = 1, RoundTripSeconds = 0.2 })!.Value, 1e-9);
        Assert.Equal(EModel.Mos(Audio(AudioCodec.G711)), EModel.Mos(Audio(AudioCodec.Opus)));
    }

    [Fact]
    public void Jitter_costs_delay_and_what_comes_too_late()
    {
        double Of(double jitter) => EModel.Mos(Audio(AudioCodec.G711) with { JitterSamples = 999, MeanJitterSeconds = jitter })!.Value;
        Assert.Equal(Of(0), Of(0.001), 0.001);
        Assert.True(Of(0.01) > Of(0.02) && Of(0.02) > Of(0.05));
        Assert.InRange(Of(0.05), 2, 3.3);
    }

    [Fact]
    public void What_is_not_known_has_no_score()
    {
        Assert.Null(EModel.Mos(default(StreamStatistics)));
        Assert.Null(EModel.Mos(Audio(AudioCodec.Unknown)));
        Assert.Null(EModel.Mos(Audio(AudioCodec.G711, expected: 0, received: 0)));
    }
}
