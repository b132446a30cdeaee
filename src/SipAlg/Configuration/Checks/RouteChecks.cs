using SipAlg.Configuration.Dialplans;
using SipAlg.Configuration.Problems;
using SipAlg.Calls.Dialplan;

namespace SipAlg.Configuration.Checks;

/// <summary>What must hold for the routes of a dialplan.</summary>
internal sealed class RouteChecks(NameTable names, DialplanLists lists, ProblemList problems)
{
    private readonly Dictionary<string, SourcePosition> _named = new(StringComparer.Ordinal);

    public void Run(Located<DialplanRouteOptions> written)
    {
        var route = written.Value;
        Name(route);
        if (route.When is { } when)
        {
            Conditions(when);
        }

        names.Table(route.Filter?.Called?.Value.Table);
        TargetChecks.Run(route.To?.Value ?? [], names, problems);
        if (written.IsSound)
        {
            Action(route);
            Captures(route);
            OpenToPeers(route);
            RingChecks.Run(route, problems);
            StrangerChecks.Run(route, problems);
            PolicyChecks.Codecs(route.Codecs?.Value, problems);
            PolicyChecks.Privacy(route.Set?.Privacy, problems);
        }
    }

    private void Action(DialplanRouteOptions route)
    {
        if ((route.To is null) == (route.Reject is null))
        {
            problems.Error(route.At, route.To is null ? "a route needs 'to' or 'reject'" : "a route takes either 'to' or 'reject', not both");
        }

        if (route.Reject is { Value.Status: { Value: 401 } challenge } && !names.HasDomain)
        {
            problems.Warn(challenge.At, "401 asks who is calling, which needs a realm with a 'domain'", "write 403 to refuse the call");
        }

        if (route is { Reject: not null, To: null } && OfDelivery(route).FirstOrDefault(key => key.Value is not null).Key is { } key)
        {
            problems.Error(route.At, $"a route that rejects takes no '{key}'");
        }
    }

    /// <summary>Keys that mean something only where the request goes on.</summary>
    private static KeyValuePair<string, object?>[] OfDelivery(DialplanRouteOptions route) =>
    [
        new("set", route.Set), new("try_next_on", route.TryNextOn), new("ring", route.RingsAll), new("redirects", route.FollowsRedirects),
        new("codecs", route.Codecs), new("map_status", route.MapStatus), new("filter", route.Filter), new("unauthenticated", route.Unauthenticated),
    ];

    private void Name(DialplanRouteOptions route)
    {
        if (route.Name is { } name && !_named.TryAdd(name.Value, name.At))
        {
            problems.Error(name.At, $"a route '{name.Value}' exists already", $"the first is at {_named[name.Value]}");
        }
    }

    private void Conditions(WhenOptions when)
    {
        foreach (var realm in when.Realm)
        {
            names.Realm(realm);
        }

        foreach (var peer in when.Peer)
        {
            names.Peer(peer);
        }

        foreach (var user in when.User)
        {
            names.User(user);
        }

        names.Table(when.Called?.Value.Table);
        names.Table(when.Caller?.Value.Table);
        Holidays(when);
        Anchored(when.Called, "called");
        Anchored(when.Caller, "caller");
        if (when.Not is { } not)
        {
            Conditions(not);
        }
    }

    private void Holidays(WhenOptions when)
    {
        if (when is { Holidays: { } holidays, Time: [] })
        {
            problems.Error(holidays.At, "'holidays' needs 'time'", "write time: Hol for the holidays themselves");
        }

        foreach (var window in when.Holidays is null ? when.Time.Where(window => window.Value.NamesHolidays) : [])
        {
            problems.Error(window.At, $"'time': '{window.Value}' names holidays, and no file lists them", "write holidays: FILE beside it");
        }
    }

    /// <summary>A bare number is a regular expression that is found anywhere, which is hardly ever meant.</summary>
    private void Anchored(Located<NumbersOptions>? number, string key)
    {
        if (number is { Value.Pattern: RegexNumbers { Regex.Pattern: var pattern } } && pattern.All(char.IsAsciiLetterOrDigit))
        {
            problems.Warn(number.At, $"'{key}': the regular expression {pattern} is also found within longer numbers", $"write [{pattern}] for this number alone, or '^{pattern}'");
        }
    }

    private void Captures(DialplanRouteOptions route)
    {
        var known = CaptureNames(route.When).ToList();
        var used = Templates(route).SelectMany(template => template.Value.CaptureNames).ToHashSet();
        foreach (var twice in known.GroupBy(name => name).Where(group => group.Count() > 1 && (!IsOfTable(group.Key, route.When) || used.Contains(group.Key))))
        {
            problems.Error(route.At, $"the capture '{twice.Key}' is named twice in this route");
        }

        foreach (var template in Templates(route))
        {
            foreach (var name in template.Value.CaptureNames.Except(known).Where(name => !IsUnread(name, route.When)))
            {
                problems.Error(template.At, $"${{{name}}} is no capture of this route", Suggestion.Hint(name, known) ?? $"name it in 'when': '^(?<{name}>[0-9]+)$'");
            }
        }
    }

    private IEnumerable<string> CaptureNames(WhenOptions? when) => when is null
        ? []
        : Numbers(when).SelectMany(lists.CaptureNames).Concat(when.Headers.SelectMany(header => header.Value.Names));

    private static IEnumerable<NumbersOptions> Numbers(WhenOptions? when) => new[] { when?.Called, when?.Caller }.OfType<Located<NumbersOptions>>().Select(number => number.Value);

    private static bool IsOfTable(string capture, WhenOptions? when) =>
        Numbers(when).Any(number => number.Table is { } table && capture.StartsWith($"{table.Value}.", StringComparison.Ordinal));

    /// <summary>The columns of a table with errors are not known.</summary>
    private bool IsUnread(string capture, WhenOptions? when) =>
        Numbers(when).Any(number => number.Table is { } table && !lists.Tables.ContainsKey(table.Value) && capture.StartsWith($"{table.Value}.", StringComparison.Ordinal));

    private static IEnumerable<Located<Template>> Templates(DialplanRouteOptions route)
    {
        var set = route.Set;
        var texts = new[] { set?.Called, set?.Caller, set?.CallerName, set?.Domain }
            .Concat((set?.Headers ?? []).Select(header => header.Value is { } text ? new Located<Template>(text, header.At) : null))
            .Concat((route.To?.Value ?? []).Select(target => target.Value.Uri ?? target.Value.Registered));
        return texts.OfType<Located<Template>>();
    }

    private void OpenToPeers(DialplanRouteOptions route)
    {
        var isBound = route.When is { } when && (when.Realm.Count > 0 || when.Peer.Count > 0 || when.User.Count > 0 || when.Source.Count > 0);
        if (!isBound && route.To?.Value.Any(target => target.Value.Peer is not null) == true)
        {
            problems.Warn(route.At, "this route to a peer has no 'realm', 'peer', 'user' or 'source' condition: calls from one trunk may leave by another",
                "write when: { realm: … }");
        }
    }
}
