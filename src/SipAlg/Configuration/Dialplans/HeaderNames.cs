using System.Text;
using System.Text.Json.Nodes;

namespace SipAlg.Configuration.Dialplans;

/// <summary>Which headers a route may look at and change, and a peer's rules may name.</summary>
internal static class HeaderNames
{
    /// <summary>What carries the message itself, by long and compact name (RFC 3261 §7.3.3): whoever changed it would break the dialog, or promise what nobody keeps.</summary>
    private static readonly HashSet<string> Protected = new(StringComparer.OrdinalIgnoreCase)
    {
        "Via", "v", "Call-ID", "i", "CSeq", "Contact", "m", "Route", "Record-Route", "Max-Forwards", "Content-Length", "l", "Content-Type", "c",
        "Content-Encoding", "e",
        "From", "f", "To", "t", "Allow", "Supported", "k", "Require", "Proxy-Require", "RSeq", "RAck", "Session-Expires", "x", "Min-SE",
    };

    /// <summary>The long form of a name: routes and rules may be written with the compact ones.</summary>
    public static string Long(string name) => Encoding.UTF8.GetString(Protocol.Sip.HeaderNames.Long(Encoding.UTF8.GetBytes(name)));

    public static string? TokenFault(string name) =>
        name.Length > 0 && name.All(c => char.IsAsciiLetterOrDigit(c) || "-.!%*_+`'~".Contains(c, StringComparison.Ordinal)) ? null : $"'{name}' is no header name";

    /// <summary>The rule of <see cref="TokenFault"/> as a JSON Schema of names.</summary>
    public static JsonObject Schema => new() { ["pattern"] = "^[-.!%*_+`'~0-9A-Za-z]+$" };

    public static string? EditFault(string name) => Protected.Contains(name)
        ? $"the header '{name}' cannot be set: the gateway writes it itself"
        : TokenFault(name);
}
