namespace SipAlg.Signaling.Gate;

/// <summary>What becomes of what a source sends, before any of it is read; the metric's label where it is dropped.</summary>
public enum GateVerdict : byte
{
    Pass,

    /// <summary>The realm's lists keep the source out.</summary>
    Denied,

    /// <summary>The source is banned.</summary>
    Banned,

    /// <summary>The source has sent too many datagrams or messages.</summary>
    SourcePackets,

    /// <summary>The source has asked too much without having proven who it is.</summary>
    SourceRequests,

    /// <summary>The source has opened too many connections.</summary>
    SourceConnections,

    /// <summary>All strangers together have asked too much.</summary>
    StrangerRequests,

    /// <summary>The gateway has no time for new ones.</summary>
    Overload,
    Count,
}

/// <summary>What a stranger is charged for.</summary>
public enum GateCharge : byte
{
    /// <summary>A datagram, or a message of a connection, whatever it holds.</summary>
    Packet,

    /// <summary>A request that has to be answered, be it one that cannot be understood.</summary>
    Request,

    /// <summary>A connection that it opens.</summary>
    Connection,
}
