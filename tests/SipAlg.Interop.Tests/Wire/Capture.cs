using System.Net;
using System.Net.Sockets;
using System.Text;
using SipAlg.Interop.Tests.Harness;

namespace SipAlg.Interop.Tests.Wire;

/// <summary>One packet with a payload.</summary>
internal sealed record CapturedPacket(string Source, string Destination, byte[] Payload)
{
    /// <summary>Octet for character.</summary>
    public string Text => Encoding.Latin1.GetString(Payload);
}

/// <summary>What tshark sees on the loopback interface of the hosts that are named.</summary>
internal sealed class Capture : IAsyncDisposable
{
    // RFC 863 discard: nobody listens, and the capture sees it all the same.
    private const int MarkPort = 9;
    private readonly List<CapturedPacket> _packets = [];
    private readonly ScenarioFolder _folder;
    private readonly string _host;
    private ChildProcess _tshark = null!;

    private Capture(ScenarioFolder folder, string host)
    {
        _folder = folder;
        _host = host;
    }

    /// <summary>Captures as soon as this returns. The capture file stays beside the other files of the scenario.</summary>
    public static async Task<Capture> StartAsync(ScenarioFolder folder, params string[] hosts)
    {
        var capture = new Capture(folder, hosts[0]);
        string[] tshark =
        [
            "tshark", "-i", "lo", "-a", "duration:180", "-f", $"(udp or tcp) and ({string.Join(" or ", hosts.Select(host => $"host {host}"))})",
            "-w", folder["capture.pcapng"], "-P", "-l", "-T", "fields", "-E", "separator=;",
            "-e", "ip.src", "-e", "ip.dst", "-e", "udp.payload", "-e", "tcp.payload",
        ];
        // Only root may capture; sudo lets in who could install the peers.
        string[] command = Environment.IsPrivilegedProcess ? tshark : ["sudo", "-n", .. tshark];
        capture._tshark = ChildProcess.Start(command[0], command[1..], folder, capture.Take);
        await capture.SeesMarkAsync("begin");
        return capture;
    }

    private void Take(string line)
    {
        var fields = line.Split(';');
        var payload = fields[2].Length > 0 ? fields[2] : fields[3];
        lock (_packets)
        {
            _packets.Add(new CapturedPacket(fields[0], fields[1], Convert.FromHexString(payload)));
        }
    }

    /// <summary>Sends a datagram until the capture shows it: everything sent before is then in it too.</summary>
    private async Task SeesMarkAsync(string mark)
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        await Eventually.TrueAsync(() =>
        {
            Assert.False(_tshark.HasExited, _tshark.Output);
            socket.SendTo(Encoding.ASCII.GetBytes(mark), new IPEndPoint(IPAddress.Parse(_host), MarkPort));
            return Packets.Any(packet => packet.Text == mark);
        });
    }

    /// <summary>Up to now.</summary>
    public IReadOnlyList<CapturedPacket> Packets
    {
        get
        {
            lock (_packets)
            {
                return [.. _packets];
            }
        }
    }

    /// <summary>All packets up to now that have a payload.</summary>
    public async Task<IReadOnlyList<CapturedPacket>> FinishAsync()
    {
        await SeesMarkAsync("end");
        await EndAsync();
        return [.. Packets.Where(packet => packet.Payload.Length > 0 && packet.Text is not "begin" and not "end")];
    }

    /// <summary>A tshark that runs as another user is only told by that user.</summary>
    private async Task EndAsync()
    {
        if (Environment.IsPrivilegedProcess)
        {
            _tshark.AskToFinish();
        }
        else
        {
            await using var kill = ChildProcess.Start("sudo", ["-n", "kill", "-INT", $"{_tshark.Id}"], _folder);
            await kill.ExitAsync(Eventually.Deadline);
        }

        await _tshark.ExitAsync(Eventually.Deadline);
    }

    public async ValueTask DisposeAsync()
    {
        if (!_tshark.HasExited)
        {
            await EndAsync();
        }

        await _tshark.DisposeAsync();
    }
}
