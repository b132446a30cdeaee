using System.Collections.Immutable;
using System.Text;
using SipAlg.Calls.Dialplan;
using SipAlg.Calls.Model;
using SipAlg.Configuration.Dialplans;
using SipAlg.Configuration.Problems;
using SipAlg.Protocol.Sip;
using HeaderNames = SipAlg.Configuration.Dialplans.HeaderNames;
using Route = SipAlg.Calls.Dialplan.Route;

namespace SipAlg.Configuration.Building;

/// <summary>Turns the options of a route without errors into a route; names become the realms, peers and users that bear them.</summary>
internal sealed class DialplanRouteBuilder(ImmutableArray<Realm> realms, ImmutableArray<Peer> peers, UserTable users, DialplanLists lists)
{
    /// <param name="number">Place in the dialplan from 1, for a route without a name.</param>
    public Route Build(DialplanRouteOptions route, int number)
    {
        var head = new RouteHead(
            route.Name?.Value ?? $"route {number}",
            route.Emergency?.Value ?? false,
            Conditions(route.When),
            route.TryNextOn is { } statuses ? new StatusSet([.. statuses.Value.Select(status => status.Value)]) : StatusSet.Default,
            $"{route.At.File}:{route.At.Line}")
        {
            RingsAll = route.RingsAll?.Value ?? false,
            FollowsRedirects = route.FollowsRedirects?.Value ?? true,
            Codecs = route.Codecs?.Value.Build() ?? CodecRules.None,
            MapStatus = route.MapStatus?.Value ?? StatusMap.None,
            IsUnauthenticated = route.Unauthenticated?.Value ?? false,
            Filter = route.Filter is { } filter ? Filter(filter) : RouteFilter.None,
        };
        if (route.Reject is { } reject)
        {
            return Route.Reject(head, new Rejection(reject.Value.Status!.Value, reject.Value.Reason?.Value));
        }

        var targets = route.To!.Value;
        return Route.Deliver(head, Edits(route.Set), [.. targets.Select(Target)], [.. targets.Select(target => (target.Value.Uri ?? target.Value.Registered)?.Value)]);
    }

    private RouteFilter Filter(FilterOptions filter) => new()
    {
        Headers = new HeaderRules
        {
            Pass = filter.Headers?.Pass?.Select(name => HeaderNames.Long(name.Value)).ToImmutableArray(),
            Remove = [.. (filter.Headers?.Remove ?? []).Select(name => HeaderNames.Long(name.Value))],
        },
        Bodies = filter.Bodies?.Select(type => Encoding.ASCII.GetBytes(type.Value)).ToImmutableArray(),
        Called = filter.Called is { } called ? lists.PatternOf(called.Value) : null,
    };

    /// <summary>The cheapest to check come first.</summary>
    private ImmutableArray<Condition> Conditions(WhenOptions? when)
    {
        var conditions = ImmutableArray.CreateBuilder<Condition>();
        if (when is null)
        {
            return [];
        }

        void Add<T>(IReadOnlyCollection<T> values, Func<Condition> condition)
        {
            if (values.Count > 0)
            {
                conditions.Add(condition());
            }
        }

        Add(when.Realm, () => new RealmCondition([.. when.Realm.Select(name => realms.First(realm => realm.Name == name.Value))]));
        Add(when.Peer, () => new PeerCondition([.. when.Peer.Select(name => peers.First(peer => peer.Name == name.Value))]));
        Add(when.User, () => new UserCondition([.. when.User.Select(name => users.WithName(name.Value)!)]));
        Add(when.Method, () => new MethodCondition([.. when.Method.Select(method => method.Value)]));
        Add(when.Source, () => new SourceCondition([.. when.Source.Select(network => Prefixes.Normalise(network.Value))]));
        Add(when.Domain, () => new DomainCondition([.. when.Domain.Select(domain => domain.Value)]));
        AddNumbers(when, conditions);
        Add(when.Time, () => new TimeCondition([.. when.Time.Select(window => window.Value)], when.Holidays is { } days ? lists.Holidays[days.At] : null));
        conditions.AddRange(when.Headers.Select(header => new HeaderCondition(HeaderNames.Long(header.Name), header.Value)));
        if (when.Not is { } not)
        {
            conditions.Add(new NotCondition(Conditions(not)));
        }

        return conditions.ToImmutable();
    }

    private void AddNumbers(WhenOptions when, ImmutableArray<Condition>.Builder conditions)
    {
        if (when.Called is { } called)
        {
            conditions.Add(new NumberCondition(isCalled: true, lists.PatternOf(called.Value)));
        }

        if (when.Caller is { } caller)
        {
            conditions.Add(new NumberCondition(isCalled: false, lists.PatternOf(caller.Value)));
        }
    }

    private static RouteEdits Edits(SetOptions? set) => set is null ? RouteEdits.None : new RouteEdits
    {
        Called = set.Called?.Value,
        Caller = set.Caller?.Value,
        CallerName = set.CallerName?.Value,
        Domain = set.Domain?.Value,
        Privacy = set.Privacy?.Value.Aggregate(PrivacyValues.Unspecified, (values, value) => values | value.Value),
        Headers = [.. set.Headers.Select(header => new HeaderTemplate(HeaderNames.Long(header.Name), header.Value))],
    };

    private RouteTarget Target(Located<TargetOptions> located)
    {
        var target = located.Value;
        var peer = target.Peer is { } name ? peers.First(peer => peer.Name == name.Value) : null;
        return new RouteTarget
        {
            Kind = peer is not null ? TargetKind.Peer : target.Uri is not null ? TargetKind.Uri : target.Registered is not null ? TargetKind.Registered : TargetKind.Service,
            Peer = peer,
            Service = target.Service?.Value ?? default,
            Realm = peer?.Realm ?? (target.Uri is null ? -1 : UriRealm(target.Realm)),
            Priority = target.Priority?.Value,
            Weight = target.Weight?.Value,
            NoAnswer = target.NoAnswer?.Value,
        };
    }

    private int UriRealm(Located<string>? name) => name is null ? 0 : realms.First(realm => realm.Name == name.Value).Index;
}
