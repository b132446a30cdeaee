using SipAlg.Calls.Model;
using SipAlg.Configuration.Problems;
using SipAlg.Configuration.Shapes;
using SipAlg.Signaling.Tls;
using SipAlg.Tls;

namespace SipAlg.Configuration.Options;

/// <summary>A <c>certificate</c> of a realm or a peer.</summary>
internal sealed class CertificateOptions
{
    public Located<string>? Chain { get; private set; }
    public Located<string>? Key { get; private set; }
    public IReadOnlyList<Located<string>> Names { get; private set; } = [];

    public static ObjectShape<CertificateOptions> Shape { get; } = new ObjectShape<CertificateOptions>(_ => new CertificateOptions())
        .Required("chain", Scalars.Path, (o, v) => o.Chain = v, "PEM file: the certificate, then those that lead to its authority.")
        .Required("key", Scalars.Path, (o, v) => o.Key = v, "PEM file of its private key, without a password.")
        .Key("names", new ListShape<string>(Scalars.HostName, allowsOne: true), (o, v) => o.Names = v.Value, "It is shown to who asks for one of these names (SNI).", "the names in it");

    public CertificateFiles Build(Func<string, string> resolve) => new(resolve(Chain!.Value), resolve(Key!.Value), [.. Names.Select(name => name.Value.ToLowerInvariant())]);
}

/// <summary>The <c>tls</c> of a realm or a peer.</summary>
internal sealed class TlsRuleOptions
{
    /// <summary>Instead of a file.</summary>
    public const string SystemTrust = "system";

    public Located<bool>? IsOnly13 { get; private set; }
    public Located<string>? Trust { get; private set; }
    public Located<ClientCertificates>? Clients { get; private set; }
    public IReadOnlyList<Located<string>> Names { get; private set; } = [];

    private static readonly ChoiceShape<bool> Versions = new([("1.2", false), ("1.3", true)]);

    private static readonly ScalarShape<string> Name = new("a domain", text => PeerAddress.IsHost(text) || text.Contains(':', StringComparison.Ordinal) && Protocol.Addresses.IpAddress.TryParse(text, out _)
        ? text.ToLowerInvariant()
        : Parsed<string>.Bad("is no name that a certificate may have", text.Contains('*', StringComparison.Ordinal) ? "RFC 5922 §7.2 allows no wildcards: write the whole name" : "write it as sip.carrier.example"));

    public static ObjectShape<TlsRuleOptions> OfRealm { get; } = Common(new ObjectShape<TlsRuleOptions>(_ => new TlsRuleOptions()), "1.2", "system")
        .Key("client_certificate", new ChoiceShape<ClientCertificates>([("off", ClientCertificates.Off), ("optional", ClientCertificates.Optional), ("required", ClientCertificates.Required)]),
            (o, v) => o.Clients = v, "Whether who connects is asked for a certificate, and whether there is a connection without one.", "optional where a peer is known by its TLS name, else off");

    public static ObjectShape<TlsRuleOptions> OfPeer { get; } = Common(new ObjectShape<TlsRuleOptions>(_ => new TlsRuleOptions()), "that of the realm", "that of the realm")
        .Key("names", new ListShape<string>(Name, allowsOne: true), (o, v) => o.Names = v.Value, "Domains of which its certificate has to name one.", "the hosts of its address and domain")
        .Key("client_certificate", new ChoiceShape<ClientCertificates>([("optional", ClientCertificates.Optional), ("required", ClientCertificates.Required)]),
            (o, v) => o.Clients = v, "required: only who shows a certificate that names it is this peer, whatever its source.", "optional");

    private static ObjectShape<TlsRuleOptions> Common(ObjectShape<TlsRuleOptions> shape, string version, string trust) => shape
        .Key("minimum", Versions, (o, v) => o.IsOnly13 = v, "The oldest version that is spoken: 1.2 or 1.3.", version)
        .Key("trust", Scalars.Path, (o, v) => o.Trust = v, "PEM file of the authorities that are trusted, or system.", trust);
}
