namespace SipAlg.Protocol.Sdp;

/// <summary>Why a session description is refused; each is a reason to answer 400 or 488 and a metric label.</summary>
public enum SdpFault : byte
{
    None,
    Empty,

    /// <summary>More than <see cref="SdpDescription.MaxLength"/> octets.</summary>
    TooLong,

    /// <summary>More than <see cref="SdpDescription.MaxLines"/> lines.</summary>
    TooManyLines,

    /// <summary>More than <see cref="SdpDescription.MaxMedia"/> m= lines.</summary>
    TooManyMedia,

    /// <summary>A NUL, which RFC 8866 §9 forbids in every field.</summary>
    BadCharacter,

    /// <summary>The first line is not v=0 (RFC 8866 §5.1).</summary>
    NoVersion,
    NoOrigin,
    BadOrigin,

    /// <summary>A second v= or o= line, or one within a media description.</summary>
    MisplacedLine,

    /// <summary>An m= line without media type or transport.</summary>
    BadMedia,
    BadPort,
    NoFormat,

    /// <summary>A stream that is in use has a c= line in neither place (RFC 8866 §5.7).</summary>
    NoConnection,

    /// <summary>A stream that is in use has a c= line without an address or host name.</summary>
    BadConnection,

    /// <summary>Two c= lines of one section name different unicast addresses.</summary>
    AmbiguousConnection,
}
