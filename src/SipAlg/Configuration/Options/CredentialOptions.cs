using SipAlg.Calls.Model;
using SipAlg.Configuration.Problems;
using SipAlg.Configuration.Shapes;

namespace SipAlg.Configuration.Options;

/// <summary>One of a peer's <c>credentials</c>.</summary>
internal sealed class CredentialOptions
{
    public Located<string>? Username { get; private set; }
    public Located<string>? Realm { get; private set; }
    public Located<Secret>? Password { get; private set; }

    private static readonly ScalarShape<string> Line = new("a text", text => text.Length is > 0 and <= 256 && !text.Any(char.IsControl)
        ? text
        : Parsed<string>.Bad("is no text of one line, at most 256 characters"));

    public static ObjectShape<CredentialOptions> Shape { get; } = new ObjectShape<CredentialOptions>(_ => new CredentialOptions())
        .Required("username", Line, (o, v) => o.Username = v, "As the peer knows the gateway.")
        .Key("realm", Line, (o, v) => o.Realm = v, "Only challenges of this realm are answered.", "any")
        .Required("password", SecretShape.Password, (o, v) => o.Password = v, "What the peer has given.");

    public PeerCredentials Build() => new(Username!.Value, Realm?.Value, Password!.Value.Reveal());
}
