using SipAlg.Protocol.Addresses;

namespace SipAlg.Signaling.Transports;

/// <summary>RFC 3261 §18 transports; the order is that of their Via names in <see cref="TransportNames"/>.</summary>
public enum Transport : byte
{
    Udp,
    Tcp,
    Tls,
    Ws,
    Wss,
}

/// <summary>
/// The way between one of our listeners and a far side: where a message came from and where its answer goes.
/// A value, so that it is copied into transactions and dialogs without a reference to a socket.
/// </summary>
public readonly struct Flow(Transport transport, int listener, IpEndpoint local, IpEndpoint remote, ulong connection = 0, ushort far = 0) : IEquatable<Flow>
{
    public Transport Transport { get; } = transport;

    /// <summary>Number of the <see cref="Tls.TlsIdentity"/> at the far end of a TLS connection, or that has to be there; 0: nobody is known.</summary>
    public ushort Far { get; } = far;

    /// <summary>Index of the listener (so of its realm) that this flow belongs to.</summary>
    public int Listener { get; } = listener;

    /// <summary>Our address and port as this host has it: on a wildcard listener the address that was asked.</summary>
    public IpEndpoint Local { get; } = local;

    public IpEndpoint Remote { get; } = remote;

    /// <summary>Number of the connection, never reused; 0 for UDP and for a connection that is still to be opened.</summary>
    public ulong Connection { get; } = connection;

    /// <summary>TCP and what builds on it: no retransmissions (RFC 3261 §17.1.1.2).</summary>
    public bool IsReliable => Transport != Transport.Udp;

    /// <summary>The way to somebody at the same place, who has to be there; as it is where nobody proves who he is.</summary>
    public Flow Towards(ushort far) => Transport == Transport.Tls ? new Flow(Transport, Listener, Local, Remote, Connection, far) : this;

    public bool Equals(Flow other) => Transport == other.Transport && Listener == other.Listener && Connection == other.Connection && Far == other.Far &&
        Local == other.Local && Remote == other.Remote;

    public override bool Equals(object? obj) => obj is Flow other && Equals(other);
    public override int GetHashCode() => HashCode.Combine(Transport, Listener, Remote, Connection);
    public static bool operator ==(Flow left, Flow right) => left.Equals(right);
    public static bool operator !=(Flow left, Flow right) => !left.Equals(right);
    public override string ToString() => $"{TransportNames.Text(Transport)} {Local} > {Remote}";
}
