using SipAlg.Calls.Dialplan;
using SipAlg.Configuration;
using Spectre.Console;

namespace SipAlg.Commands;

/// <summary>Explains a decision of the dialplan to a reader.</summary>
internal static class RouteReport
{
    public static void Write(Terminal terminal, DryRun request, RouteExplanation explanation)
    {
        var decision = explanation.Decision;
        terminal.Line($"{request.Method} {request.Called}{(request.Caller.Length == 0 ? "" : $" from {request.Caller}")}" +
            $" in realm {request.Realm.Name}{(request.Peer is { } peer ? $", peer {peer.Name}" : "")}");
        terminal.Table([.. explanation.Passed.Select(passed => Row("no", passed.Route, passed.Reason)), .. Matched(decision)]);
        if (decision.Rejection is { } rejection)
        {
            terminal.Line($"rejected: {rejection.Status}{(rejection.Reason is null ? "" : " " + rejection.Reason)}", Color.Red);
            return;
        }

        foreach (var change in Changes(decision))
        {
            terminal.Line(change);
        }

        Targets(terminal, decision);
    }

    private static string[][] Matched(RouteDecision decision) =>
        decision.Route is { } route ? [Row("yes", route, route.IsEmergency ? "every condition holds; emergency" : "every condition holds")] : [];

    private static string[] Row(string verdict, SipAlg.Calls.Dialplan.Route route, string reason) => [verdict, route.Name, route.Position, reason];

    private static IEnumerable<string> Changes(RouteDecision decision)
    {
        var edits = new[] { ("called", decision.Called), ("caller", decision.Caller), ("caller_name", decision.CallerName), ("domain", decision.Domain) };
        return edits.Where(edit => edit.Item2 is not null).Select(edit => $"sets {edit.Item1}: {edit.Item2}")
            .Concat(decision.Headers.Select(header => header.Value is null ? $"removes header {header.Name}" : $"sets header {header.Name}: {header.Value}"));
    }

    private static void Targets(Terminal terminal, RouteDecision decision)
    {
        for (var i = 0; i < decision.Targets.Length; i++)
        {
            var target = decision.Targets[i];
            var address = target.Peer?.Address is { } uri ? $" at {uri}" : "";
            var noAnswer = target.NoAnswer is { } ringing ? $", {ringing.TotalSeconds:0}s to answer" : "";
            var weight = target.Weight is { } share ? $", weight {share} (drawn anew for each call)" : "";
            terminal.Line($"{(i == 0 ? "routed to" : "then to")} {target}{address}{noAnswer}{weight}", Color.Green);
        }

        if (decision.Targets.Length > 1)
        {
            terminal.Line($"the next is tried on {decision.Route!.TryNextOn}, timeout and transport failure");
        }
    }
}
