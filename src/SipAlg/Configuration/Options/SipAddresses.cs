using System.Text.Json.Nodes;
using SipAlg.Calls.Model;
using SipAlg.Configuration.Shapes;

namespace SipAlg.Configuration.Options;

/// <summary>SIP URIs of next hops.</summary>
internal static class SipAddresses
{
    /// <summary>A pattern: schemes may be written in capitals (RFC 3986 §3.1).</summary>
    public const string Beginning = "^[sS][iI][pP][sS]?:";

    public static ScalarShape<PeerAddress> Shape { get; } = new("a SIP URI", Parse, new JsonObject { ["type"] = "string", ["pattern"] = Beginning });

    public static Parsed<PeerAddress> Parse(string text) => PeerAddress.TryParse(text, out var address, out var fault)
        ? address!
        : Explain(text, fault);

    private static Parsed<PeerAddress> Explain(string text, PeerAddressFault fault) => fault switch
    {
        PeerAddressFault.Scheme => Parsed<PeerAddress>.Bad("is no SIP URI", $"write it as sip:{(text.Contains("://", StringComparison.Ordinal) ? "10.0.1.10:5060" : text)}"),
        PeerAddressFault.WebSocket => Parsed<PeerAddress>.Bad("asks for WebSocket, which is not built yet", "this version takes transport=udp, tcp and tls"),
        PeerAddressFault.Insecure => Parsed<PeerAddress>.Bad("is a sips: URI over UDP, which has no TLS", "leave the transport out"),
        PeerAddressFault.User => Parsed<PeerAddress>.Bad("has no valid user part"),
        PeerAddressFault.Host => Parsed<PeerAddress>.Bad("has no valid host", "write sip:host or sip:10.0.1.10:5060, an IPv6 address in brackets"),
        PeerAddressFault.Port => Parsed<PeerAddress>.Bad("has no valid port"),
        _ => Parsed<PeerAddress>.Bad("has a parameter that is not known here", "write ;transport=udp, ;transport=tcp or ;transport=tls, or nothing"),
    };
}
