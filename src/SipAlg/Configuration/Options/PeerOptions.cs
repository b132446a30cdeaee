using SipAlg.Calls.Model;
using SipAlg.Configuration.Problems;
using SipAlg.Configuration.Shapes;
using SipAlg.Protocol.Addresses;

namespace SipAlg.Configuration.Options;

internal sealed class PeerOptions(SourcePosition at)
{
    public SourcePosition At { get; } = at;
    public Located<string>? Realm { get; private set; }
    public Located<PeerAddress>? Address { get; private set; }
    public Located<IReadOnlyList<Located<IpNetwork>>>? AcceptFrom { get; private set; }
    public IReadOnlyList<Located<string>> MatchDomains { get; private set; } = [];
    public IReadOnlyList<Located<IpNetwork>> MediaFrom { get; private set; } = [];
    public Located<string>? Domain { get; private set; }
    public Located<PeerAddress>? OutboundProxy { get; private set; }
    public RegisterOptions? Register { get; private set; }
    public Located<TimeSpan?>? Ping { get; private set; }
    public IReadOnlyList<Located<CredentialOptions>> Credentials { get; private set; } = [];
    public LimitOptions? Limits { get; private set; }
    public AccountOptions? Fraud { get; private set; }
    public Located<LargeRequests>? LargeRequests { get; private set; }
    public IReadOnlyList<Located<CallerSource>> CallerIn { get; private set; } = [];
    public Located<CalledSource>? CalledFrom { get; private set; }
    public Located<bool>? Trust { get; private set; }
    public Located<bool>? Nat { get; private set; }
    public Located<bool>? MergesForks { get; private set; }
    public Located<TransferMode>? Transfer { get; private set; }
    public Located<DtmfMode>? Dtmf { get; private set; }
    public Located<SrtpMode>? Srtp { get; private set; }
    public HeaderRuleOptions? Headers { get; private set; }
    public CodecOptions? Codecs { get; private set; }
    public Located<CertificateOptions>? Certificate { get; private set; }
    public TlsRuleOptions? Tls { get; private set; }
    public Located<StatusMap>? MapStatus { get; private set; }

    private static readonly ListShape<IpNetwork> Networks = new(Scalars.Network, allowsOne: true);
    private static readonly ChoiceShape<LargeRequests> LargeRequestsChoice =
        new([("auto", Calls.Model.LargeRequests.Auto), ("udp", Calls.Model.LargeRequests.Udp), ("tcp", Calls.Model.LargeRequests.Tcp)]);

    private static readonly ChoiceShape<CallerSource> CallerChoice = new(
    [
        ("from", CallerSource.From), ("pai", CallerSource.AssertedIdentity), ("ppi", CallerSource.PreferredIdentity), ("rpid", CallerSource.RemotePartyId),
    ]);

    private static readonly ChoiceShape<CalledSource> CalledChoice = new(
        [("request_uri", CalledSource.RequestUri), ("to", CalledSource.To), ("p_called_party_id", CalledSource.CalledPartyId)]);

    private static readonly ChoiceShape<TransferMode> TransferChoice =
        new([("auto", TransferMode.Auto), ("pass", TransferMode.Pass), ("gateway", TransferMode.Gateway)]);

    private static readonly ChoiceShape<DtmfMode> DtmfChoice = new([("rfc4733", DtmfMode.Rfc4733), ("info", DtmfMode.Info), ("pass", DtmfMode.Pass)]);

    private static readonly ObjectShape<PeerOptions> Match = new ObjectShape<PeerOptions>(at => new PeerOptions(at))
        .Required("domain", new ListShape<string>(Scalars.HostName, allowsOne: true), (o, v) => o.MatchDomains = v.Value, "Request-URI hosts that mean this peer.");

    public static ObjectShape<PeerOptions> Shape { get; } = new ObjectShape<PeerOptions>(at => new PeerOptions(at))
        .Required("realm", Scalars.Name, (o, v) => o.Realm = v, "The realm that the peer is in.")
        .Key("address", SipAddresses.Shape, (o, v) => o.Address = v, "SIP URI of the peer; without it the peer only calls in.")
        .Key("accept_from", new ListShape<IpNetwork>(Scalars.Network, allowsOne: true, allowsNone: true), (o, v) => o.AcceptFrom = v,
            "Sources that may call in as this peer.", "what address resolves to")
        .Key("match", Match, (o, v) => o.MatchDomains = v.Value.MatchDomains, "Tells peers apart that share a source.")
        .Key("media_from", Networks, (o, v) => o.MediaFrom = v.Value, "Further sources of its media.")
        .Key("domain", Scalars.HostName, (o, v) => o.Domain = v, "Host in outgoing Request-URI, From, To and P-Asserted-Identity.", "the host of address")
        .Key("outbound_proxy", SipAddresses.Shape, (o, v) => o.OutboundProxy = v, "SIP URI of the proxy that requests to the peer go to.", "none: they go to address")
        .Key("register", RegisterOptions.Shape, (o, v) => o.Register = v.Value, "The gateway registers with the peer as this user.", "it does not")
        .Key("ping", Durations.BetweenOrOff("5s", "1h"), (o, v) => o.Ping = v, "How often the peer is asked by OPTIONS whether it is there.", "off")
        .Key("credentials", new ListShape<CredentialOptions>(CredentialOptions.Shape, allowsOne: true), (o, v) => o.Credentials = v.Value,
            "What its 401 and 407 are answered with.", "none: they are final")
        .Key("limits", LimitOptions.Shape, (o, v) => o.Limits = v.Value, "Calls that the peer may have, in and out.")
        .Key("fraud", AccountOptions.Shape, (o, v) => o.Fraud = v.Value, "What calls of the peer may use, in place of fraud.peers.")
        .Key("large_requests", LargeRequestsChoice, (o, v) => o.LargeRequests = v, "What is done with requests over the MTU (RFC 3261 §18.1.1).", "auto")
        .Key("caller_in", new ListShape<CallerSource>(CallerChoice, allowsOne: true), (o, v) => o.CallerIn = v.Value,
            "Headers that may hold the caller's number, in this order.", "[pai, from]")
        .Key("called_from", CalledChoice, (o, v) => o.CalledFrom = v, "Where the called number stands.", "request_uri")
        .Key("trust", Scalars.Flag, (o, v) => o.Trust = v, "Whether it is in the trust domain of asserted identities (RFC 3325).", "true")
        .Key("nat", RealmOptions.NatChoice, (o, v) => o.Nat = v, "Whether its requests are looked at for signs that it stands behind NAT.", "off")
        .Key("forking", new ChoiceShape<bool>([("all", false), ("single", true)]), (o, v) => o.MergesForks = v,
            "Early dialogs that it sees as a caller when the next hop forks: all of them, or a single one.", "all")
        .Key("transfer", TransferChoice, (o, v) => o.Transfer = v, "Who carries out the transfers that it asks for: the other side (pass), the gateway, or whoever can (auto).", "auto")
        .Key("dtmf", DtmfChoice, (o, v) => o.Dtmf = v, "How it sends and takes digits; where the sides differ they are converted.", "pass")
        .Key("headers", HeaderRuleOptions.Shape, (o, v) => o.Headers = v.Value, "What goes to it of other headers than the policy says.")
        .Key("codecs", CodecOptions.Shape, (o, v) => o.Codecs = v.Value, "Codecs that it may use.")
        .Key("map_status", StatusMaps.Shape, (o, v) => o.MapStatus = v, "What its final answers become for the caller.")
        .Key("certificate", CertificateOptions.Shape, (o, v) => o.Certificate = v, "What is shown to it with TLS.", "that of the realm")
        .Key("tls", TlsRuleOptions.OfPeer, (o, v) => o.Tls = v.Value, "What its certificate has to name, and whether it has to show one.")
        .Key("srtp", RealmOptions.SrtpChoice, (o, v) => o.Srtp = v, "Whether SRTP with keys in SDP (RFC 4568) ends at the gateway towards it.", "as its realm has it");
}

internal sealed class LimitOptions
{
    public Located<int>? Calls { get; private set; }
    public Located<double>? CallsPerSecond { get; private set; }

    public static ObjectShape<LimitOptions> Shape { get; } = new ObjectShape<LimitOptions>(_ => new LimitOptions())
        .Key("calls", Scalars.Integer(1, 1_000_000), (o, v) => o.Calls = v, "Calls at once.", "no limit")
        .Key("calls_per_second", Durations.Rate, (o, v) => o.CallsPerSecond = v, "New calls, as 20/s.", "no limit");
}
