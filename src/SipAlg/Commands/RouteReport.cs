using System.Text;
using SipAlg.Calls.Dialplan;
using SipAlg.Calls.Model;
using SipAlg.Configuration;
using SipAlg.Protocol.Sip;
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
        var edits = new[] { ("called", decision.Called), ("caller", decision.Caller), ("caller_name", decision.CallerName), ("domain", decision.Domain), ("privacy", Words(decision.Privacy)) };
        return edits.Where(edit => edit.Item2 is not null).Select(edit => $"sets {edit.Item1}: {edit.Item2}")
            .Concat(decision.Headers.Select(header => header.Value is null ? $"removes header {header.Name}" : $"sets header {header.Name}: {header.Value}"));
    }

    private static string? Words(PrivacyValues? privacy) => privacy is not { } values
        ? null
        : string.Join(", ", Enum.GetValues<PrivacyValues>().Where(value => value is not (PrivacyValues.Unspecified or PrivacyValues.Unknown) && values.HasFlag(value)).Select(value => Encoding.ASCII.GetString(Privacy.Word(value))));

    private static void Targets(Terminal terminal, RouteDecision decision)
    {
        var route = decision.Route!;
        for (var i = 0; i < decision.Targets.Length; i++)
        {
            var target = decision.Targets[i];
            var address = target.Peer?.Address is { } uri ? $" at {uri}" : "";
            var noAnswer = target.NoAnswer is { } ringing ? $", {ringing.TotalSeconds:0}s to answer" : "";
            var weight = target.Weight is { } share && !route.RingsAll ? $", weight {share} (drawn anew for each call)" : "";
            var turn = i == 0 ? "routed to" : route.RingsTogether(decision.Targets[i - 1], target) ? "together with" : "then to";
            terminal.Line($"{turn} {target}{address}{noAnswer}{weight}", Color.Green);
        }

        foreach (var line in Rules(decision))
        {
            terminal.Line(line);
        }
    }

    /// <summary>What holds on the way besides the targets' order; nothing is said where a rule is the usual one.</summary>
    private static IEnumerable<string> Rules(RouteDecision decision)
    {
        var route = decision.Route!;
        var peers = decision.Targets.Select(target => target.Peer).OfType<Peer>().Distinct().ToArray();
        if (decision.Targets.Length > 1)
        {
            yield return $"the next is tried on {route.TryNextOn}, timeout and transport failure";
        }

        if (!route.FollowsRedirects)
        {
            yield return "redirects are passed to the caller";
        }

        if (!route.Codecs.IsEmpty)
        {
            yield return $"codecs: {route.Codecs}";
        }

        foreach (var peer in peers.Where(peer => !peer.Codecs.IsEmpty))
        {
            yield return $"codecs of peer {peer.Name}: {peer.Codecs}";
        }

        if (!route.MapStatus.Pairs.IsEmpty)
        {
            yield return $"statuses become: {route.MapStatus}";
        }

        foreach (var peer in peers.Where(peer => !peer.MapStatus.Pairs.IsEmpty))
        {
            yield return $"statuses of peer {peer.Name} become: {peer.MapStatus}";
        }
    }
}
