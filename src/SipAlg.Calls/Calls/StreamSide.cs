using SipAlg.Protocol.Addresses;

namespace SipAlg.Calls.Calls;

/// <summary>What one side of a stream is to do by what was agreed on, and whether it does.</summary>
public readonly record struct StreamSide
{
    /// <summary>Where its SDP wants the stream; none where it was not agreed on.</summary>
    public IpEndpoint Said { get; init; }

    /// <summary>Where its packets come from; none: none came to the port that it has now.</summary>
    public IpEndpoint Source { get; init; }

    /// <summary>
    /// How long it has been to send, in an answered call (RFC 3264 §6.1). Null: it is not, the stream is on hold (what flowed both ways
    /// before flows one way), or its protocol may be quiet while it is in use.
    /// </summary>
    public TimeSpan? Due { get; init; }

    /// <summary>RTP of it, or fax, has come since the answer.</summary>
    public bool IsHeard { get; init; }

    /// <summary>The last of that time, in which nothing came of it, not even RTCP.</summary>
    public TimeSpan Silent { get; init; }
}
