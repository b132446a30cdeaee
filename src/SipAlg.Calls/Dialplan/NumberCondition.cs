namespace SipAlg.Calls.Dialplan;

/// <summary><c>called</c> or <c>caller</c>.</summary>
public sealed class NumberCondition(bool isCalled, NumberPattern pattern) : Condition
{
    public override string Key => isCalled ? "called" : "caller";

    public override IEnumerable<string> CaptureNames => pattern.CaptureNames;

    public override bool Matches(in RouteRequest request) => pattern.IsMatch(Number(request));

    public override string Explain(in RouteRequest request) => $"{Key} '{Number(request)}' {pattern}";

    public override bool Covers(Condition other) => other is NumberCondition number && number.Key == Key && pattern.Covers(number.Pattern);

    internal override void Capture(in RouteRequest request, Captures captures) => pattern.Capture(Number(request), captures);

    private NumberPattern Pattern => pattern;

    private ReadOnlySpan<char> Number(in RouteRequest request) => isCalled ? request.Called : request.Caller;
}
