using System.Globalization;
using System.Text.Json.Nodes;
using SipAlg.Calls.Model;
using SipAlg.Protocol.Addresses;

namespace SipAlg.Configuration.Shapes;

/// <summary>The single values that the configuration is made of.</summary>
internal static class Scalars
{
    public static ScalarShape<string> Text { get; } = new("a text", text => text.AsSpan().ContainsAny('\r', '\n')
        ? Parsed<string>.Bad("holds a line break")
        : text);

    public static ScalarShape<string> Path { get; } = new("a path", text => text.Length == 0 || text.Any(char.IsControl)
        ? Parsed<string>.Bad("is no path")
        : text);

    public static ScalarShape<string> Name { get; } = new("a name", text => text);

    public static ChoiceShape<bool> Flag { get; } = new([("true", true), ("false", false)]);

    public static ScalarShape<IpAddress> Address { get; } = new("an IP address", text => IpAddress.TryParse(text, out var address)
        ? address
        : Parsed<IpAddress>.Bad("is no IP address"));

    public static ScalarShape<IpNetwork> Network { get; } = new("an address block", text => IpNetwork.TryParse(text, out var network)
        ? network
        : Parsed<IpNetwork>.Bad("is no address block", "write it as 10.0.0.0/8, 2001:db8::/32 or a single address"));

    public static ScalarShape<string> HostName { get; } = new("a host name", text => PeerAddress.IsHost(text)
        ? text
        : Parsed<string>.Bad("is no host name"));

    /// <summary>As it is written outside URIs: IPv6 without brackets.</summary>
    public static ScalarShape<string> AddressOrHostName { get; } = new("an IP address or a host name", text => IpAddress.TryParse(text, out _) || PeerAddress.IsHostName(text)
        ? text
        : Parsed<string>.Bad("is no IP address and no host name"));

    public static ScalarShape<IpEndpoint> Endpoint { get; } = new("an address with a port", text => IpEndpoint.TryParse(text, out var endpoint)
        ? endpoint
        : Parsed<IpEndpoint>.Bad("is no address with a port", "write it as 127.0.0.1:8080 or [::1]:8080"));

    public static ScalarShape<int> Integer(int least, int most) => new($"a number from {least} to {most}", text =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= least && number <= most
            ? number
            : Parsed<int>.Bad($"is no number from {least} to {most}"),
        new JsonObject { ["type"] = new JsonArray("integer", "string"), ["minimum"] = least, ["maximum"] = most, ["pattern"] = $"^{NumberPatterns.Between(least, most)}$" });
}
