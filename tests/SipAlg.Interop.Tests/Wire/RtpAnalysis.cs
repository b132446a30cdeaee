using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text.RegularExpressions;
using SipAlg.Interop.Tests.Harness;
using SipAlg.Interop.Tests.Nat;

namespace SipAlg.Interop.Tests.Wire;

/// <summary>A stream in tshark's RTP analysis (<c>-z rtp,streams</c>).</summary>
internal sealed record AnalysedStream(string Source, uint Ssrc, int Packets, int Lost, double MeanJitterSeconds, double MaxJitterSeconds);

/// <summary>A capture of UDP on one interface of a namespace, for tshark's own analysis of what is RTP in it.</summary>
internal sealed partial class RtpAnalysis : IAsyncDisposable
{
    /// <summary>RFC 863 discard: nobody listens, and the capture sees it all the same.</summary>
    private const int MarkPort = 9;

    private readonly ScenarioFolder _folder;
    private readonly NetworkNamespace _space;
    private readonly IPEndPoint _mark;
    private ChildProcess _capture = null!;
    private volatile bool _isMarked;

    private RtpAnalysis(ScenarioFolder folder, NetworkNamespace space, string far) => (_folder, _space, _mark) = (folder, space, new IPEndPoint(IPAddress.Parse(far), MarkPort));

    /// <summary>Captures as soon as this returns.</summary>
    /// <param name="folder">The scenario's.</param>
    /// <param name="space">Where.</param>
    /// <param name="link">The interface.</param>
    /// <param name="far">Whoever is at the other end of it.</param>
    public static async Task<RtpAnalysis> StartAsync(ScenarioFolder folder, NetworkNamespace space, string link, string far)
    {
        var analysis = new RtpAnalysis(folder, space, far);
        var (program, arguments) = space.Command(
            "tshark", "-i", link, "-f", "udp", "-a", "duration:120", "-w", folder["rtp.pcapng"], "-P", "-l", "-T", "fields", "-e", "udp.dstport");
        analysis._capture = ChildProcess.Start(program, arguments, folder, line => analysis._isMarked |= line == $"{MarkPort}");
        await analysis.SeesMarkAsync();
        return analysis;
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
    public async Task<AnalysedStream[]> FinishAsync()
    {
        await SeesMarkAsync();
        _capture.AskToFinish();
        await _capture.ExitAsync(Eventually.Deadline);
        await using var tshark = ChildProcess.Start(
            "tshark", ["-r", _folder["rtp.pcapng"], "-o", "rtp.heuristic_rtp:TRUE", "-q", "-z", "rtp,streams"], _folder);
        Assert.Equal(0, await tshark.ExitAsync(Eventually.Deadline));
        return [.. Stream().Matches(tshark.Output).Select(Read)];
    }

    private static AnalysedStream Read(Match stream) => new(
        stream.Groups["source"].Value, uint.Parse(stream.Groups["ssrc"].ValueSpan, NumberStyles.HexNumber, CultureInfo.InvariantCulture),
        (int)Number(stream, "packets"), (int)Number(stream, "lost"), Number(stream, "mean") / 1000, Number(stream, "max") / 1000);

    private static double Number(Match stream, string name) => double.Parse(stream.Groups[name].ValueSpan, CultureInfo.InvariantCulture);

    public ValueTask DisposeAsync() => _capture.DisposeAsync();

    /// <summary>Times, addresses and ports, SSRC, format, packets, lost (share), deltas and jitters: least, mean and most, in milliseconds.</summary>
    [GeneratedRegex(
        @"^\s*[\d.]+\s+[\d.]+\s+(?<source>[\d.]+)\s+\d+\s+[\d.]+\s+\d+\s+0x(?<ssrc>[0-9A-Fa-f]+)\s+.*?\s(?<packets>\d+)\s+(?<lost>-?\d+)\s+\([^)]*\)(?:\s+[\d.]+){4}\s+(?<mean>[\d.]+)\s+(?<max>[\d.]+)",
        RegexOptions.Multiline)]
    private static partial Regex Stream();
}
