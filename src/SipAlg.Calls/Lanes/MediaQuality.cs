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

    private Cells _realms;
    private Cells _peers;

    public MediaQuality(int realms, int peers) => (_realms, _peers) = (new Cells([], [], []).Grown(realms), new Cells([], [], []).Grown(peers));

    /// <summary>Makes room for more realms and peers; what was observed stays. Readers see the old cells or the new ones, which are the same.</summary>
    internal void Grow(int realms, int peers) => (_realms, _peers) = (_realms.Grown(realms), _peers.Grown(peers));

    /// <summary>Mean interarrival jitter.</summary>
    /// <param name="realm">The leg's.</param>
    /// <param name="peer">Null: of legs at no peer.</param>
    public Histogram Jitter(int realm, int? peer) => peer is { } index ? _peers.Jitter[index] : _realms.Jitter[realm];

    /// <summary>Part of the packets that did not come, 0 to 1.</summary>
    public Histogram Loss(int realm, int? peer) => peer is { } index ? _peers.Loss[index] : _realms.Loss[realm];

    /// <summary>Mean opinion score by the E-model.</summary>
    public Histogram Mos(int realm, int? peer) => peer is { } index ? _peers.Mos[index] : _realms.Mos[realm];

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

    /// <summary>Of realms, or of peers, by index.</summary>
    private sealed record Cells(Histogram[] Jitter, Histogram[] Loss, Histogram[] Mos)
    {
        public Cells Grown(int count) => count <= Jitter.Length ? this : new Cells(Grown(Jitter, count, JitterBounds), Grown(Loss, count, LossBounds), Grown(Mos, count, MosBounds));

        private static Histogram[] Grown(Histogram[] cells, int count, IReadOnlyList<double> bounds) =>
            [.. cells, .. Enumerable.Range(0, count - cells.Length).Select(_ => new Histogram(bounds))];
    }
}
