using System.Globalization;
using System.Text;
using SipAlg.Calls.Peers;
using SipAlg.Hosting;
using SipAlg.Metrics;
using SipAlg.Signaling.Resolution;
using SipAlg.Signaling.Transports;

namespace SipAlg.Admin;

/// <summary><c>/api/v1/peers</c>: the peers in the order of the configuration, and how each of them is. Asks no lane.</summary>
internal sealed class PeersApi(Gateway gateway)
{
    private const int DefaultLimit = 100;
    private const int MostLimit = 1000;
    private static readonly string[] Outcomes = Labels.Of<AttemptOutcome>();

    public void Map(IEndpointRouteBuilder routes) => routes.MapGet("/api/v1/peers", ListAsync);

    private Task ListAsync(HttpContext context)
    {
        var query = context.Request.Query;
        var (limit, first) = (DefaultLimit, 0);
        if (query["limit"].ToString() is { Length: > 0 } text && !(int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out limit) && limit is >= 1 and <= MostLimit))
        {
            return context.Response.ErrorAsync(400, "bad_limit", $"limit is a number from 1 to {MostLimit}.");
        }

        if (query["cursor"].ToString() is { Length: > 0 } cursor && !int.TryParse(cursor, NumberStyles.None, CultureInfo.InvariantCulture, out first))
        {
            return context.Response.ErrorAsync(400, "bad_cursor", "cursor is what the page before gave as next.");
        }

        var page = gateway.Peers.Skip(first).Take(limit).Select(Details).ToArray();
        var next = first + page.Length < gateway.Peers.Length && page.Length > 0 ? (first + page.Length).ToString(CultureInfo.InvariantCulture) : null;
        return context.Response.JsonAsync(200, new PeerList(page, next), AdminJson.Default.PeerList);
    }

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
