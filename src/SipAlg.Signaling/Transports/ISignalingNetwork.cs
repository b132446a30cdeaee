using SipAlg.Protocol.Addresses;
using SipAlg.Signaling.Tls;

namespace SipAlg.Signaling.Transports;

/// <summary>The network as one lane sees it. Called on that lane's thread; nothing here waits.</summary>
public interface ISignalingNetwork
{
    /// <summary>
    /// Sends one message. UDP: from the flow's listener and local address. Otherwise over the flow's connection, or where that is
    /// 0 over an open connection of the same listener to the same remote endpoint (RFC 3261 §18.1.1), else over one that is
    /// opened now; the outcome of that comes as <see cref="Lanes.ILaneUser.OnConnected"/> or
    /// <see cref="Lanes.ILaneUser.OnConnectionFailed"/>.
    /// </summary>
    SendResult Send(in Flow flow, ReadOnlySpan<byte> message);

    /// <summary>Who has to be, or has proven to be, at the far end of TLS connections.</summary>
    TlsIdentities Identities { get; }

    /// <summary>
    /// An accepted connection is used towards another place too: that where the peer at its far end, who has proven to be it and wants this,
    /// takes connections (RFC 5923 §5).
    /// </summary>
    void Alias(ulong connection, in IpEndpoint remote, ushort far);

    /// <summary>Closes a connection, e.g. of a banned source. An unknown number is one that is closed already.</summary>
    void Close(ulong connection);

    /// <summary>
    /// Somebody is reached by a connection for this time: its silence does not close it meanwhile. An unknown number is one that is closed
    /// already.
    /// </summary>
    void Hold(ulong connection, TimeSpan time)
    {
    }

    /// <summary>A listener is configured no more: what stands over it goes on, nothing new begins.</summary>
    bool IsClosing(int listener) => false;

    /// <summary>
    /// Our address towards a far side: the listener's own, or on a wildcard listener what the routing table says.
    /// "None" where there is no route.
    /// </summary>
    IpAddress LocalAddressTowards(int listener, in IpEndpoint remote);

    /// <summary>What is sent there stays on this host: it is an address of its own, whether it listens there or not.</summary>
    bool IsHere(in IpEndpoint remote) => false;

    /// <summary>
    /// The way from a realm to a far side for a request of ours: the group's first listener of the transport and address family; one that is closing if
    /// there is no other.
    /// The local port is the listener's, since that is where the far side reaches us (Via, Contact).
    /// </summary>
    /// <param name="group">The realm, as <see cref="ListenerOptions.Group"/> numbers it.</param>
    /// <returns>false: no such listener, or no route.</returns>
    bool TryFlow(int group, Transport transport, in IpEndpoint remote, out Flow flow);
}
