using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text.RegularExpressions;
using SipAlg.Linux.Netlink;
using SipAlg.Testing.Network;

namespace SipAlg.Tests.Hosting;

/// <summary>A gateway that is killed while it relays in the kernel. As root, as CI is.</summary>
public sealed class KilledTests : IDisposable
{
    private readonly NetworkRoom _room = new();

    public void Dispose() => _room.Dispose();

    private int Filters => _room.Do(() =>
    {
        using var control = new TrafficControl();
        return control.List(NetworkInterface.Loopback, "sipalg/").Count;
    });

    [Fact]
    public async Task It_leaves_nothing_in_the_kernel_and_the_next_one_serves()
    {
        using var call = new AudioCall(_room);
        using var folder = new GatewayFolder(far: call.FarPort, more: "media: { fast_path: required }");
        using var killed = await StartAsync(folder);
        Assert.DoesNotContain("clsact", killed.Output, StringComparison.Ordinal);
        var held = await KillInCallAsync(killed, call);
        // Two of the maps tell strangers from those who are known; each relay thread has a ring.
        Assert.Equal((1, 4 + RelayThreads(killed), 1), (held.Count("prog"), held.Count("map"), held.Count("link")));
        await Eventually.True(() => held.Left.Count == 0, "all is gone");
        Assert.False(call.IsHeardOn);

        using var next = await StartAsync(folder);
        await TalkInKernelAsync(next, call);
    }

    /// <summary>Without tcx an entrance stays, which leads nowhere: nothing is relayed, and the next gateway removes it.</summary>
    [Fact]
    public async Task Without_tcx_it_relays_nothing_any_more_and_the_next_one_cleans_up_and_serves()
    {
        using var call = new AudioCall(_room);
        using var folder = new GatewayFolder(far: call.FarPort, more: "media: { fast_path: required }");
        using var killed = await StartAsync(folder, withoutTcx: true);
        Assert.Contains("media are relayed there by clsact", killed.Output, StringComparison.Ordinal);
        var held = await KillInCallAsync(killed, call);
        Assert.Equal((2, 5 + RelayThreads(killed), 0), (held.Count("prog"), held.Count("map"), held.Count("link")));
        await Eventually.True(() => held.Left.Count == 2, "the relay, its flows and cells are gone, and not its entrance");
        Assert.False(call.IsHeardOn);
        Assert.Equal(1, Filters);

        using var next = await StartAsync(folder, withoutTcx: true);
        await Eventually.True(() => held.Left.Count == 0, "the entrance is gone");
        await TalkInKernelAsync(next, call);
        Assert.Equal(1, Filters);

        // Whoever starts beside one that lives leaves its place alone.
        using var other = new GatewayFolder(more: "media: { fast_path: required }");
        using var beside = await StartAsync(other, withoutTcx: true);
        Assert.Equal(1, Filters);
        next.Signal(Signals.Term);
        Assert.Equal(0, await next.ExitAsync());
        Assert.Equal(0, Filters);
    }

    [Fact]
    public async Task It_leaves_no_ring_and_the_next_one_encrypts_by_its_own()
    {
        using var call = new AudioCall(_room, isSecure: true);
        using var folder = new GatewayFolder(far: call.FarPort, trunk: "srtp: optional", more: "media: { fast_path: required }");
        using var killed = await StartAsync(folder);
        await TalkByRingAsync(killed, call);
        var held = KernelObjects.Of(killed.Id);
        Assert.Equal((1, 4 + RelayThreads(killed), 1), (held.Count("prog"), held.Count("map"), held.Count("link")));
        killed.Signal(Signals.KillNow);
        await killed.ExitAsync();
        await Eventually.True(() => held.Left.Count == 0, "all is gone");
        Assert.False(call.IsHeardOn);

        using var next = await StartAsync(folder);
        await TalkByRingAsync(next, call);
    }

    private static int RelayThreads(GatewayProcess program) =>
        int.Parse(Regex.Match(program.Output, "relay threads: ([0-9]+)").Groups[1].Value, CultureInfo.InvariantCulture);

    private async Task<GatewayProcess> StartAsync(GatewayFolder folder, bool withoutTcx = false)
    {
        var program = _room.Do(() => GatewayProcess.With($"SIPALG_WITHOUT_TCX={(withoutTcx ? 1 : 0)}", "run", "--config", folder.File));
        await program.SaysAsync("Admin on http://");
        Assert.Contains("media path: kernel", program.Output, StringComparison.Ordinal);
        return program;
    }

    /// <returns>What it had in the kernel.</returns>
    private async Task<KernelObjects> KillInCallAsync(GatewayProcess program, AudioCall call)
    {
        await TalkInKernelAsync(program, call);
        var held = KernelObjects.Of(program.Id);
        Assert.Equal(held.Count("prog") + held.Count("map") + held.Count("link"), held.Left.Count);
        program.Signal(Signals.KillNow);
        await program.ExitAsync();
        return held;
    }

    /// <summary>A call whose packets both ways have come to cross in the kernel.</summary>
    private async Task TalkInKernelAsync(GatewayProcess program, AudioCall call)
    {
        await call.BeginAsync(program.Port("udp://127.0.0.1:"));
        await Eventually.True(
            async () =>
            {
                call.Talk();
                var metrics = await MetricsAsync(program);
                return metrics.Contains("sipalg_rtp_kernel_flows 2\n", StringComparison.Ordinal) && metrics.Contains("sipalg_rtp_kernel_interfaces 1\n", StringComparison.Ordinal);
            },
            "the kernel relays");
    }

    /// <summary>A call whose packets one way have come to be encrypted past the sockets.</summary>
    private async Task TalkByRingAsync(GatewayProcess program, AudioCall call)
    {
        await call.BeginAsync(program.Port("udp://127.0.0.1:"));
        await Eventually.True(
            async () =>
            {
                call.Talk();
                var metrics = await MetricsAsync(program);
                return metrics.Contains("sipalg_rtp_ring_flows 1\n", StringComparison.Ordinal) && !metrics.Contains("sipalg_rtp_ring_packets_total 0\n", StringComparison.Ordinal) &&
                    metrics.Contains("sipalg_rtp_kernel_packets_total 0\n", StringComparison.Ordinal);
            },
            "by the ring");
    }

    private async Task<string> MetricsAsync(GatewayProcess program)
    {
        using var http = new HttpClient(new SocketsHttpHandler
        {
            ConnectCallback = async (context, stop) =>
            {
                var socket = _room.Do(() => new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp));
                await socket.ConnectAsync(IPAddress.Loopback, program.Port("http://127.0.0.1:"), stop);
                return new NetworkStream(socket, ownsSocket: true);
            },
        });
        return await http.GetStringAsync(new Uri("http://127.0.0.1/metrics"));
    }
}
