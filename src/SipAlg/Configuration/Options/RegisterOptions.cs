using System.Text.Json.Nodes;
using SipAlg.Calls.Model;
using SipAlg.Configuration.Problems;
using SipAlg.Configuration.Shapes;

namespace SipAlg.Configuration.Options;

/// <summary>A peer's <c>register</c>.</summary>
internal sealed class RegisterOptions
{
    public Located<PeerAddress>? Aor { get; private set; }
    public Located<TimeSpan>? Expires { get; private set; }
    public Located<string>? ContactUser { get; private set; }

    private static readonly ScalarShape<PeerAddress> AddressOfRecord = new("a SIP URI with a user", text =>
    {
        var parsed = SipAddresses.Parse(text);
        return parsed.Fault is not null ? parsed
            : parsed.Value!.User is null ? Parsed<PeerAddress>.Bad("has no user part", "write it as sip:4711@sip.carrier.example")
            : parsed.Value.Transport is not null ? Parsed<PeerAddress>.Bad("is a name, not a way: it has no transport", "write the transport in 'address'")
            : parsed;
    }, new JsonObject { ["type"] = "string", ["pattern"] = $"{SipAddresses.Beginning}.+@" });

    private static readonly ScalarShape<string> User = new("a user part",
        text => text.Length is > 0 and <= 64 && text.All(c => char.IsAsciiLetterOrDigit(c) || "-_.!~*'()&=+$,;?/".Contains(c, StringComparison.Ordinal))
            ? text
            : Parsed<string>.Bad("is no user part of a SIP URI", "letters, digits and - _ . + do"));

    public static ObjectShape<RegisterOptions> Shape { get; } = new ObjectShape<RegisterOptions>(_ => new RegisterOptions())
        .Required("aor", AddressOfRecord, (o, v) => o.Aor = v, "The address-of-record, as the peer knows the gateway.")
        .Key("expires", Durations.Between("30s", "7d"), (o, v) => o.Expires = v, "How long a registration is asked to hold.", "10m")
        .Key("contact_user", User, (o, v) => o.ContactUser = v, "User part of the registered Contact.", "one that nobody guesses");

    public PeerRegistration Build() => new(Aor!.Value, Expires?.Value ?? TimeSpan.FromMinutes(10), ContactUser?.Value);
}
