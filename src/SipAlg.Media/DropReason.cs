namespace SipAlg.Media;

/// <summary>Why the relay did not pass a packet on.</summary>
public enum DropReason : byte
{
    /// <summary>Too short for what its first octet says it is.</summary>
    Runt,

    /// <summary>Neither RTP, RTCP, STUN nor DTLS (RFC 7983), or RTP on an RTCP port; SIP on any.</summary>
    NotMedia,

    /// <summary>From a source that the latch does not accept.</summary>
    Stranger,

    /// <summary>The port is joined with nothing.</summary>
    NoPartner,

    /// <summary>The other end has no address yet, or is on hold at an unspecified one.</summary>
    NoTarget,

    /// <summary>The system knows that the target cannot be reached or does not listen.</summary>
    Unreachable,

    /// <summary>The system's send buffers are full.</summary>
    Blocked,

    /// <summary>Larger than the path to the target carries.</summary>
    TooLong,

    /// <summary>The system refused to send: a firewall rule, or an address of another family.</summary>
    Refused,

    /// <summary>The system reported an error instead of a packet.</summary>
    ReceiveFailed,

    /// <summary>A telephone event, told in another way.</summary>
    Converted,

    /// <summary>SRTP that is not of who has the key, or is no SRTP: the keys do not match, or somebody else sends.</summary>
    Authentication,

    /// <summary>SRTP that was there before, or came too late to tell; or a packet that would be encrypted with the key stream of another one.</summary>
    Replay,

    /// <summary>Of a stream that is to be encrypted, whose keys are not agreed on yet.</summary>
    NoKeys,

    /// <summary>By the system, before the relay saw it: the socket's receive buffer was full, or a checksum wrong. Such packets have not arrived.</summary>
    Kernel,
}
