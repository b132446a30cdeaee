using System.Collections.Immutable;

namespace SipAlg.Calls.Dialplan;

/// <summary><c>time</c>: the request arrived in one of these windows.</summary>
/// <param name="windows">At least one.</param>
/// <param name="holidays">Null: no day is one.</param>
public sealed class TimeCondition(ImmutableArray<TimeWindow> windows, Holidays? holidays = null) : Condition
{
    public override string Key => "time";

    public override bool Matches(in RouteRequest request)
    {
        foreach (var window in windows)
        {
            if (window.Contains(request.At, holidays))
            {
                return true;
            }
        }

        return false;
    }

    public override string Explain(in RouteRequest request) =>
        $"{windows[0].LocalText(request.At)}{(windows[0].IsOnHoliday(request.At, holidays) ? ", a holiday," : "")} is not within {ReasonText.Any(windows)}";

    /// <summary>Without holidays no window names any: then those of the narrower one only take days away.</summary>
    public override bool Covers(Condition other) => other is TimeCondition narrower && (holidays is null || holidays == narrower.Days) &&
        narrower.Windows.All(window => windows.Any(own => own.ToString() == window.ToString()));

    private ImmutableArray<TimeWindow> Windows => windows;
    private Holidays? Days => holidays;
}
