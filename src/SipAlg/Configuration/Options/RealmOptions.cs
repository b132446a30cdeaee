using SipAlg.Calls.Model;
using SipAlg.Media;
using SipAlg.Configuration.Problems;
using SipAlg.Configuration.Shapes;
using SipAlg.Protocol.Digest;
using SipAlg.Protocol.Sip;

namespace SipAlg.Configuration.Options;

internal sealed class RealmOptions(SourcePosition at)
{
    public SourcePosition At { get; } = at;
    public Located<IReadOnlyList<Located<ListenAddress>>>? Listen { get; private set; }
    public AdvertiseOptions? Advertise { get; private set; }
    public RealmMediaOptions? Media { get; private set; }
    public Located<Latching>? Latching { get; private set; }
    public Located<bool>? Nat { get; private set; }
    public KeepAliveOptions? KeepAlive { get; private set; }

    /// <summary>For realms and for peers.</summary>
    public static ChoiceShape<bool> NatChoice { get; } = new([("auto", true), ("off", false)]);
    public Located<SrtpMode>? Srtp { get; private set; }

    /// <summary>For realms and for peers.</summary>
    public static ChoiceShape<SrtpMode> SrtpChoice { get; } = new([("off", SrtpMode.Off), ("optional", SrtpMode.Optional), ("required", SrtpMode.Required)]);
    public Located<string>? Domain { get; private set; }
    public IReadOnlyList<Located<DigestAlgorithm>> Digest { get; private set; } = [];
    public IReadOnlyList<Located<CertificateOptions>> Certificates { get; private set; } = [];
    public TlsRuleOptions? Tls { get; private set; }
    public RegistrationsOptions? Registrations { get; private set; }
    public Located<IReadOnlyList<Located<AccessEntry>>>? Allow { get; private set; }
    public IReadOnlyList<Located<AccessEntry>> Deny { get; private set; } = [];
    public IReadOnlyList<Located<SipMethod>>? Methods { get; private set; }
    public StrangerOptions? Strangers { get; private set; }

    private static readonly ChoiceShape<DigestAlgorithm> Algorithm = new([("md5", DigestAlgorithm.Md5), ("sha-256", DigestAlgorithm.Sha256)]);

    public static ObjectShape<RealmOptions> Shape { get; } = new ObjectShape<RealmOptions>(at => new RealmOptions(at))
        .Required("listen", new ListShape<ListenAddress>(Listeners.Shape, allowsOne: true), (o, v) => o.Listen = v, "Where SIP is taken: udp://address:port, tcp://address:port, tls://address:port.")
        .Key("advertise", AdvertiseOptions.Shape, (o, v) => o.Advertise = v.Value, "Shown in Via and Contact.", "the local address towards the destination")
        .Key("media", RealmMediaOptions.Shape, (o, v) => o.Media = v.Value, "Addresses and ports of this realm's media.")
        .Key("latching", new ChoiceShape<Latching>([("symmetric", SipAlg.Media.Latching.Symmetric), ("strict", SipAlg.Media.Latching.Strict), ("off", SipAlg.Media.Latching.Off)]),
            (o, v) => o.Latching = v, "Which sources a media stream takes.", "symmetric")
        .Key("nat", NatChoice, (o, v) => o.Nat = v, "Whether those who are no peers are looked at for signs of NAT.", "auto")
        .Key("keep_alive", KeepAliveOptions.Shape, (o, v) => o.KeepAlive = v.Value, "How often the way to phones behind NAT is kept open, or off.", "25s")
        .Key("domain", Scalars.HostName, (o, v) => o.Domain = v, "Domain that users register with and authenticate in; without one nobody does.")
        .Key("digest", new ListShape<DigestAlgorithm>(Algorithm, allowsOne: true), (o, v) => o.Digest = v.Value, "Algorithms of the challenges, the strongest first.", "[md5]")
        .Key("registrations", RegistrationsOptions.Shape, (o, v) => o.Registrations = v.Value, "How long phones are registered for, or which peer registers them.")
        .Key("srtp", SrtpChoice, (o, v) => o.Srtp = v, "Whether SRTP with keys in SDP (RFC 4568) ends at the gateway here.", "off")
        .Key("certificate", new ListShape<CertificateOptions>(CertificateOptions.Shape, allowsOne: true), (o, v) => o.Certificates = v.Value, "What is shown with TLS; of several the one whose name is asked for, else the first.")
        .Key("tls", TlsRuleOptions.OfRealm, (o, v) => o.Tls = v.Value, "Which versions TLS has here, whom it trusts, and whether it asks for certificates.")
        .Key("allow", AccessEntry.List, (o, v) => o.Allow = v, "Address blocks that are heard, or file:PATH of a list; nobody else is.", "everybody")
        .Key("deny", AccessEntry.List, (o, v) => o.Deny = v.Value, "Address blocks that are not heard, or file:PATH of a list.", "nobody")
        .Key("methods", AccessEntry.Methods, (o, v) => o.Methods = v.Value, "Methods that are served; others are answered 405.", "all that the gateway knows")
        .Key("strangers", StrangerOptions.Shape, (o, v) => o.Strangers = v.Value, "What sources may use that are no peer's and have not proven who they are.");
}
