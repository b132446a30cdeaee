using SipAlg.Admin.Description;
using SipAlg.Hosting;
using SipAlg.Media;

namespace SipAlg.Admin.Overview;

/// <summary><c>/api/v1/overview</c>: the figures on one page. Asks no lane.</summary>
internal sealed class OverviewApi(Gateway gateway, Reloader reloader, Drain drain, LiveFigures figures)
{
    private const int StepSeconds = 5;

    /// <summary>Seconds over which what is called "now" is taken.</summary>
    private const int Now = 10;
    private const int PortsOfPair = 2;
    private const int Digits = 3;

    public void Map(IEndpointRouteBuilder routes) => routes.MapGet("/api/v1/overview", ShowAsync).Describe(new Operation("How the gateway is now, and how it was in the last quarter of an hour.")
    {
        Answers = [Answer.Of(200, "Figures.", AdminJson.Default.OverviewBody)],
    });

    private Task ShowAsync(HttpContext context)
    {
        var samples = figures.Last(LiveFigures.Kept);
        var (peers, realms) = (gateway.Peers, gateway.Realms.ToArray());
        var now = Steps(samples.TakeLast(Now + 1).ToArray(), Now).DefaultIfEmpty(default).Last();
        var last = samples[^1];
        return context.Response.JsonAsync(
            200,
            new OverviewBody
            {
                At = gateway.Time.GetUtcNow(),
                Version = ProcessFacts.Version,
                Started = ProcessFacts.Started,
                UptimeSeconds = Math.Round((gateway.Time.GetUtcNow() - ProcessFacts.Started).TotalSeconds, Digits),
                Draining = gateway.IsDraining,
                DrainDeadline = drain.Deadline?.At,
                Stopping = gateway.IsStopping,
                LastReload = new ReloadState(reloader.Last.IsSuccess, reloader.Last.At),
                CallsActive = gateway.ActiveCalls,
                CallsPerSecond = now.CallsPerSecond,
                Last5Minutes = CallQuotas.Of(figures.Since(300)),
                Last60Minutes = CallQuotas.Of(figures.Since(3600)),
                RegistrationsActive = realms.Sum(realm => gateway.Registrar.Active(realm.Index)),
                PeersUp = peers.Count(peer => peer.IsUp(gateway.Time)),
                PeersTotal = peers.Length,
                Realms = [.. realms.Select(realm => new RealmFigures(
                    realm.Name, gateway.Registrar.Active(realm.Index), Pools(realm.Index, pool => pool.InUse) * PortsOfPair, Pools(realm.Index, pool => pool.Capacity) * PortsOfPair))],
                CpuCores = now.Cpu,
                Cpus = Environment.ProcessorCount,
                RelayDelaySeconds = now.RelayDelay,
                LaneDelaySeconds = now.LaneDelay,
                MemoryBytes = last.Memory,
                Series = Series(samples),
            },
            AdminJson.Default.OverviewBody);
    }

    private long Pools(int realm, Func<PortPool, long> cell) => Enumerable.Range(0, gateway.LaneCount).Sum(lane => gateway.Pools(lane, realm).Sum(cell));

    private FigureSeries Series(FigureSample[] samples)
    {
        var steps = Steps(samples, StepSeconds).ToArray();
        return new FigureSeries
        {
            StepSeconds = StepSeconds,
            Until = samples[^1].At,
            CallsActive = [.. steps.Select(step => step.CallsActive)],
            CallsPerSecond = [.. steps.Select(step => step.CallsPerSecond)],
            CpuCores = [.. steps.Select(step => step.Cpu)],
            RelayDelaySeconds = [.. steps.Select(step => step.RelayDelay)],
            LaneDelaySeconds = [.. steps.Select(step => step.LaneDelay)],
            MemoryBytes = [.. steps.Select(step => step.Memory)],
            Registrations = [.. steps.Select(step => step.Registrations)],
        };
    }

    private readonly record struct Step(int CallsActive, double CallsPerSecond, double Cpu, double RelayDelay, double LaneDelay, long Memory, int Registrations);

    /// <summary>Counted back from the newest sample; what does not fill a step is left out, unless there is no other.</summary>
    private IEnumerable<Step> Steps(FigureSample[] samples, int seconds)
    {
        var first = samples.Length <= seconds ? 0 : (samples.Length - 1) % seconds;
        for (var from = first; from < samples.Length - 1; from += seconds)
        {
            yield return StepOf(samples.AsSpan(from, Math.Min(seconds, samples.Length - 1 - from) + 1));
        }
    }

    private Step StepOf(ReadOnlySpan<FigureSample> samples)
    {
        var (first, last) = (samples[0], samples[^1]);
        var elapsed = Math.Max(0.001, gateway.Time.GetElapsedTime(first.Timestamp, last.Timestamp).TotalSeconds);
        var (relay, lane) = (0.0, 0.0);
        foreach (var sample in samples[1..])
        {
            (relay, lane) = (Math.Max(relay, sample.RelayDelay), Math.Max(lane, sample.LaneDelay));
        }

        // A call that ends leaves the one count a moment before the other.
        var begun = Math.Max(0, last.CallsEnded - first.CallsEnded + last.CallsActive - first.CallsActive);
        return new Step(
            last.CallsActive, Math.Round(begun / elapsed, Digits), Math.Round((last.CpuSeconds - first.CpuSeconds) / elapsed, Digits), relay, lane, last.Memory, last.Registrations);
    }
}
