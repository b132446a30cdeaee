using System.Collections.Immutable;
using SipAlg.Calls.Fraud;
using SipAlg.Protocol.Addresses;

namespace SipAlg.Calls.Model;

/// <summary>A system that the gateway talks to: a PBX, a carrier.</summary>
public sealed record Peer
{
    /// <summary>Place in <see cref="GatewayModel.Peers"/>.</summary>
    public required int Index { get; init; }

    public required string Name { get; init; }

    /// <summary>Its place in the file: of peers that cannot be told apart the first is meant.</summary>
    public int Rank { get; init; }

    /// <summary>It was in the configuration before. Its calls go on; nobody is this peer any more.</summary>
    public bool IsRemoved { get; init; }

    /// <summary>Of all that is written of it: two with the same are alike. Empty: it is like no other.</summary>
    public string Fingerprint { get; init; } = "";

    /// <summary>Index of its realm.</summary>
    public required int Realm { get; init; }

    /// <summary>Where calls to it go; null for a peer that only calls in.</summary>
    public PeerAddress? Address { get; init; }

    /// <summary>Where requests go that begin something, in place of <see cref="Address"/>; null without one.</summary>
    public PeerAddress? OutboundProxy { get; init; }

    /// <summary>Where its requests are sent to; null for a peer that only calls in.</summary>
    public PeerAddress? NextHop => OutboundProxy ?? Address;

    /// <summary>How the gateway registers with it; null if it does not.</summary>
    public PeerRegistration? Register { get; init; }

    /// <summary>Whether a registration with it is one with the other as well: nothing has to be told to the registrar.</summary>
    internal bool RegistersLike(Peer other) =>
        Realm == other.Realm && NextHop == other.NextHop && OutboundProxy == other.OutboundProxy && Register?.Aor == other.Register?.Aor && Register?.ContactUser == other.Register?.ContactUser;

    /// <summary>Whether pings of it say the same of the other.</summary>
    internal bool IsPingedLike(Peer other) => Realm == other.Realm && NextHop == other.NextHop && Ping == other.Ping;

    /// <summary>How often it is asked whether it is there; null: never.</summary>
    public TimeSpan? Ping { get; init; }

    /// <summary>Sources that may call in as this peer, prefixes normalised.</summary>
    public ImmutableArray<IpNetwork> AcceptFrom { get; init; } = [];

    /// <summary>No <c>accept_from</c> is written: whatever its address resolves to may call in.</summary>
    public bool AcceptsResolvedAddress { get; init; }

    /// <summary>Request-URI hosts that tell this peer from others at the same source.</summary>
    public ImmutableArray<string> MatchDomains { get; init; } = [];

    /// <summary>Further sources of its media.</summary>
    public ImmutableArray<IpNetwork> MediaFrom { get; init; } = [];

    /// <summary>Host in outgoing Request-URI, From, To and P-Asserted-Identity; null: the host of its address.</summary>
    public string? Domain { get; init; }

    /// <summary>
    /// Domains of which its certificate has to name one: when we open a connection to it, and for who connects to be it. Empty: it is not
    /// reached by TLS and not known by it.
    /// </summary>
    public ImmutableArray<string> TlsNames { get; init; } = [];

    /// <summary>Only a certificate that names it makes somebody this peer; its source alone does not.</summary>
    public bool RequiresCertificate { get; init; }

    /// <summary>We have a certificate to show to it.</summary>
    public bool IsShownCertificate { get; init; }

    /// <summary>What its challenges are answered with; empty: its 401 and 407 are final.</summary>
    public ImmutableArray<PeerCredentials> Credentials { get; init; } = [];

    public PeerLimits Limits { get; init; }

    /// <summary>What the calls may use that it begins, and those that it redirects or transfers; null: nothing is limited.</summary>
    public AccountLimits? Fraud { get; init; }
    public LargeRequests LargeRequests { get; init; } = LargeRequests.Auto;

    /// <summary>Where the caller's number stands, looked at in this order.</summary>
    public ImmutableArray<CallerSource> CallerIn { get; init; } = [CallerSource.AssertedIdentity, CallerSource.From];

    public CalledSource CalledFrom { get; init; } = CalledSource.RequestUri;

    /// <summary>
    /// It belongs to the trust domain (RFC 3325 §2.3): what it asserts of a caller's identity is believed, and it is told what others
    /// assert, also of callers who asked for privacy.
    /// </summary>
    public bool IsTrusted { get; init; } = true;

    /// <summary>Whether it may stand behind NAT: its messages are then looked at for signs of that.</summary>
    public bool IsNatAware { get; init; }

    /// <summary>As a caller it sees one early dialog, however the next hops fork.</summary>
    public bool MergesForks { get; init; }

    /// <summary>Who carries out the transfers that it asks for.</summary>
    public TransferMode Transfer { get; init; }
    public DtmfMode Dtmf { get; init; }

    /// <summary>Null: as its realm has it.</summary>
    public SrtpMode? Srtp { get; init; }
    public HeaderRules Headers { get; init; } = HeaderRules.None;
    public CodecRules Codecs { get; init; } = CodecRules.None;

    /// <summary>What its final answers become for the caller, where the route says nothing else.</summary>
    public StatusMap MapStatus { get; init; } = StatusMap.None;
}

/// <param name="Calls">Calls at once; null for no limit.</param>
/// <param name="CallsPerSecond">New calls in a second; null for no limit.</param>
public readonly record struct PeerLimits(int? Calls, double? CallsPerSecond)
{
    /// <summary>Subscriptions where no limit is written: the lamps of a large PBX, and no more memory than a hundred megabytes.</summary>
    public const int UsualSubscriptions = 50_000;

    /// <summary>Requests outside a dialog, other than INVITE and SUBSCRIBE, that may wait for an answer at once.</summary>
    public const int Requests = 1000;

    /// <summary>Subscriptions at once; null for <see cref="UsualSubscriptions"/>.</summary>
    public int? Subscriptions { get; init; }
}

/// <summary>What is done with requests over the path's MTU (RFC 3261 §18.1.1).</summary>
public enum LargeRequests : byte
{
    /// <summary>TCP where the URI fixes no transport, back to UDP when the peer takes no connection.</summary>
    Auto,
    Udp,
    Tcp,
}

/// <summary>A header that may hold the caller's number.</summary>
public enum CallerSource : byte
{
    From,

    /// <summary>P-Asserted-Identity (RFC 3325).</summary>
    AssertedIdentity,

    /// <summary>P-Preferred-Identity (RFC 3325).</summary>
    PreferredIdentity,

    /// <summary>Remote-Party-ID.</summary>
    RemotePartyId,
}

/// <summary>Where the called number stands.</summary>
public enum CalledSource : byte
{
    RequestUri,
    To,

    /// <summary>P-Called-Party-ID (RFC 7315 §4.2).</summary>
    CalledPartyId,

    /// <summary>
    /// The Request-URI, unless that is the contact which the gateway has registered with the peer and which says nothing of who was
    /// called: then P-Called-Party-ID, else To, else the registered address itself.
    /// </summary>
    BehindContact,
}
