namespace SipAlg.Signaling.Transports;

/// <summary>What became of a message given to <see cref="ISignalingNetwork.Send"/>.</summary>
public enum SendResult : byte
{
    /// <summary>UDP: handed to the kernel.</summary>
    Sent,

    /// <summary>Queued on an open connection.</summary>
    Queued,

    /// <summary>Queued on a connection that is being opened; an event tells how that ends.</summary>
    Connecting,

    /// <summary>No route to the destination, or the local address is gone.</summary>
    NoRoute,

    /// <summary>UDP: longer than a datagram, or than the path takes where fragments are forbidden.</summary>
    TooLarge,

    /// <summary>A firewall rule of this host forbids it.</summary>
    Refused,

    /// <summary>The flow's connection is gone, or was closed now because its far side does not read.</summary>
    Closed,

    /// <summary>UDP: the kernel's send buffer is full; the datagram is lost as if on the wire.</summary>
    WouldBlock,

    /// <summary>As many connections are open or opening as are allowed.</summary>
    TooManyConnections,

    /// <summary>Another error of the system.</summary>
    Failed,
}

/// <summary>Names and the bounds that go with <see cref="SendResult"/>.</summary>
public static class SendResults
{
    internal const int Count = (int)SendResult.Failed + 1;

    /// <summary>Whether the message is on its way; false: it is lost and no event will follow.</summary>
    public static bool IsOnItsWay(this SendResult result) => result <= SendResult.Connecting;
}
