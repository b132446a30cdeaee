using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Logging.Abstractions;
using SipAlg.Calls.Model;
using SipAlg.Calls.Peers;
using SipAlg.Hosting;
using SipAlg.Protocol.Addresses;

namespace SipAlg.Tests.Hosting;

public sealed class PeerResolverTests : IDisposable
{
    private readonly GatewayFolder _folder = new(more: "x-none: none");
    private readonly List<string> _resolved = [];
    private Func<string, IPAddress[]> _answer = _ => throw new SocketException((int)SocketError.HostNotFound);

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task What_a_host_resolves_to_is_told_once()
    {
        await using var resolver = Resolver();
        _answer = _ => [IPAddress.Parse("192.0.2.1"), IPAddress.Parse("192.0.2.2")];
        await resolver.LookUpAsync();
        _answer = _ => [IPAddress.Parse("192.0.2.2"), IPAddress.Parse("192.0.2.1")];
        await resolver.LookUpAsync();

        Assert.Equal(["pbx: 192.0.2.1, 192.0.2.2"], _resolved);
    }

    [Fact]
    public async Task A_change_is_told_and_a_failure_keeps_what_was_found()
    {
        await using var resolver = Resolver();
        _answer = _ => [IPAddress.Parse("192.0.2.1")];
        await resolver.LookUpAsync();
        _answer = _ => throw new SocketException((int)SocketError.TryAgain);
        await resolver.LookUpAsync();
        _answer = _ => [IPAddress.Parse("192.0.2.3")];
        await resolver.LookUpAsync();

        Assert.Equal(["pbx: 192.0.2.1", "pbx: 192.0.2.3"], _resolved);
    }

    [Fact]
    public async Task Addresses_that_the_realm_cannot_reach_are_left_out()
    {
        await using var resolver = Resolver();
        _answer = _ => [IPAddress.Parse("2001:db8::1")];
        await resolver.LookUpAsync();
        _answer = _ => [IPAddress.Parse("2001:db8::1"), IPAddress.Parse("192.0.2.1")];
        await resolver.LookUpAsync();

        Assert.Equal(["pbx: 192.0.2.1"], _resolved);
    }

    [Fact]
    public async Task An_end_does_not_wait_for_a_look_up()
    {
        var asked = new TaskCompletionSource();
        var resolver = Resolver(async (_, stopping) =>
        {
            asked.SetResult();
            await Task.Delay(Timeout.Infinite, stopping);
            return [];
        });
        resolver.Start();
        await asked.Task;

        await resolver.DisposeAsync();

        Assert.Empty(_resolved);
    }

    private PeerResolver Resolver(Func<string, CancellationToken, Task<IPAddress[]>>? lookUp = null)
    {
        var model = _folder.Load().Configuration.Model;
        Assert.True(PeerAddress.TryParse("sip:pbx.example.com", out var address, out _));
        var peer = new PeerState(new Peer { Index = 0, Name = "pbx", Realm = 0, Address = address });
        return new PeerResolver(model, [peer], lookUp ?? ((host, _) => Task.FromResult(_answer(host))), Told, NullLogger.Instance, TimeProvider.System);
    }

    private void Told(PeerState peer, IReadOnlyList<IpAddress> addresses) => _resolved.Add($"{peer.Peer.Name}: {string.Join(", ", addresses)}");
}
