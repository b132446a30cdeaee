using SipAlg.Configuration;
using SipAlg.Hosting;
using SipAlg.Protocol.Addresses;

namespace SipAlg.Tests.Hosting;

public sealed class WelcomeTests
{
    [Fact]
    public async Task It_tells_where_SIP_listens_and_numbers_that_the_default_dialplan_answers()
    {
        await using var host = await RunningHost.StartAsync();

        var text = Welcome.Text(host.Gateway, IpEndpoint.Parse("127.0.0.1:8080"));

        Assert.Contains($"port {host.Gateway.Network.Bound(0).Port} ", text, StringComparison.Ordinal);
        Assert.Contains("http://127.0.0.1:8080/healthz", text, StringComparison.Ordinal);
        var dialplan = ConfigurationLoader.LoadDefault().Configuration!.Model.Dialplan;
        Assert.All(["600", "601"], number =>
        {
            Assert.Contains($"{number} to hear", text, StringComparison.Ordinal);
            Assert.NotNull(dialplan.Decide(new() { Realm = 0, Method = "INVITE", Called = number, Caller = "1", At = DateTimeOffset.UnixEpoch }).Route);
        });
    }
}
