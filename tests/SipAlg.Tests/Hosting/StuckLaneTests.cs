using System.Diagnostics;

namespace SipAlg.Tests.Hosting;

/// <summary>Observers answer while a lane does not.</summary>
public sealed class StuckLaneTests
{
    [Fact]
    public async Task Metrics_answer_and_health_tells_of_a_lane_that_is_stuck()
    {
        await using var host = await RunningHost.StartAsync();
        using var release = new ManualResetEventSlim();
        using var blocked = new ManualResetEventSlim();
        host.Gateway.ForEachLane(_ =>
        {
            blocked.Set();
            release.Wait();
        });
        blocked.Wait();

        try
        {
            await Eventually.True(async () => (await host.GetAsync("healthz")).Status == 503, "health tells of the stuck lane");
            var (_, health) = await host.GetAsync("healthz");
            Assert.Equal("stuck", (string?)health!["status"]);
            Assert.True((double)health["lanes"]![0]!["age_seconds"]! > 5);
            Assert.Equal("lane 0 is stuck", (string?)(await host.GetAsync("readyz")).Body!["reasons"]![0]);
            Assert.Contains("\nsipalg_calls_active 0\n", await host.Http.GetStringAsync(new Uri("metrics", UriKind.Relative)), StringComparison.Ordinal);

            var (status, calls) = await host.GetAsync("api/v1/calls");
            Assert.Equal((503, "lane_stuck"), (status, (string?)calls!["error"]));
        }
        finally
        {
            release.Set();
        }

        await Eventually.True(async () => (await host.GetAsync("healthz")).Status == 200, "health tells that the lane runs again");
    }

    [Fact]
    public async Task A_stop_is_not_held_up_by_a_lane_that_is_stuck()
    {
        await using var host = await RunningHost.StartAsync();
        using var release = new ManualResetEventSlim();
        using var blocked = new ManualResetEventSlim();
        host.Gateway.ForEachLane(_ =>
        {
            blocked.Set();
            release.Wait();
        });
        blocked.Wait();

        var began = Stopwatch.GetTimestamp();
        await host.Host.StopAsync(default);

        // The promise is 5 s; the stuck lane would hold it for ever.
        Assert.InRange(Stopwatch.GetElapsedTime(began), TimeSpan.Zero, TimeSpan.FromSeconds(20));
        release.Set();
    }
}
