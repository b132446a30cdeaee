using SipAlg.Signaling.Transports;

namespace SipAlg.Signaling.Lanes;

/// <summary>
/// The SIP logic of a lane. Each call but <see cref="EndTurn"/> and <see cref="OnFault"/> is one input and begins a turn; all
/// come on the lane's thread, one after another. An exception out of any of them ends that turn only.
/// </summary>
public interface ILaneUser : ITimerSink
{
    /// <summary>
    /// A whole message, or a datagram that may be one. The octets are the lane's own and valid until <see cref="EndTurn"/>
    /// returns.
    /// </summary>
    void OnMessage(in Flow flow, byte[] buffer, int offset, int length);

    /// <summary>
    /// ICMP says that a datagram sent over UDP did not arrive (RFC 3261 §18.4). Of the flow only the listener and the remote
    /// endpoint are known; local is the listener's bound address. Every lane is told, since the kernel gives the error to any
    /// of the sockets that share the port. ICMP can be forged: it ends an attempt, not a trust.
    /// </summary>
    void OnUnreachable(in Flow flow, UnreachableReason reason);

    /// <summary>A connection that a send of this lane began to open stands; its number is in the flow. What was queued is under way.</summary>
    void OnConnected(in Flow flow);

    /// <summary>
    /// A connection that a send of this lane began to open could not be had; everything queued for it is lost.
    /// The flow's listener, transport and remote endpoint are those of the sends; later sends try anew.
    /// </summary>
    void OnConnectionFailed(in Flow flow, ConnectFailure reason);

    /// <summary>A connection that stood is gone. Told to every lane, after the last message of the connection.</summary>
    void OnConnectionClosed(in Flow flow, CloseReason reason);

    /// <summary>How long the inputs of the last <see cref="Lane.LoadInterval"/> waited; between two turns.</summary>
    void OnLoad(in LaneLoad load)
    {
    }

    /// <summary>Called after each input: the place to run the events raised inside the turn.</summary>
    void EndTurn();

    /// <summary>A turn threw; the lane counted it and goes on.</summary>
    void OnFault(Exception fault);
}
