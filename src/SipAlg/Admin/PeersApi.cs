using SipAlg.Calls.Peers;
using SipAlg.Hosting;
using SipAlg.Metrics;
using SipAlg.Signaling.Transports;

namespace SipAlg.Admin;

/// <summary><c>/api/v1/peers</c>. The whole list: there are as many as the configuration names.</summary>
internal sealed class PeersApi(Gateway gateway)
{
    private static readonly string[] Outcomes = Labels.Of<AttemptOutcome>();

    public void Map(IEndpointRouteBuilder routes) => routes.MapGet("/api/v1/peers", ListAsync);

    private Task ListAsync(HttpContext context) =>
        context.Response.JsonAsync(200, new PeerList([.. gateway.Peers.Select(Details)], null), AdminJson.Default.PeerList);

    private PeerDetails Details(PeerState state)
    {
        var hops = state.Hops.All;
        var rest = state.RestLeft(gateway.Time).TotalSeconds;
        return new PeerDetails
        {
            Name = state.Peer.Name,
            Realm = gateway.Model.Realms[state.Peer.Realm].Name,
            Address = state.Peer.Address?.ToString(),
            Endpoint = hops.IsEmpty ? null : hops[0].Endpoint.ToString(),
            Transport = hops.IsEmpty ? null : TransportNames.Text(hops[0].Transport),
            Endpoints = [.. hops.Select(hop => $"{TransportNames.Text(hop.Transport)}:{hop.Endpoint}")],
            CallsActive = state.ActiveCalls,
            CallsLimit = state.Peer.Limits.Calls,
            CallsPerSecondLimit = state.Peer.Limits.CallsPerSecond,
            RestSeconds = rest > 0 ? Math.Round(rest, 3) : null,
            Attempts = Outcomes.Select((name, index) => (name, count: Volatile.Read(ref state.Attempts[index]))).ToDictionary(pair => pair.name, pair => pair.count),
        };
    }
}
