using System.Globalization;

namespace SipAlg.Testing.Agents;

/// <summary>A request as an agent sent it: its text, and what its ACK and CANCEL repeat.</summary>
/// <param name="Method">As in the request line.</param>
/// <param name="Branch">Of its Via.</param>
/// <param name="Sequence">Of its CSeq.</param>
/// <param name="Head">Request-URI, then the lines Via, Max-Forwards, Route, From.</param>
/// <param name="To">The value.</param>
/// <param name="CallId">The value.</param>
/// <param name="Rest">What stands behind CSeq.</param>
internal sealed record AgentRequest(string Method, string Branch, uint Sequence, (string Uri, string Lines) Head, string To, string CallId, string Rest)
{
    public string Text { get; } = Write(Method, Head, To, CallId, Sequence, Rest);

    /// <summary>RFC 3261 §9.1: the same but for the method.</summary>
    public AgentRequest Cancel() => new("CANCEL", Branch, Sequence, Head, To, CallId, "Content-Length: 0\r\n\r\n");

    /// <summary>RFC 3261 §17.1.1.3: the ACK of a failure has the answer's To.</summary>
    public string Derive(string method, string to) => Write(method, Head, to, CallId, Sequence, "Content-Length: 0\r\n\r\n");

    private static string Write(string method, (string Uri, string Lines) head, string to, string callId, uint sequence, string rest) =>
        string.Create(CultureInfo.InvariantCulture, $"{method} {head.Uri} SIP/2.0\r\n{head.Lines}To: {to}\r\nCall-ID: {callId}\r\nCSeq: {sequence} {method}\r\n{rest}");
}
