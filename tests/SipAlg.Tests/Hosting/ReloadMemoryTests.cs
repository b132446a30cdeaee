using System.Runtime.CompilerServices;
using SipAlg.Journal;

namespace SipAlg.Tests.Hosting;

/// <summary>What a gateway that is reloaded again and again keeps of what ran before.</summary>
public sealed class ReloadMemoryTests
{
    /// <summary>Calls of each of them are in the list of ended calls, those that went wrong for as long as there are no thousand others.</summary>
    [Fact]
    public async Task Configurations_before_the_last_few_are_gone()
    {
        await using var host = await RunningHost.StartAsync();
        var models = new List<WeakReference>();
        for (var reload = 0; reload < RecentCalls.Dialplans + 3; reload++)
        {
            models.Add(Running(host));
            using var phone = host.Phone();
            Assert.StartsWith("SIP/2.0 200 ", await phone.CallAsync("600"), StringComparison.Ordinal);
            await phone.HangUpAsync();
            using var other = host.Phone();
            Assert.StartsWith("SIP/2.0 404 ", await other.CallAsync("nobody"), StringComparison.Ordinal);
            await host.Host.Journal.CatchUpAsync(CancellationToken.None);
            Assert.True((await host.Host.Reloader.ReloadAsync("test")).IsDone);
        }

        Assert.Equal(2 * models.Count, host.Host.Journal.Recent.Page(0, 100, out _).Count);
        await Eventually.True(
            () =>
            {
                GC.Collect();
                return Task.FromResult(models.Count(model => model.IsAlive) < RecentCalls.Dialplans);
            },
            "they are collected");
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static WeakReference Running(RunningHost host) => new(host.Gateway.Model);
}
