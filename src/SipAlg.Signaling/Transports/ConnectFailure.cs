namespace SipAlg.Signaling.Transports;

/// <summary>Why a connection could not be opened.</summary>
public enum ConnectFailure : byte
{
    /// <summary>The far side answered with a reset: nobody listens.</summary>
    Refused,

    /// <summary>No answer within <see cref="StreamOptions.ConnectTimeout"/>.</summary>
    Timeout,

    /// <summary>ICMP or the routing table say that the far side cannot be reached.</summary>
    Unreachable,

    /// <summary>This host lacks descriptors, ports or the local address.</summary>
    LocalError,

    /// <summary>The gateway stops, or more was sent than may wait for a connection.</summary>
    Abandoned,
}
