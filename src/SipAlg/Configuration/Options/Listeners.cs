using System.Text.Json.Nodes;
using SipAlg.Calls.Model;
using SipAlg.Configuration.Shapes;
using SipAlg.Protocol.Addresses;
using SipAlg.Signaling.Transports;

namespace SipAlg.Configuration.Options;

/// <summary>Listener addresses such as <c>udp://0.0.0.0:5060</c>; without a port, 5060, with TLS 5061.</summary>
internal static class Listeners
{
    private const string Example = "write it as udp://0.0.0.0:5060, tcp://[::]:5060, tls://0.0.0.0:5061";

    public static ScalarShape<ListenAddress> Shape { get; } = new("an address such as udp://0.0.0.0:5060", Parse,
        new JsonObject { ["type"] = "string", ["pattern"] = "^(udp|tcp|tls)://" });

    private static Parsed<ListenAddress> Parse(string text)
    {
        var separator = text.IndexOf("://", StringComparison.Ordinal);
        var scheme = separator < 0 ? "" : text[..separator];
        return scheme switch
        {
            "udp" => Parse(Transport.Udp, text[(separator + 3)..]),
            "tcp" => Parse(Transport.Tcp, text[(separator + 3)..]),
            "tls" => Parse(Transport.Tls, text[(separator + 3)..]),
            "ws" or "wss" => Parsed<ListenAddress>.Bad($"cannot be listened on: {scheme} is not built yet", "this version takes udp, tcp and tls"),
            _ => Parsed<ListenAddress>.Bad("is no listener address", Example),
        };
    }

    private static Parsed<ListenAddress> Parse(Transport transport, string authority)
    {
        if (IpEndpoint.TryParse(authority, out var endpoint))
        {
            return new ListenAddress(transport, endpoint);
        }

        return IpAddress.TryParse(authority, out var address) && (address.IsV4 || authority.StartsWith('['))
            ? new ListenAddress(transport, new IpEndpoint(address, SipPorts.Default(transport)))
            : Parsed<ListenAddress>.Bad("is no listener address", $"{Example}; listeners take IP addresses, not names");
    }
}
