using System.Collections.Frozen;

namespace SipAlg.Calls.Dialplan;

/// <summary>Days that are no Monday to Sunday for a <c>time</c> condition, but holidays. Immutable.</summary>
/// <param name="dates">Of one year.</param>
/// <param name="yearly">Of every year, as month and day.</param>
public sealed class Holidays(IEnumerable<DateOnly> dates, IEnumerable<(int Month, int Day)> yearly)
{
    private readonly FrozenSet<DateOnly> _dates = dates.ToFrozenSet();
    private readonly FrozenSet<(int Month, int Day)> _yearly = yearly.ToFrozenSet();

    public int Count => _dates.Count + _yearly.Count;

    public bool Contains(DateOnly date) => _dates.Contains(date) || _yearly.Contains((date.Month, date.Day));
}
