using SipAlg.Protocol.Addresses;

namespace SipAlg.Signaling.Tls;

/// <summary>Bounds of handshakes, which cost an attacker little and us much.</summary>
public sealed record TlsOptions
{
    /// <summary>Under way at once, of those that others began.</summary>
    public int MaxHandshakes { get; init; } = 512;

    /// <summary>The same of one source: an IPv4 address or an IPv6 /64.</summary>
    public int MaxPerSource { get; init; } = 64;

    /// <summary>From the first octet to the last.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(5);
}

/// <summary>A handshake that did not succeed, as it is told to who watches.</summary>
/// <param name="Realm">Index of the listener's.</param>
/// <param name="IsOurs">We opened the connection.</param>
/// <param name="Remote">The far side.</param>
/// <param name="Result">Never <see cref="TlsResult.Done"/>.</param>
/// <param name="Expected">Whom we expected there, or whom it said to look for; null: nobody.</param>
/// <param name="Detail">What the certificate names, or what the library says; null: nothing.</param>
public sealed record TlsTrouble(int Realm, bool IsOurs, IpEndpoint Remote, TlsResult Result, string? Expected, string? Detail)
{
    /// <summary>Index of the peer that was to be reached; -1: none.</summary>
    public int Peer { get; init; } = -1;
}

/// <summary>What handshakes need: keys, which may become others at any time, and the names of who is met.</summary>
public sealed class TlsContext
{
    private TlsKeys _keys = new();

    /// <summary>What the next handshake uses; those that stand keep what they had.</summary>
    public TlsKeys Keys
    {
        get => Volatile.Read(ref _keys);
        set => Volatile.Write(ref _keys, value);
    }

    public TlsIdentities Identities { get; } = new();

    public TlsOptions Options { get; init; } = new();

    /// <summary>Told of handshakes that failed, on the pool.</summary>
    public Action<TlsTrouble> Troubled { get; set; } = static _ => { };
}
