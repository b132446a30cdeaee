using System.Collections.Immutable;

namespace SipAlg.Calls.Dialplan;

/// <summary><c>time</c>: the request arrived in one of these windows.</summary>
public sealed class TimeCondition(ImmutableArray<TimeWindow> windows) : Condition
{
    public override string Key => "time";

    public override bool Matches(in RouteRequest request)
    {
        foreach (var window in windows)
        {
            if (window.Contains(request.At))
            {
                return true;
            }
        }

        return false;
    }

    public override string Explain(in RouteRequest request) =>
        $"{windows[0].LocalText(request.At)} is not within {string.Join(" or ", windows)}";

    public override bool Covers(Condition other) =>
        other is TimeCondition narrower && narrower.Windows.All(window => windows.Any(own => own.ToString() == window.ToString()));

    private ImmutableArray<TimeWindow> Windows => windows;
}
