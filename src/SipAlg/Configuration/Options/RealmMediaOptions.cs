using System.Globalization;
using System.Text.Json.Nodes;
using SipAlg.Configuration.Problems;
using SipAlg.Configuration.Shapes;
using SipAlg.Protocol.Addresses;

namespace SipAlg.Configuration.Options;

internal sealed class RealmMediaOptions
{
    public IReadOnlyList<Located<IpAddress>> Bind { get; private set; } = [];
    public IReadOnlyList<Located<IpAddress>> Advertise { get; private set; } = [];
    /// <summary>How many accounts of ports its addresses have: the n-th of each family share one.</summary>
    public int Sets => Math.Max(1, Bind.GroupBy(address => address.Value.IsV4).Select(family => family.Count()).DefaultIfEmpty(0).Max());

    /// <summary>Ports that all its streams may take together.</summary>
    public int PortsInAll => Sets * (Ports?.Value ?? PortRange.Default).Count;

    public Located<PortRange>? Ports { get; private set; }
    public Located<int>? Reserve { get; private set; }
    public Located<byte>? Dscp { get; private set; }

    private const int MostCodePoint = 63;

    private static readonly ScalarShape<byte> CodePoint = new("a code point such as ef, af41, cs5 or 46", Dscps.Parse,
        new JsonObject { ["type"] = new JsonArray("string", "integer"), ["minimum"] = 0, ["maximum"] = MostCodePoint, ["pattern"] = $"^({NumberPatterns.Between(0, MostCodePoint)}|ef|va|be|cs[0-7]|af[1-4][1-3])$" });

    private static readonly ScalarShape<PortRange> Range = new("a port range such as 10000-19999", PortRange.Parse,
        new JsonObject { ["type"] = "string", ["pattern"] = "^[0-9]+-[0-9]+$" });

    public static ObjectShape<RealmMediaOptions> Shape { get; } = new ObjectShape<RealmMediaOptions>(_ => new RealmMediaOptions())
        .Key("bind", new ListShape<IpAddress>(Scalars.Address, allowsOne: true), (o, v) => o.Bind = v.Value,
            "Local addresses of media; several of one family have ports of their own each.", "the local address towards the destination")
        .Key("advertise", new ListShape<IpAddress>(Scalars.Address, allowsOne: true), (o, v) => o.Advertise = v.Value,
            "Addresses shown in SDP, for each bound address of a family one, in the same order.", "what the realm advertises, else the bound address")
        .Key("ports", Range, (o, v) => o.Ports = v, "Ports of media, both ends included.", PortRange.Default.ToString())
        .Key("dscp", CodePoint, (o, v) => o.Dscp = v, "Code point (RFC 2474) that routers see on its packets: 0 to 63, ef, af41 or cs5.", "0")
        .Key("reserve", Scalars.Integer(0, 65535), (o, v) => o.Reserve = v, "Ports of each address that only emergency routes may take.", "0");
}

/// <summary>Both ends included.</summary>
internal readonly record struct PortRange(ushort First, ushort Last)
{
    public static PortRange Default { get; } = new(10000, 19999);

    public int Count => Last - First + 1;

    public bool Overlaps(PortRange other) => First <= other.Last && other.First <= Last;

    public bool Contains(int port) => port >= First && port <= Last;

    public static Parsed<PortRange> Parse(string text)
    {
        var dash = text.IndexOf('-', StringComparison.Ordinal);
        if (dash < 0 || !TryPort(text[..dash], out var first) || !TryPort(text[(dash + 1)..], out var last))
        {
            return Parsed<PortRange>.Bad("is no port range", "write it as 10000-19999");
        }

        // A stream takes an even port and the odd one above it.
        return last < first + 1 + (first % 2)
            ? Parsed<PortRange>.Bad("holds no pair of an even port and the next", "write it as 10000-19999")
            : new PortRange(first, last);
    }

    public override string ToString() => $"{First}-{Last}";

    private static bool TryPort(string text, out ushort port) =>
        ushort.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out port) && port > 0;
}
