using System.Collections.Immutable;
using SipAlg.Calls.Bans;
using SipAlg.Hep;
using SipAlg.Protocol.Addresses;
using SipAlg.Tls;

namespace SipAlg.Configuration;

/// <summary>What the configuration says about the program around the calls. Paths are resolved against the configuration file.</summary>
internal sealed record HostSettings(AdminSettings Admin, MediaSettings Media, string StateFolder, CdrSettings Cdr, LogLevel LogLevel, LogFormat LogFormat)
{
    /// <summary>Octets for the messages of recent calls, of all lanes; 0: none are kept.</summary>
    public long TraceMemory { get; init; }

    /// <summary>Where the messages of calls go besides; null: nowhere.</summary>
    public HepSettings? Hep { get; init; }

    /// <summary>Sources that misbehave.</summary>
    public BanSettings Bans { get; init; } = new(BanRules.Usual, false);

    /// <summary>Certificates, by realm and peer.</summary>
    public ImmutableArray<TlsPlace> Tls { get; init; } = [];

    /// <summary>Asked for the addresses of hosts; empty: those of the system.</summary>
    public ImmutableArray<IpEndpoint> NameServers { get; init; } = [];

    /// <summary>The configuration is read again when one of its files changes.</summary>
    public bool ReloadsItself { get; init; }
}

/// <param name="Token">May change things; null only when <paramref name="Listen"/> is loopback.</param>
/// <param name="ReadToken">May look; null when none is written.</param>
/// <param name="Metrics">Null: with admin.</param>
internal sealed record AdminSettings(IpEndpoint Listen, string? Token, string? ReadToken, MetricsSettings? Metrics)
{
    /// <summary>Names that the admin server may be asked for by.</summary>
    public ImmutableArray<string> Hosts { get; init; } = [];

    public bool Equals(AdminSettings? other) =>
        other is not null && (Listen, Token, ReadToken, Metrics) == (other.Listen, other.Token, other.ReadToken, other.Metrics) && Hosts.SequenceEqual(other.Hosts);

    public override int GetHashCode() => HashCode.Combine(Listen, Token, ReadToken, Metrics);
}

/// <param name="Rules">Of whoever weighs and keeps them.</param>
/// <param name="InKernel">They are elements of nftables sets too.</param>
internal sealed record BanSettings(BanRules Rules, bool InKernel);

/// <param name="Token">Asked of the scraper; null: open to everyone.</param>
internal sealed record MetricsSettings(IpEndpoint Listen, string? Token);

/// <summary>Whether media may be relayed in the kernel.</summary>
internal enum FastPath : byte
{
    Auto,
    Off,

    /// <summary>The gateway does not start without.</summary>
    Required,
}

internal enum LogFormat : byte
{
    Text,
    Json,
}
