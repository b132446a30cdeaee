namespace SipAlg.Media;

/// <summary>
/// A taken pair of ports: the even one for RTP, the next for RTCP. A value without an owner: what is asked of a port that
/// was released meanwhile is ignored, also when the pair has been taken again.
/// </summary>
public readonly record struct MediaPort
{
    internal MediaPort(ushort pool, ushort port, uint generation) => (Pool, Port, Generation) = (pool, port, generation);

    /// <summary>The RTP port, even; RTCP is the next. 0 in the default value.</summary>
    public ushort Port { get; }

    public bool IsNone => Port == 0;

    internal ushort Pool { get; }
    internal uint Generation { get; }
}
