using SipAlg.Interop.Tests.Harness;

namespace SipAlg.Interop.Tests;

/// <summary>A host that gives the program fewer descriptors than its media ports want.</summary>
public sealed class HostLimitTests
{
    /// <summary>The soft limit is raised to the hard one; what is told is what the program really has.</summary>
    [Fact]
    public Task Check_tells_the_limit_that_the_program_has() => ScenarioFolder.RunAsync(() => "", async folder =>
    {
        folder.Write("dialplan.yaml", "routes: []");
        var file = folder.Write("sipalg.yaml", "realms: { a: { listen: tcp://127.0.0.1:5060, media: { ports: 10000-10999 } } }\ndialplan: dialplan.yaml\n");
        await using var check = ChildProcess.Start("prlimit", ["--nofile=600:700", GatewayProcess.Program, "check", "--config", file], folder);
        Assert.Equal(0, await check.ExitAsync(Eventually.Deadline));
        await Eventually.TrueAsync(() => check.Output.Contains("sound", StringComparison.Ordinal), text: "the verdict");
        Assert.Contains("warning: the descriptor limit is 700, and all media ports at once want 1512", check.Output, StringComparison.Ordinal);
    });
}
