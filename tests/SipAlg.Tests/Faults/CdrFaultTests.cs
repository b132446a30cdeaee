using SipAlg.Journal.Targets;
using SipAlg.Tests.Hosting;

namespace SipAlg.Tests.Faults;

/// <summary>Something stands where call records are to be written.</summary>
public sealed class CdrFaultTests
{
    /// <summary>A pipe has no length and nobody reads it: it is refused as a place for records, which wait for a better one.</summary>
    [Fact]
    public async Task A_pipe_in_the_place_of_the_file_holds_up_nothing()
    {
        await using var host = await RunningHost.StartAsync();
        Directory.CreateDirectory(Path.GetDirectoryName(host.CdrFile)!);
        await Mounts.RunAsync("mkfifo", host.CdrFile);
        await CallAsync(host);
        await CallAsync(host);
        await Eventually.True(() => Counts(host).Failures > 0, "it was tried");
        await CallAsync(host);
        Assert.Equal(0, Counts(host).Written);

        File.Delete(host.CdrFile);
        await Eventually.True(() => Counts(host).Written == 3, "all are written");
        Assert.Equal(3, (await File.ReadAllLinesAsync(host.CdrFile)).Length);
    }

    private static CdrCounts Counts(RunningHost host) => host.Host.Journal.Counts.Single();

    private static async Task CallAsync(RunningHost host)
    {
        using var phone = host.Phone();
        Assert.StartsWith("SIP/2.0 200 ", await phone.CallAsync("600"), StringComparison.Ordinal);
        await phone.HangUpAsync();
    }
}
