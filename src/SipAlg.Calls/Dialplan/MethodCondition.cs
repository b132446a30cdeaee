using System.Collections.Immutable;

namespace SipAlg.Calls.Dialplan;

/// <summary><c>method</c>: methods are case-sensitive (RFC 3261 §7.1).</summary>
public sealed class MethodCondition(ImmutableArray<string> methods) : Condition
{
    public override string Key => "method";

    public override bool Matches(in RouteRequest request)
    {
        foreach (var method in methods)
        {
            if (request.Method.SequenceEqual(method))
            {
                return true;
            }
        }

        return false;
    }

    public override string Explain(in RouteRequest request) => $"method {request.Method} is not {ReasonText.Any(methods)}";

    public override bool Covers(Condition other) => other is MethodCondition narrower && narrower.Methods.All(methods.Contains);

    internal ImmutableArray<string> Methods => methods;
}
