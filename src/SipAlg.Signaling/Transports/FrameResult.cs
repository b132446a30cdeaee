namespace SipAlg.Signaling.Transports;

/// <summary>What stands at the beginning of the octets given to <see cref="StreamFramer.Next"/>.</summary>
public enum FrameResult : byte
{
    /// <summary>The beginning of something: call again with the same octets and more.</summary>
    Incomplete,

    /// <summary>A whole message.</summary>
    Message,

    /// <summary>An empty line before a message (RFC 3261 §7.5), or the pong of RFC 5626 §4.4.1.</summary>
    Blank,

    /// <summary>The second of two empty lines: RFC 5626 §4.4.1's ping, to be answered with one.</summary>
    Ping,

    /// <summary>Fault: begins with no token, so with neither method nor version: TLS, binary rubbish, leading blanks.</summary>
    NotSip,

    /// <summary>Fault: start line and headers pass their limit.</summary>
    HeaderTooLong,

    /// <summary>Fault: the message passes its limit.</summary>
    MessageTooLong,

    /// <summary>Fault: no Content-Length, which streams want (RFC 3261 §18.3).</summary>
    LengthMissing,

    /// <summary>Fault: Content-Length is no number, e.g. negative.</summary>
    LengthMalformed,

    /// <summary>Fault: two Content-Length values that differ; believing either would let one message hide another.</summary>
    LengthConflict,
}
