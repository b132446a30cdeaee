namespace SipAlg.Calls.Overload;

/// <summary>
/// How large a share of new requests is refused, so that what waits before its turn waits about as long as is aimed at
/// (docs/decisions/0074-a-share-of-new-calls-is-refused.md). It knows no rate and no maximum: a queue that stands is too much, one that
/// does not is not. The share that is admitted changes by factors, so that a step weighs the same at any load.
/// </summary>
/// <param name="target">Microseconds that a queue may stand.</param>
/// <param name="weight">Of an interval: more than 1 where they are long.</param>
internal sealed class OverloadControl(long target, double weight = 1)
{
    /// <summary>Intervals above the target before anything is refused: one may be a pause of the whole process.</summary>
    private const int IntervalsToBegin = 2;

    /// <summary>Intervals in which nothing had to be refused, until the episode is over: two that follow each other closely are one.</summary>
    private const int IntervalsToEnd = 20;

    /// <summary>
    /// What an error of 1 (twice the target) takes off the admitted share in an interval; what is added while nothing waits, half of that,
    /// since what a call costs at its end comes later; and what it weighs that the error changes.
    /// </summary>
    private const double Down = 0.03;
    private const double Up = 0.015;
    private const double Change = 0.10;

    /// <summary>Bounds of the error: below the target it cannot say more than "too little", and a long queue must not shut the door at once.</summary>
    private const double Least = -1;
    private const double Most = 8;

    /// <summary>The error where datagrams are lost, at the least; and the most that its change counts for.</summary>
    private const double OfLoss = 2;
    private const double MostChange = 3;

    /// <summary>Always admitted, so that the way back is found.</summary>
    private const double Smallest = 0.02;

    private double _admitted = 1;
    private double _error = Least;
    private int _intervals;

    /// <summary>The share of new requests that is refused: 0 to 0.98. From any thread.</summary>
    public double Refused => 1 - Volatile.Read(ref _admitted);

    /// <summary>An episode of overload is under way.</summary>
    public bool IsActive { get; private set; }

    /// <summary>An interval has ended.</summary>
    /// <param name="waited">Microseconds that each input waited in it at the least.</param>
    /// <param name="isLosing">The queue is full: it would be longer if it could.</param>
    public void Measure(long waited, bool isLosing)
    {
        var error = Math.Clamp(((double)waited / target) - 1, isLosing ? OfLoss : Least, Most);
        if (!IsActive)
        {
            _intervals = error > 0 ? _intervals + 1 : 0;
            (IsActive, _error) = (_intervals >= IntervalsToBegin, error);
        }

        if (IsActive)
        {
            Step(error);
        }
    }

    private void Step(double error)
    {
        var change = Math.Clamp(error - _error, -MostChange, MostChange);
        var factor = 1 - (weight * (error > 0 ? Down : Up) * error) - (Change * change);
        Volatile.Write(ref _admitted, Math.Clamp(_admitted * factor, Smallest, 1));
        _error = error;
        _intervals = error <= 0 && _admitted >= 1 ? _intervals + 1 : 0;
        if (_intervals >= IntervalsToEnd)
        {
            (IsActive, _intervals) = (false, 0);
        }
    }
}
