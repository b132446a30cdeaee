namespace SipAlg.Calls.Dialplan;

/// <summary>
/// What a route without <c>method</c> is for: calls, messages, subscriptions and what belongs to them. A method that nobody thought of
/// when the dialplan was written goes only where a route names it.
/// </summary>
internal sealed class UsualMethods : Condition
{
    public static UsualMethods Only { get; } = new();

    private static readonly string[] Names = ["INVITE", "MESSAGE", "SUBSCRIBE", "NOTIFY", "PUBLISH", "REFER"];

    public override string Key => "method";

    public override bool Matches(in RouteRequest request)
    {
        foreach (var name in Names)
        {
            if (request.Method.SequenceEqual(name))
            {
                return true;
            }
        }

        return false;
    }

    public override string Explain(in RouteRequest request) => $"method {request.Method} is not named";

    public override bool Covers(Condition other) => other is UsualMethods || (other is MethodCondition named && named.Methods.All(Names.Contains));
}
