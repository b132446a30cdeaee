using SipAlg.Calls.Dialplan;
using SipAlg.Calls.Model;
using SipAlg.Configuration.Dialplans;
using SipAlg.Protocol.Addresses;

namespace SipAlg.Configuration;

/// <summary>A request that nobody sent, asked of the dialplan by <c>sipalg route</c> or by a dialplan's own test.</summary>
internal sealed record DryRun
{
    public required Realm Realm { get; init; }
    public Peer? Peer { get; init; }
    public User? User { get; init; }
    public string Method { get; init; } = "INVITE";
    public IpAddress Source { get; init; }
    public required string Called { get; init; }
    public string Caller { get; init; } = "";
    public string Domain { get; init; } = "";
    public IReadOnlyList<KeyValuePair<string, string>> Headers { get; init; } = [];
    public required DateTimeOffset At { get; init; }

    /// <summary>Who is no peer in a realm whose phones register with one is taken for such a phone.</summary>
    public RouteExplanation Ask(GatewayModel model)
    {
        var explanation = Explain(model);
        return Peer is null && Realm.Relay is { } relay ? explanation with { Decision = relay.Towards(explanation.Decision) } : explanation;
    }

    private RouteExplanation Explain(GatewayModel model) => model.Dialplan.DecideWithReasons(new RouteRequest
    {
        Realm = Realm.Index,
        Peer = Peer,
        User = User,
        Method = Method,
        Source = Source,
        Called = Called,
        Caller = Caller,
        Domain = Domain,
        Headers = new WrittenHeaders(Headers),
        At = At,
    });

    /// <summary>The realm that is named, else the peer's, else the only one.</summary>
    /// <param name="fault">Why there is none.</param>
    public static Realm? FindRealm(GatewayModel model, string? name, Peer? peer, out string fault)
    {
        var realm = name is not null ? model.Realms.FirstOrDefault(realm => realm.Name == name && !realm.IsRemoved)
            : peer is not null ? model.Realms[peer.Realm]
            : model.Realms.Where(realm => !realm.IsRemoved).ToArray() is [var only] ? only : null;
        fault = (realm, peer) switch
        {
            (null, _) => name is null ? "there are several realms: name one" : $"there is no realm '{name}'",
            (_, { } from) when from.Realm != realm.Index => $"peer '{from.Name}' is not in realm '{realm.Name}'",
            _ => "",
        };
        return fault.Length == 0 ? realm : null;
    }

    private sealed class WrittenHeaders(IReadOnlyList<KeyValuePair<string, string>> headers) : IRouteHeaders
    {
        public bool TryFind(string name, int occurrence, out ReadOnlySpan<char> value)
        {
            var found = headers.Where(header => HeaderNames.Long(header.Key).Equals(name, StringComparison.OrdinalIgnoreCase)).Skip(occurrence).Take(1).ToArray();
            value = found.Length == 0 ? default : found[0].Value;
            return found.Length > 0;
        }
    }
}
