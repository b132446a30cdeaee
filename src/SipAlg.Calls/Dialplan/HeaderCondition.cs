namespace SipAlg.Calls.Dialplan;

/// <summary>A line of <c>headers</c>: one of the header's values matches.</summary>
public sealed class HeaderCondition(string name, RouteRegex regex) : Condition
{
    public override string Key => "headers";

    internal override bool LooksIntoMessage => true;

    public override IEnumerable<string> CaptureNames => regex.Names;

    public override bool Matches(in RouteRequest request) => TryFind(request, out _);

    public override string Explain(in RouteRequest request) => request.Headers is { } headers && headers.TryFind(name, 0, out var value)
        ? $"header {name}: '{value}' does not match {regex.Pattern}"
        : $"there is no header {name}";

    public override bool Covers(Condition other) =>
        other is HeaderCondition same && same.Name.Equals(name, StringComparison.OrdinalIgnoreCase) && same.Pattern == regex.Pattern;

    internal override void Capture(in RouteRequest request, Captures captures)
    {
        if (regex.Names.Count > 0 && TryFind(request, out var value))
        {
            regex.Capture(value.ToString(), captures);
        }
    }

    private string Name => name;
    private string Pattern => regex.Pattern;

    private bool TryFind(in RouteRequest request, out ReadOnlySpan<char> value)
    {
        value = default;
        for (var occurrence = 0; request.Headers is { } headers && headers.TryFind(name, occurrence, out value); occurrence++)
        {
            if (regex.IsMatch(value))
            {
                return true;
            }
        }

        return false;
    }
}
