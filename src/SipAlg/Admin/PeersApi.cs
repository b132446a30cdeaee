using System.Globalization;
using System.Text;
using SipAlg.Admin.Description;
using SipAlg.Calls.Peers;
using SipAlg.Hosting;
using SipAlg.Metrics;
using SipAlg.Signaling.Resolution;
using SipAlg.Signaling.Transports;

namespace SipAlg.Admin;

/// <summary><c>/api/v1/peers</c>: the peers in the order of the configuration, and how each of them is. Asks no lane.</summary>
internal sealed class PeersApi(Gateway gateway)
{
    private static readonly string[] Outcomes = Labels.Of<AttemptOutcome>();

    private static readonly Parameter[] Filters =
    [
        new("name", "A part of its name."),
        new("realm", "The realm that it is in."),
        new("up", "Whether requests may go to it.") { Values = ["true", "false"] },
    ];

    public void Map(IEndpointRouteBuilder routes) => routes.MapGet("/api/v1/peers", ListAsync).Describe(new Operation("The peers, in the order of the configuration.")
    {
        Query = [.. Filters, .. Paging.Parameters],
        Answers = [Answer.Of(200, "One page.", AdminJson.Default.PeerList), Paging.BadQuery],
    });

    private Task ListAsync(HttpContext context)
    {
        var query = context.Request.Query;
        if (!Paging.TryLimit(query, out var limit))
        {
            return context.Response.BadLimitAsync();
        }

        if (!Paging.TryPlace(query, out var first))
        {
            return context.Response.BadCursorAsync();
        }

        var rest = gateway.Peers.Index().Skip(first).Where(peer => IsWanted(query, peer.Item)).Take(limit + 1).ToArray();
        var next = rest.Length > limit ? rest[limit].Index.ToString(CultureInfo.InvariantCulture) : null;
        return context.Response.JsonAsync(200, new PeerList([.. rest.Take(limit).Select(peer => Details(peer.Item))], next), AdminJson.Default.PeerList);
    }

    private bool IsWanted(IQueryCollection query, PeerState state) =>
        (query.Text("name") is not { } name || state.Peer.Name.Contains(name, StringComparison.OrdinalIgnoreCase)) &&
        (query.Text("realm") is not { } realm || gateway.Model.Realms[state.Peer.Realm].Name == realm) &&
        (query.Text("up") is not { } isUp || isUp == (state.IsUp(gateway.Time) ? "true" : "false"));

    private PeerDetails Details(PeerState state)
    {
        var hops = state.Hops.All;
        var rest = state.RestLeft(gateway.Time).TotalSeconds;
        var reach = state.Reach;
        return new PeerDetails
        {
            Name = state.Peer.Name,
            Realm = gateway.Model.Realms[state.Peer.Realm].Name,
            Address = state.Peer.Address?.ToString(),
            OutboundProxy = state.Peer.OutboundProxy?.ToString(),
            Endpoint = hops.IsEmpty ? null : hops[0].Endpoint.ToString(),
            Transport = hops.IsEmpty ? null : TransportNames.Text(hops[0].Transport),
            Endpoints = [.. hops.Select(Text)],
            CallsActive = state.ActiveCalls,
            CallsLimit = state.Peer.Limits.Calls,
            CallsPerSecondLimit = state.Peer.Limits.CallsPerSecond,
            RestSeconds = rest > 0 ? Math.Round(rest, 3) : null,
            Up = state.IsUp(gateway.Time),
            DownSince = reach.IsDown ? reach.Since : null,
            DownReason = reach.IsDown ? PingLosses.Text(reach.Reason) : null,
            Silent = [.. reach.Silent.Select(Text)],
            Registration = state.Registration is { } status ? Registration(state, status) : null,
            Attempts = Outcomes.Select((name, index) => (name, count: Volatile.Read(ref state.Attempts[index]))).ToDictionary(pair => pair.name, pair => pair.count),
        };
    }

    private PeerRegistrationDetails Registration(PeerState state, RegistrationStatus status) => new()
    {
        Registered = status.IsRegistered(gateway.Time),
        Aor = state.Peer.Register!.Aor.ToString(),
        Contact = status.Contact.Length == 0 ? null : status.Contact,
        RegisteredUntil = status.RegisteredUntil,
        Outcome = RegistrationOutcomes.Text(status.Outcome),
        Status = status.Status == 0 ? null : status.Status,
        Answered = status.Answered,
        Endpoint = status.Place is { } place ? Text(place) : null,
        NextTry = status.Next,
        Failures = status.Failures,
        Route = state.Routes.IsEmpty ? null : Encoding.UTF8.GetString(state.Routes),
    };

    private static string Text(SipHop hop) => $"{TransportNames.Text(hop.Transport)}:{hop.Endpoint}";
}
