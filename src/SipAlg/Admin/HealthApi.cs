using SipAlg.Admin.Access;
using SipAlg.Admin.Description;
using SipAlg.Calls.Overload;
using SipAlg.Hosting;

namespace SipAlg.Admin;

/// <summary>Whether the gateway is alive, and whether it takes calls. Asks no lane: a stuck one is what it must be able to tell.</summary>
internal sealed class HealthApi(Gateway gateway)
{
    /// <summary>An idle lane comes round once a second.</summary>
    private static readonly TimeSpan Stuck = TimeSpan.FromSeconds(5);

    public void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/healthz", HealthAsync).Describe(new Operation("Whether the gateway is alive.")
        {
            Need = AccessNeed.None,
            Answers = [Answer.Of(200, "Alive.", AdminJson.Default.HealthBody), Answer.Of(503, "A lane is stuck.", AdminJson.Default.HealthBody)],
        });
        routes.MapGet("/readyz", ReadyAsync).Describe(new Operation("Whether the gateway takes calls.")
        {
            Need = AccessNeed.None,
            Answers = [Answer.Of(200, "Ready.", AdminJson.Default.ReadyBody), Answer.Of(503, "It drains, stops, or is stuck; the reasons say so.", AdminJson.Default.ReadyBody)],
        });
    }

    private Task HealthAsync(HttpContext context)
    {
        var ages = Enumerable.Range(0, gateway.LaneCount).Select(lane => gateway.Network.Lanes[lane].Age).ToArray();
        var isAlive = ages.All(age => age <= Stuck);
        var lanes = ages.Select((age, lane) => new LaneHealth(lane, Math.Round(age.TotalSeconds, 3))).ToArray();
        return context.Response.JsonAsync(isAlive ? 200 : 503, new HealthBody(isAlive ? "alive" : "stuck", lanes), AdminJson.Default.HealthBody);
    }

    private double Overload() => Math.Round(gateway.Calls.Max(lane => Math.Max(lane.RefusedFor(OverloadCause.Lane), lane.RefusedFor(OverloadCause.Relay))), 3);

    private Task ReadyAsync(HttpContext context)
    {
        List<string> reasons = [];
        if (gateway.IsStopping)
        {
            reasons.Add("stopping");
        }
        else if (gateway.IsDraining)
        {
            reasons.Add("draining");
        }

        for (var lane = 0; lane < gateway.LaneCount; lane++)
        {
            if (gateway.Network.Lanes[lane].Age > Stuck)
            {
                reasons.Add($"lane {lane} is stuck");
            }
        }

        return context.Response.JsonAsync(reasons.Count == 0 ? 200 : 503, new ReadyBody(reasons.Count == 0, reasons, Overload()), AdminJson.Default.ReadyBody);
    }
}
