namespace SipAlg.Protocol.Sip;

/// <summary>Why a message was not understood. One vocabulary for the answer, the log and the metric's label.</summary>
public enum MessageFault : byte
{
    None,
    Empty,
    NotSip,
    StartLine,
    Version,
    StatusCode,
    RequestUri,
    HeaderName,
    HeaderLine,
    TooManyHeaders,
    TooLong,
    Unterminated,
    MissingVia,
    BadVia,
    MissingFrom,
    BadFrom,
    MissingTo,
    BadTo,
    MissingCallId,
    BadCallId,
    MissingCSeq,
    BadCSeq,
    MethodMismatch,
    RepeatedHeader,
    BadContentLength,
    BodyCutShort,
    BadMaxForwards,
    BadContact,
}

/// <summary>What a fault means on the wire.</summary>
public static class MessageFaults
{
    /// <summary>The status that answers a request with this fault (RFC 3261 §21.4.1, §21.5.6).</summary>
    public static int Status(MessageFault fault) => fault == MessageFault.Version ? 505 : 400;

    /// <summary>The reason phrase: says what is wrong, so that the far side's trace does (RFC 3261 §21.4.1).</summary>
    public static ReadOnlySpan<byte> Phrase(MessageFault fault) => fault switch
    {
        MessageFault.Version => "Version Not Supported"u8,
        MessageFault.StartLine => "Bad Request: malformed start line"u8,
        MessageFault.RequestUri => "Bad Request: malformed Request-URI"u8,
        MessageFault.HeaderName => "Bad Request: malformed header name"u8,
        MessageFault.HeaderLine => "Bad Request: header line without colon"u8,
        MessageFault.TooManyHeaders => "Bad Request: too many header fields"u8,
        MessageFault.TooLong => "Bad Request: header field too long"u8,
        MessageFault.Unterminated => "Bad Request: headers do not end"u8,
        MessageFault.MissingVia => "Bad Request: no Via"u8,
        MessageFault.BadVia => "Bad Request: malformed Via"u8,
        MessageFault.MissingFrom => "Bad Request: no From"u8,
        MessageFault.BadFrom => "Bad Request: malformed From"u8,
        MessageFault.MissingTo => "Bad Request: no To"u8,
        MessageFault.BadTo => "Bad Request: malformed To"u8,
        MessageFault.MissingCallId => "Bad Request: no Call-ID"u8,
        MessageFault.BadCallId => "Bad Request: malformed Call-ID"u8,
        MessageFault.MissingCSeq => "Bad Request: no CSeq"u8,
        MessageFault.BadCSeq => "Bad Request: malformed CSeq"u8,
        MessageFault.MethodMismatch => "Bad Request: CSeq names another method"u8,
        MessageFault.RepeatedHeader => "Bad Request: repeated single header field"u8,
        MessageFault.BadContentLength => "Bad Request: malformed Content-Length"u8,
        MessageFault.BodyCutShort => "Bad Request: body shorter than Content-Length"u8,
        MessageFault.BadMaxForwards => "Bad Request: malformed Max-Forwards"u8,
        MessageFault.BadContact => "Bad Request: malformed Contact"u8,
        _ => "Bad Request"u8,
    };
}
