using SipAlg.Configuration.Problems;
using SipAlg.Configuration.Shapes;
using SipAlg.Protocol.Addresses;
using SipAlg.Protocol.Sip;
using SipAlg.Signaling.Gate;

namespace SipAlg.Configuration.Options;

/// <summary>An entry of a realm's <c>allow</c> or <c>deny</c>: an address block, or a file of them.</summary>
/// <param name="File">Null for a block.</param>
internal readonly record struct AccessEntry(IpNetwork Network, string? File)
{
    private const string FilePrefix = "file:";

    public static ListShape<AccessEntry> List { get; } = new(
        new ScalarShape<AccessEntry>("an address block or file:PATH", text =>
            text.StartsWith(FilePrefix, StringComparison.Ordinal) && text.Length > FilePrefix.Length ? new AccessEntry(default, text[FilePrefix.Length..])
            : IpNetwork.TryParse(text, out var network) ? new AccessEntry(network, null)
            : Parsed<AccessEntry>.Bad("is no address block", "write it as 10.0.0.0/8, 2001:db8::/32, a single address, or file:lists/blocked.txt")),
        allowsOne: true);

    /// <summary>By their names on the wire.</summary>
    public static ListShape<SipMethod> Methods { get; } = new(
        new ChoiceShape<SipMethod>([.. Enum.GetValues<SipMethod>().Where(method => method != SipMethod.Unknown).Select(method => (System.Text.Encoding.ASCII.GetString(SipMethods.Name(method)), method))]),
        allowsOne: true);
}

/// <summary>A realm's <c>strangers</c>: how much each is taken of, or <c>off</c> for any amount.</summary>
internal sealed class StrangerOptions
{
    public Located<double?>? Packets { get; private set; }
    public Located<double?>? Requests { get; private set; }
    public Located<double?>? Connections { get; private set; }
    public Located<double?>? Total { get; private set; }

    public static ObjectShape<StrangerOptions> Shape { get; } = new ObjectShape<StrangerOptions>(_ => new StrangerOptions())
        .Key("packets", Durations.RateOrOff, (o, v) => o.Packets = v, "Datagrams, or messages over connections, of one source, or off.", "50/s")
        .Key("requests", Durations.RateOrOff, (o, v) => o.Requests = v, "Requests of one source, or off.", "20/s")
        .Key("connections", Durations.RateOrOff, (o, v) => o.Connections = v, "Connections that one source opens, or off.", "10/s")
        .Key("total", Durations.RateOrOff, (o, v) => o.Total = v, "Requests of all strangers together, in each lane, or off.", "2000/s");

    /// <summary>What may come at once is worth some seconds of what may come in one.</summary>
    public StrangerLimits Build()
    {
        var usual = StrangerLimits.Default;
        return new StrangerLimits
        {
            Packets = Rate(Packets, usual.Packets!.Value),
            Requests = Rate(Requests, usual.Requests!.Value),
            Connections = Rate(Connections, usual.Connections!.Value),
            AllRequests = Rate(Total, usual.AllRequests!.Value),
        };
    }

    private static GateRate? Rate(Located<double?>? written, GateRate usual) => written switch
    {
        null => usual,
        { Value: { } rate } => new GateRate(rate, Math.Max(1, rate * usual.AtOnce / usual.PerSecond)),
        _ => null,
    };
}
