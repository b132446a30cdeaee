using SipAlg.Protocol.Addresses;
using SipAlg.Signaling.Gate;
using SipAlg.Signaling.Tls;

namespace SipAlg.Signaling.Transports;

/// <summary>One address that the gateway listens on. Its index in <see cref="NetworkOptions.Listeners"/> is <see cref="Flow.Listener"/>.</summary>
/// <param name="Name">As faults at start and metrics call it, e.g. the realm.</param>
/// <param name="Group">The realm's number; several listeners share it.</param>
/// <param name="Address">0.0.0.0 and :: are wildcards of their own family only; port 0 takes a free one.</param>
public sealed record ListenerOptions(string Name, int Group, Transport Transport, IpEndpoint Address);

/// <summary>Bounds of connections (TCP and what builds on it).</summary>
public sealed record StreamOptions
{
    /// <summary>Accepted connections in total.</summary>
    public int MaxAccepted { get; init; } = 4096;

    /// <summary>Of these, those whose source was neither a peer nor known when it connected.</summary>
    public int MaxStrangers { get; init; } = 3072;

    /// <summary>Accepted connections of one source: an IPv4 address or an IPv6 /64.</summary>
    public int MaxPerSource { get; init; } = 256;

    /// <summary>Connections that the gateway opened, so that strangers cannot use up what its own calls need.</summary>
    public int MaxOpened { get; init; } = 1024;

    /// <summary>Octets that may wait to be sent on one connection.</summary>
    public int MaxUnsentBytes { get; init; } = 256 * 1024;

    /// <summary>Messages of one connection that may wait in lanes; beyond that it is not read.</summary>
    public int MaxWaitingMessages { get; init; } = 32;

    public TimeSpan ConnectTimeout { get; init; } = TimeSpan.FromSeconds(2);

    public TimeSpan IdleTimeout { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>How long sent octets may stay unacknowledged before the connection counts as lost: RFC 3261's 64×T1.</summary>
    public TimeSpan UnacknowledgedTimeout { get; init; } = TimeSpan.FromSeconds(32);

    /// <summary>Silence after which the kernel asks whether the far side is there: fewer packets than a phone's own keep-alives.</summary>
    public TimeSpan ProbeAfter { get; init; } = TimeSpan.FromMinutes(2);

    /// <summary>For the first whole message after accepting, and for the rest of a message that was begun.</summary>
    public TimeSpan MessageTimeout { get; init; } = TimeSpan.FromSeconds(30);
}

/// <summary>What the signaling network is built from.</summary>
public sealed record NetworkOptions
{
    public required IReadOnlyList<ListenerOptions> Listeners { get; init; }

    /// <summary>1 to 64.</summary>
    public int Lanes { get; init; } = 1;

    /// <summary>Asked of the kernel for each UDP socket, in octets; it grants at most net.core.rmem_max.</summary>
    public int ReceiveBuffer { get; init; } = 4 * 1024 * 1024;

    /// <summary>Likewise of the sockets that strangers have for themselves: what they send is soon old.</summary>
    public int StrangersReceiveBuffer { get; init; } = 512 * 1024;

    /// <summary>Strangers get queues of their own on UDP listeners, where the system allows it.</summary>
    public bool SeparatesStrangers { get; init; }

    public StreamOptions Streams { get; init; } = new();

    /// <summary>Says who is heard at all; null: everybody.</summary>
    public GateBoard? Gate { get; init; }

    /// <summary>Keys and names of TLS.</summary>
    public TlsContext Tls { get; init; } = new();
}
