using SipAlg.Media.Statistics;

namespace SipAlg.Calls.Lanes;

/// <summary>How the audio of legs came that are over: one observation a leg. Written by the lane, read by anybody.</summary>
public sealed class MediaQuality
{
    /// <summary>Upper bounds of <see cref="Jitter"/> in seconds; a last bucket holds the rest.</summary>
    public static IReadOnlyList<double> JitterBounds { get; } = [0.001, 0.002, 0.005, 0.01, 0.02, 0.03, 0.05, 0.1, 0.2, 0.5];

    /// <summary>Upper bounds of <see cref="Loss"/>; a last bucket holds the rest.</summary>
    public static IReadOnlyList<double> LossBounds { get; } = [0, 0.001, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5];

    /// <summary>Upper bounds of <see cref="Mos"/>; a last bucket holds the rest.</summary>
    public static IReadOnlyList<double> MosBounds { get; } = [1.5, 2, 2.5, 3, 3.5, 3.8, 4, 4.2, 4.4];

    private readonly int _realms;
    private Histogram[] _jitter;
    private Histogram[] _loss;
    private Histogram[] _mos;

    public MediaQuality(int realms, int peers)
    {
        _realms = realms;
        _jitter = [.. Enumerable.Range(0, realms + peers).Select(_ => new Histogram(JitterBounds))];
        _loss = [.. Enumerable.Range(0, realms + peers).Select(_ => new Histogram(LossBounds))];
        _mos = [.. Enumerable.Range(0, realms + peers).Select(_ => new Histogram(MosBounds))];
    }

    /// <summary>Makes room for more peers; what was observed stays. Readers see the old cells or the new ones, which are the same.</summary>
    internal void Grow(int peers)
    {
        _jitter = Grown(_jitter, peers);
        _loss = Grown(_loss, peers);
        _mos = Grown(_mos, peers);
    }

    private Histogram[] Grown(Histogram[] cells, int peers) => [.. cells, .. Enumerable.Range(0, Math.Max(_realms + peers - cells.Length, 0)).Select(_ => new Histogram(cells[0].Bounds))];

    /// <summary>Mean interarrival jitter.</summary>
    /// <param name="realm">The leg's.</param>
    /// <param name="peer">Null: of legs at no peer.</param>
    public Histogram Jitter(int realm, int? peer) => _jitter[Cell(realm, peer)];

    /// <summary>Part of the packets that did not come, 0 to 1.</summary>
    public Histogram Loss(int realm, int? peer) => _loss[Cell(realm, peer)];

    /// <summary>Mean opinion score by the E-model.</summary>
    public Histogram Mos(int realm, int? peer) => _mos[Cell(realm, peer)];

    /// <summary>A leg without RTP is none, and one whose clock is unknown has no jitter.</summary>
    internal void Observe(int realm, int? peer, in StreamStatistics audio)
    {
        if (audio.Expected > 0)
        {
            Loss(realm, peer).Observe(audio.LossRatio);
        }

        if (audio.HasJitter)
        {
            Jitter(realm, peer).Observe(audio.MeanJitterSeconds);
        }

        if (EModel.Mos(audio) is { } mos)
        {
            Mos(realm, peer).Observe(mos);
        }
    }

    private int Cell(int realm, int? peer) => peer is { } index ? _realms + index : realm;
}
