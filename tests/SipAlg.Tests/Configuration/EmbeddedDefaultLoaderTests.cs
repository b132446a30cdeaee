using SipAlg.Calls.Dialplan;
using SipAlg.Calls.Model;
using SipAlg.Configuration;
using SipAlg.Configuration.Dialplans;
using SipAlg.Protocol.Addresses;
using SipAlg.Signaling.Transports;
using SipAlg.State;

namespace SipAlg.Tests.Configuration;

/// <summary>What the program does where it finds no configuration.</summary>
public sealed class EmbeddedDefaultLoaderTests
{
    [Fact]
    public void The_embedded_default_is_sound_and_reaches_nothing_but_services_and_its_users()
    {
        var result = ConfigurationLoader.LoadDefault(DemoUsers.Open("nowhere"));

        Assert.Empty(result.Problems);
        var model = result.Configuration!.Model;
        Assert.Null(Assert.Single(model.Peers).Address);
        Assert.DoesNotContain(model.Realms[0].Listen, listen => listen.Transport is not (Transport.Udp or Transport.Tcp));
        Assert.Equal(["service echo"], Targets(model, "600"));
        Assert.Equal(["service tone"], Targets(model, "tone"));
        Assert.Equal(404, model.Dialplan.Decide(new RouteRequest { Realm = 0, Called = "0123" }).Rejection!.Status);
        Assert.Equal(["alice 101", "bob 102"], model.Users.Users.Select(user => $"{user.Name} {Assert.Single(user.Numbers)}"));
        Assert.Equal(["registered 102"], Targets(model, "102"));
        Assert.Equal(401, model.Dialplan.Decide(new RouteRequest { Realm = 0, Called = "102", Peer = model.Peers[0] }).Rejection!.Status);
        Assert.Equal(Path.GetFullPath("state"), Path.GetFullPath(result.Configuration.Host.StateFolder));
        Assert.NotEmpty(result.Configuration.DialplanTests);
        Assert.Empty(DialplanTests.RunAll(result.Configuration, TimeProvider.System));
    }

    [Theory]
    [InlineData("127.0.0.1", true)]
    [InlineData("192.168.1.20", true)]
    [InlineData("172.31.0.1", true)]
    [InlineData("::1", true)]
    [InlineData("fd12::1", true)]
    [InlineData("203.0.113.7", false)]
    [InlineData("2001:db8::7", false)]
    public void The_embedded_default_knows_neighbours_only(string source, bool isKnown) =>
        Assert.Equal(isKnown, new PeerTable(ConfigurationLoader.LoadDefault(DemoUsers.Open("nowhere")).Configuration!.Model.Peers).Find(0, IpAddress.Parse(source), default) is not null);

    private static IEnumerable<string> Targets(GatewayModel model, string called) =>
        model.Dialplan.Decide(new RouteRequest { Realm = 0, Called = called }).Targets.Select(target => target.ToString());
}
