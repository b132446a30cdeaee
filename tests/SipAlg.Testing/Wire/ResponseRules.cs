using SipAlg.Testing.Agents;
using static SipAlg.Testing.Wire.WireRules;

namespace SipAlg.Testing.Wire;

/// <summary>
/// Responses: each answers a request that came, goes back to where that came from (RFC 3261 §18.2.2), repeats what it has to
/// (§8.2.6.2), and none follows a final one but that one again, octet for octet (§13.3.1, §17.2).
/// </summary>
internal sealed class ResponseRules : IWireRules
{
    private sealed class Asked(WireMessage request)
    {
        public WireMessage Request => request;
        public WireMessage? Final { get; set; }
    }

    private readonly Dictionary<(string Branch, string Method), Asked> _asked = [];

    public void FromPhone(WireMessage message)
    {
        if (message.IsRequest && message.Method != "ACK" && message.Branch.StartsWith("z9hG4bK", StringComparison.Ordinal) &&
            !(_asked.TryGetValue((message.Branch, message.Method), out var known) && IsKnown(known, message.Sent.At)))
        {
            _asked[(message.Branch, message.Method)] = new Asked(message);
        }
    }

    /// <summary>The same again, as long as its transaction has to be remembered (timers I and J); then it is a new one.</summary>
    private static bool IsKnown(Asked asked, long now) =>
        asked.Final is not { } final || now < final.Sent.At + (asked.Request.Method == "INVITE" ? AgentTimes.T4 : AgentTimes.Timeout);

    public void FromGateway(WireMessage message)
    {
        if (message.IsRequest || !message.Branch.StartsWith("z9hG4bK", StringComparison.Ordinal))
        {
            return;
        }

        Demand(_asked.TryGetValue((message.Branch, message.Method), out var asked), "An answer to nothing", message);
        var request = asked!.Request;
        Demand(
            message.Sent.Flow.Listener == request.Sent.Flow.Listener && message.Sent.Flow.Remote.Address == request.Sent.Flow.Remote.Address,
            "An answer that goes elsewhere", message);
        Demand(message.CallId == request.CallId && message.FromTag == request.FromTag && message.CSeq == request.CSeq, "An answer with other names", message);
        Demand(request.ToTag.Length == 0 || message.ToTag == request.ToTag, "An answer with another tag", message);
        Demand(message.Status == 100 || message.ToTag.Length > 0, "An answer without a tag", message);
        if (asked.Final is { } final)
        {
            Demand(message.Status >= 200, "A provisional answer behind a final one", message);
            Demand(message.Sent.Octets.AsSpan().SequenceEqual(final.Sent.Octets), "Another final answer", message);
        }
        else if (message.Status >= 200)
        {
            asked.Final = message;
        }
    }
}
