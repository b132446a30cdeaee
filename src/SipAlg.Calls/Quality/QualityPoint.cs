using System.Runtime.InteropServices;

namespace SipAlg.Calls.Quality;

/// <summary>How a stream came in one direction, in one step of time: 16 octets.</summary>
[StructLayout(LayoutKind.Sequential, Pack = 4)]
public readonly struct QualityPoint
{
    /// <summary>Nothing was measured.</summary>
    private const ushort None = ushort.MaxValue;
    private const double TicksOfTime = 10_000;
    private const double TicksOfScore = 100;

    private readonly uint _expected;

    /// <summary>Below 0: what was taken for lost in the step before came in this one.</summary>
    private readonly int _lost;
    private readonly ushort _jitter;
    private readonly ushort _roundTrip;
    private readonly ushort _mos;

    /// <param name="expected">Packets there should have been.</param>
    /// <param name="lost">Of those, the ones that did not come.</param>
    /// <param name="jitter">Mean, in seconds; null where it was not measured.</param>
    /// <param name="roundTrip">Mean, in seconds; null likewise.</param>
    /// <param name="mos">Null where the codec is not known, or nothing was expected.</param>
    internal QualityPoint(long expected, long lost, double? jitter, double? roundTrip, double? mos) =>
        (_expected, _lost, _jitter, _roundTrip, _mos) = ((uint)Math.Clamp(expected, 0, uint.MaxValue), (int)Math.Clamp(lost, int.MinValue, int.MaxValue), Kept(jitter * TicksOfTime), Kept(roundTrip * TicksOfTime), Kept(mos * TicksOfScore));

    /// <summary>Packets that came, each once.</summary>
    public long Packets => Math.Max(0, Expected - _lost);
    public long Expected => _expected;

    /// <summary>0 to 1; null where nothing was expected.</summary>
    public double? Loss => _expected == 0 ? null : Math.Clamp((double)_lost / _expected, 0, 1);

    /// <summary>Seconds.</summary>
    public double? Jitter => Read(_jitter, TicksOfTime);

    /// <summary>Seconds.</summary>
    public double? RoundTrip => Read(_roundTrip, TicksOfTime);
    public double? Mos => Read(_mos, TicksOfScore);

    /// <summary>Both as one: counts add up, what was measured is weighed by packets.</summary>
    internal QualityPoint With(in QualityPoint later) => new(
        Expected + later.Expected, (long)_lost + later._lost, Mean(Jitter, Expected, later.Jitter, later.Expected),
        Mean(RoundTrip, 1, later.RoundTrip, 1), Mean(Mos, Expected, later.Mos, later.Expected));

    private static double? Mean(double? one, double weight, double? other, double otherWeight) =>
        one is null ? other : other is null || weight + otherWeight == 0 ? one : ((one * weight) + (other * otherWeight)) / (weight + otherWeight);

    private static ushort Kept(double? ticks) => ticks is { } value ? (ushort)Math.Clamp(Math.Round(value), 0, None - 1) : None;

    private static double? Read(ushort kept, double ticks) => kept == None ? null : kept / ticks;
}
