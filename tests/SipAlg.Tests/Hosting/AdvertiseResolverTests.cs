using Microsoft.Extensions.Logging.Abstractions;
using SipAlg.Calls.Model;
using SipAlg.Hosting;
using SipAlg.Protocol.Addresses;
using SipAlg.Signaling.Resolution;
using SipAlg.Signaling.Transports;
using SipAlg.Testing;

namespace SipAlg.Tests.Hosting;

public sealed class AdvertiseResolverTests : IDisposable
{
    private readonly GatewayFolder _folder = new(more: "x-none: none");
    private readonly List<(SipTarget Target, HopReach Reach)> _asked = [];
    private readonly List<string> _shown = [];
    private SipHops _answer = SipHops.None("gw.example", HopOutcome.Failed, TimeSpan.FromSeconds(5));

    public void Dispose() => _folder.Dispose();

    private void Is(params string[] addresses) => _answer = SipHops.Of(
        "gw.example", [.. addresses.Select(address => new SipHop(Transport.Udp, new IpEndpoint(IpAddress.Parse(address), 5060)))], TimeSpan.FromSeconds(60));

    [Fact]
    public async Task The_addresses_of_the_host_are_shown_from_when_they_are_known()
    {
        await using var resolver = Resolver();
        await resolver.LookUpAsync();
        Assert.Empty(_shown);

        Is("203.0.113.10", "2001:db8::10");
        await resolver.LookUpAsync();
        Assert.Equal(["203.0.113.10 2001:db8::10 10.0.0.0/8"], _shown);
        var (target, _) = _asked[0];
        Assert.Equal(("gw.example", 5060), (target.Host, target.Port));
    }

    [Fact]
    public async Task A_change_is_told_and_another_order_or_a_failure_is_none()
    {
        await using var resolver = Resolver();
        Is("203.0.113.10", "203.0.113.11");
        await resolver.LookUpAsync();
        Is("203.0.113.11", "203.0.113.10");
        await resolver.LookUpAsync();
        _answer = SipHops.None("gw.example", HopOutcome.NoName, TimeSpan.FromSeconds(5));
        await resolver.LookUpAsync();
        Is("203.0.113.12");
        await resolver.LookUpAsync();

        Assert.Equal(["203.0.113.10 none 10.0.0.0/8", "203.0.113.12 none 10.0.0.0/8"], _shown);
    }

    [Fact]
    public async Task Nobody_is_asked_for_addresses_that_are_written()
    {
        await using var resolver = new AdvertiseResolver(_folder.Load().Configuration.Model, FindAsync, Found, NullLogger.Instance, new ManualTime());
        await resolver.LookUpAsync();

        Assert.Empty(_asked);
    }

    private AdvertiseResolver Resolver()
    {
        var model = _folder.Load().Configuration.Model;
        var rule = new AdvertiseRule { HostName = "gw.example", Except = [new IpNetwork(IpAddress.Parse("10.0.0.0"), 8)] };
        return new AdvertiseResolver(
            model with { Realms = [model.Realms[0] with { Advertise = rule }] }, FindAsync, Found, NullLogger.Instance, new ManualTime());
    }

    private Task<SipHops> FindAsync(SipTarget target, HopReach reach)
    {
        _asked.Add((target, reach));
        return Task.FromResult(_answer);
    }

    private void Found(Realm realm, AdvertiseRule rule) => _shown.Add($"{rule.V4} {rule.V6} {rule.Except[0]}");
}
