using System.Text.Json.Nodes;
using SipAlg.Calls.Model;
using SipAlg.Configuration.Dialplans;
using SipAlg.Configuration.Problems;
using SipAlg.Configuration.Shapes;
using SipAlg.Hep;

namespace SipAlg.Configuration.Options;

internal sealed class TraceOptions
{
    private const int MostName = 60;

    /// <summary>Octets; null inside it for off.</summary>
    public Located<long?>? Memory { get; private set; }

    /// <summary>Null inside it for off.</summary>
    public Located<TimeSpan?>? Series { get; private set; }

    /// <summary>Without id and password.</summary>
    public Located<HepSettings>? Hep { get; private set; }
    public Located<int>? HepId { get; private set; }
    public Located<Secret>? HepPassword { get; private set; }

    /// <summary>Of INVITEs that the gateway sends.</summary>
    public Located<string>? Header { get; private set; }

    private static readonly ScalarShape<HepSettings> Collector = new("a collector such as udp://homer.example:9060", Parse,
        new JsonObject { ["type"] = "string", ["pattern"] = "^(udp|tcp)://" });

    /// <summary>What no standard gives a meaning to: whoever does not know it leaves it alone (RFC 3261 §8.2.2).</summary>
    private static readonly ScalarShape<string> Field = new("a header name such as X-Call-Trace", text =>
        text.Length is > 2 and <= MostName && text.StartsWith("X-", StringComparison.OrdinalIgnoreCase) && HeaderNames.TokenFault(text) is null
            ? text
            : Parsed<string>.Bad("is no name for it", $"it begins with X- and has at most {MostName} letters, as X-Call-Trace"));

    public static ObjectShape<TraceOptions> Shape { get; } = new ObjectShape<TraceOptions>(_ => new TraceOptions())
        .Key("memory", Sizes.BetweenOrOff("4MiB", "64GiB"), (o, v) => o.Memory = v, "Memory for the messages of recent calls, or off.", "64MiB")
        .Key("series", Durations.BetweenOrOff("1s", "60s"), (o, v) => o.Series = v, "How often it is looked at how the media of a call comes, or off.", "5s")
        .Key("hep", Collector, (o, v) => o.Hep = v, "Homer collector that gets the messages of calls (HEP version 3), as udp://host:port or tcp://host:port.")
        .Key("hep_id", Scalars.Integer(1, int.MaxValue), (o, v) => o.HepId = v, "The gateway's number among the collector's capture agents.", "2001")
        .Key("hep_password", SecretShape.Password, (o, v) => o.HepPassword = v, "The collector's key; it goes over the network as it is.")
        .Key("header", Field, (o, v) => o.Header = v, "Header field that has the id of the call in each INVITE that the gateway sends, such as X-Call-Trace.", "none");

    private static Parsed<HepSettings> Parse(string text)
    {
        const string Hint = "write it as udp://homer.example:9060, tcp://10.0.0.5 or udp://[2001:db8::5]:9060";
        var isStream = text.StartsWith("tcp://", StringComparison.Ordinal);
        return (isStream || text.StartsWith("udp://", StringComparison.Ordinal)) && PeerAddress.TryParse("sip:" + text[6..], out var address, out _) && address!.User is null && address.Transport is null
            ? new HepSettings(address.Host, address.Port == 0 ? HepSettings.DefaultPort : address.Port, isStream, HepSettings.DefaultId, null)
            : Parsed<HepSettings>.Bad("is no collector", Hint);
    }
}
