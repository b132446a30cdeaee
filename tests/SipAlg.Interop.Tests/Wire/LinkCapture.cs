using System.Net;
using System.Net.Sockets;
using SipAlg.Interop.Tests.Harness;
using SipAlg.Interop.Tests.Nat;

namespace SipAlg.Interop.Tests.Wire;

/// <summary>A capture of UDP on one interface of a namespace, for tshark's own analysis of what is RTP in it.</summary>
internal sealed class LinkCapture : IAsyncDisposable
{
    /// <summary>RFC 863 discard: nobody listens, and the capture sees it all the same.</summary>
    private const int MarkPort = 9;

    private readonly ScenarioFolder _folder;
    private readonly NetworkNamespace _space;
    private readonly IPEndPoint _mark;
    private ChildProcess _capture = null!;
    private volatile bool _isMarked;

    private LinkCapture(ScenarioFolder folder, NetworkNamespace space, string far) => (_folder, _space, _mark) = (folder, space, new IPEndPoint(IPAddress.Parse(far), MarkPort));

    /// <summary>Captures as soon as this returns.</summary>
    /// <param name="folder">The scenario's.</param>
    /// <param name="space">Where.</param>
    /// <param name="link">The interface.</param>
    /// <param name="far">Whoever is at the other end of it.</param>
    public static async Task<LinkCapture> StartAsync(ScenarioFolder folder, NetworkNamespace space, string link, string far)
    {
        var capture = new LinkCapture(folder, space, far);
        var (program, arguments) = space.Command(
            "tshark", "-i", link, "-f", "udp", "-a", "duration:120", "-w", folder["capture.pcapng"], "-P", "-l", "-T", "fields", "-e", "udp.dstport");
        capture._capture = ChildProcess.Start(program, arguments, folder, line => capture._isMarked |= line == $"{MarkPort}");
        await capture.SeesMarkAsync();
        return capture;
    }

    /// <summary>Sends a datagram until the capture shows it: everything that was there before is then in it too.</summary>
    private async Task SeesMarkAsync()
    {
        using var socket = _space.Socket(SocketType.Dgram, ProtocolType.Udp);
        _isMarked = false;
        await Eventually.TrueAsync(() =>
        {
            Assert.False(_capture.HasExited, _capture.Output);
            socket.SendTo([0], _mark);
            return _isMarked;
        });
    }

    /// <summary>The streams that it has seen.</summary>
    public async Task<RtpAnalysis[]> FinishAsync()
    {
        await SeesMarkAsync();
        _capture.AskToFinish();
        await _capture.ExitAsync(Eventually.Deadline);
        return await RtpAnalysis.ReadAsync(_folder);
    }

    public ValueTask DisposeAsync() => _capture.DisposeAsync();
}
