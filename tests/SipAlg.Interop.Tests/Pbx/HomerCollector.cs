using System.Net;
using System.Text;
using System.Text.RegularExpressions;
using SipAlg.Interop.Tests.Harness;

namespace SipAlg.Interop.Tests.Pbx;

/// <summary>A packet as the collector understands it; <paramref name="Time"/> is UTC.</summary>
internal sealed record HomerPacket(string Transport, string From, string To, DateTimeOffset Time, string Kind, string Agent, string Password, string Call, string Message);

/// <summary>Kamailio as a HEP collector (its module sipcapture).</summary>
internal sealed partial class HomerCollector : IAsyncDisposable
{
    private readonly ChildProcess _process;

    private HomerCollector(ChildProcess process) => _process = process;

    public static async Task<HomerCollector> StartAsync(ScenarioFolder folder, IPEndPoint listen) => new(await Kamailio.StartCollectorAsync(folder, listen));

    /// <summary>What has come so far.</summary>
    public IReadOnlyList<HomerPacket> Packets =>
    [
        .. Line().Matches(_process.Output).Select(match => match.Groups).Select(part => new HomerPacket(
            part["protocol"].Value switch { "17" => "udp", "6" => "tcp", var other => other }, part["from"].Value, part["to"].Value,
            DateTimeOffset.UnixEpoch.AddSeconds(Number(part["seconds"])).AddMicroseconds(Number(part["micro"])),
            part["kind"].Value, part["agent"].Value, part["password"].Value, part["call"].Value, Encoding.UTF8.GetString(Convert.FromHexString(part["message"].Value)))),
    ];

    public ValueTask DisposeAsync() => _process.DisposeAsync();

    private static long Number(Group digits) => long.Parse(digits.ValueSpan, System.Globalization.CultureInfo.InvariantCulture);

    [GeneratedRegex(@"HEP family=2 protocol=(?<protocol>\d+) from=(?<from>\S+) to=(?<to>\S+) time=(?<seconds>\d+)\.(?<micro>\d+) kind=(?<kind>\d+) agent=(?<agent>\d+) password=(?<password>\S*) call=(?<call>\S*) message=(?<message>[0-9a-fA-F]+)\r?\n")]
    private static partial Regex Line();
}
