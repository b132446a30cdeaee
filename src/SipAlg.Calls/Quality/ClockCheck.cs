using SipAlg.Media.Statistics;

namespace SipAlg.Calls.Quality;

/// <summary>
/// Finds streams whose timestamps advance by another clock than SDP says. Arrival less timestamp (RFC 3550 A.8) stays where it is while
/// both run alike, however much single packets are late; its drift between two looks is the difference. A jump of the timestamps, or a
/// silence in which they stand still, gives a rate too, but never the same one again and again.
/// </summary>
internal struct ClockCheck
{
    /// <summary>A crystal is right to a hundredth of a percent; jitter blurs a step of seconds by a few percent.</summary>
    private const double Tolerance = 0.05;

    /// <summary>Looks that must agree.</summary>
    private const int Enough = 2;
    private const int FewPackets = 50;
    private static readonly TimeSpan ShortTime = TimeSpan.FromSeconds(2);

    private int _looks;
    private int _agreeing;
    private int _rate;

    /// <summary>Hertz; 0: the clock is right, or is not known.</summary>
    public readonly int OddRate => _agreeing >= Enough && 4 * _agreeing >= 3 * _looks ? _rate : 0;

    public void Look(in StreamStatistics before, in StreamStatistics now)
    {
        if (Rate(before, now) is not { } rate)
        {
            return;
        }

        _looks++;
        if (IsNear(rate, now.ClockRate))
        {
            return;
        }

        _agreeing = IsNear(rate, _rate) ? _agreeing + 1 : 1;
        _rate = _agreeing > 1 ? (int)((_rate + rate) / 2) : (int)rate;
    }

    private static bool IsNear(double rate, int other) => Math.Abs(rate - other) <= Tolerance * other;

    /// <returns>Null where the two do not tell.</returns>
    private static double? Rate(in StreamStatistics before, in StreamStatistics now)
    {
        var isSame = now.Ssrc == before.Ssrc && now.SourceChanges == before.SourceChanges && now.Restarts == before.Restarts && now.ClockRate == before.ClockRate;
        var elapsed = now.Last - before.Last;
        if (!isSame || !before.HasJitter || now.ClockRate == 0 || now.JitterSamples - before.JitterSamples < FewPackets || elapsed < ShortTime)
        {
            return null;
        }

        var rate = now.ClockRate - ((int)(now.Transit - before.Transit) / elapsed.TotalSeconds);
        return rate > 0 ? rate : null;
    }
}
