using System.Runtime.CompilerServices;
using Microsoft.Extensions.Logging.Abstractions;
using SipAlg.Calls.Model;
using SipAlg.Calls.Peers;
using SipAlg.Hosting;
using SipAlg.Protocol.Addresses;
using SipAlg.Signaling.Resolution;
using SipAlg.Signaling.Transports;
using SipAlg.Testing;

namespace SipAlg.Tests.Hosting;

public sealed class PeerResolverTests : IDisposable
{
    private readonly GatewayFolder _folder = new(more: "x-none: none");
    private readonly ManualTime _time = new();
    private readonly List<(SipTarget Target, HopReach Reach)> _asked = [];
    private string _hops = "";
    private string _accepted = "";
    private SipHops _answer = SipHops.None("pbx.example.com", HopOutcome.Failed, TimeSpan.FromSeconds(5));

    public void Dispose() => _folder.Dispose();

    private void Is(params string[] addresses) => _answer = SipHops.Of(
        "pbx.example.com", [.. addresses.Select(address => new SipHop(Transport.Udp, new IpEndpoint(IpAddress.Parse(address), 5060)))], TimeSpan.FromSeconds(60));

    private void Fails(HopOutcome outcome = HopOutcome.Failed) => _answer = SipHops.None("pbx.example.com", outcome, TimeSpan.FromSeconds(5));

    [Fact]
    public async Task The_peer_is_looked_for_as_its_address_is_written()
    {
        await using var resolver = Resolver("sip:pbx.example.com;transport=tcp");
        Is("192.0.2.1");
        await resolver.LookUpAsync();

        var (target, reach) = Assert.Single(_asked);
        Assert.Equal(new SipTarget("pbx.example.com", 0, Transport.Tcp, IsSecure: false), target);
        Assert.True(reach.Has(Transport.Udp, isV4: true));
    }

    [Fact]
    public async Task Where_it_is_it_is_called_and_may_call_in_from()
    {
        await using var resolver = Resolver();
        Is("192.0.2.2", "192.0.2.1");
        await resolver.LookUpAsync();

        Assert.Equal(("192.0.2.2 192.0.2.1", "192.0.2.1 192.0.2.2"), (_hops, _accepted));
    }

    [Theory]
    [InlineData(HopOutcome.Failed)]
    [InlineData(HopOutcome.NoName)]
    [InlineData(HopOutcome.NoAddress)]
    public async Task A_failure_keeps_what_was_found(HopOutcome outcome)
    {
        await using var resolver = Resolver();
        Is("192.0.2.1");
        await resolver.LookUpAsync();
        Fails(outcome);
        _time.MoveTo(_time.Now + 10_000_000);
        await resolver.LookUpAsync();

        Assert.Equal(("192.0.2.1", "192.0.2.1"), (_hops, _accepted));
    }

    [Fact]
    public async Task An_address_that_is_left_may_call_in_for_an_hour()
    {
        await using var resolver = Resolver();
        Is("192.0.2.1");
        await resolver.LookUpAsync();
        _time.MoveTo(_time.Now + 7_200_000);
        Is("192.0.2.3");
        await resolver.LookUpAsync();
        Assert.Equal(("192.0.2.3", "192.0.2.1 192.0.2.3"), (_hops, _accepted));

        _time.MoveTo(_time.Now + 3_599_000);
        await resolver.LookUpAsync();
        Assert.Equal("192.0.2.1 192.0.2.3", _accepted);

        _time.MoveTo(_time.Now + 1000);
        await resolver.LookUpAsync();
        Assert.Equal("192.0.2.3", _accepted);
    }

    [Fact]
    public async Task An_address_that_comes_back_stays()
    {
        await using var resolver = Resolver();
        Is("192.0.2.1");
        await resolver.LookUpAsync();
        Is("192.0.2.3");
        await resolver.LookUpAsync();
        Is("192.0.2.1");
        await resolver.LookUpAsync();
        _time.MoveTo(_time.Now + 3_600_000);
        await resolver.LookUpAsync();

        Assert.Equal("192.0.2.1", _accepted);
    }

    [Fact]
    public async Task An_end_does_not_wait_for_a_look_up()
    {
        var asked = new TaskCompletionSource();
        var resolver = Resolver(find: async (_, _) =>
        {
            asked.TrySetResult();
            await Task.Delay(Timeout.Infinite);
            return _answer;
        });
        resolver.Start();
        await asked.Task;

        await resolver.DisposeAsync();

        Assert.Equal("", _hops);
    }

    /// <summary>A gateway that is reloaded again and again would else hold every configuration that it ever had.</summary>
    [Fact]
    public void One_that_has_taken_another_s_place_does_not_hold_it()
    {
        var (next, before) = Replaced();
        GC.Collect();
        Assert.False(before.IsAlive);
        GC.KeepAlive(next);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private (PeerResolver Next, WeakReference Before) Replaced()
    {
        var before = Resolver();
        return (Resolver(before: before), new WeakReference(before));
    }

    private PeerResolver Resolver(string uri = "sip:pbx.example.com", Func<SipTarget, HopReach, Task<SipHops>>? find = null, PeerResolver? before = null)
    {
        var model = _folder.Load().Configuration.Model;
        Assert.True(PeerAddress.TryParse(uri, out var address, out _));
        var peer = new PeerState(new Peer { Index = 0, Name = "pbx", Realm = 0, Address = address });
        return new PeerResolver(model, [peer], find ?? AnswerAsync, Found, NullLogger.Instance, _time, before);
    }

    private Task<SipHops> AnswerAsync(SipTarget target, HopReach reach)
    {
        _asked.Add((target, reach));
        return Task.FromResult(_answer);
    }

    private void Found(PeerState peer, SipHops hops, IReadOnlyList<IpAddress> accepted) =>
        (_hops, _accepted) = (string.Join(' ', hops.All.Select(hop => hop.Endpoint.Address)), string.Join(' ', accepted.Select(address => address.ToString()).Order()));
}
