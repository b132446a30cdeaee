using System.Collections.Frozen;
using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;

namespace SipAlg.Signaling.Tls;

/// <summary>Whether who connects has to show a certificate.</summary>
public enum ClientCertificates : byte
{
    /// <summary>None is asked for.</summary>
    Off,

    /// <summary>It is asked for; what is shown counts if it is trusted.</summary>
    Optional,

    /// <summary>Without one that is trusted there is no connection.</summary>
    Required,
}

/// <summary>Keys and rules of one realm, or towards one peer. Immutable: other keys are another value.</summary>
public sealed record TlsParty
{
    /// <summary>What we show; null: nothing.</summary>
    public SslStreamCertificateContext? Own { get; init; }

    /// <summary>Authorities that are trusted; null: those of the system.</summary>
    public X509Certificate2Collection? Anchors { get; init; }

    public SslProtocols Versions { get; init; } = SslProtocols.Tls12 | SslProtocols.Tls13;

    public ClientCertificates Clients { get; init; }

    /// <summary>What we show to who asks for a name (RFC 6066 §3), by name in lower case; for any other name <see cref="Own"/>.</summary>
    public FrozenDictionary<string, SslStreamCertificateContext> ByName { get; init; } = FrozenDictionary<string, SslStreamCertificateContext>.Empty;

    /// <summary>What is shown to who asks for this name.</summary>
    public SslStreamCertificateContext? For(string name) => ByName.GetValueOrDefault(name.ToLowerInvariant().TrimEnd('.')) ?? Own;
}

/// <summary>All keys as they are now.</summary>
public sealed record TlsKeys
{
    /// <summary>By index; a realm that has none may be missing.</summary>
    public FrozenDictionary<int, TlsParty> Realms { get; init; } = FrozenDictionary<int, TlsParty>.Empty;

    /// <summary>By index, of those that have their own; for any other its realm's.</summary>
    public FrozenDictionary<int, TlsParty> Peers { get; init; } = FrozenDictionary<int, TlsParty>.Empty;

    private static TlsParty Nothing { get; } = new();

    internal TlsParty OfRealm(int realm) => Realms.GetValueOrDefault(realm) ?? Nothing;

    internal TlsParty Towards(int peer, int realm) => Peers.GetValueOrDefault(peer) ?? OfRealm(realm);
}
