using SipAlg.Protocol.Sip;
using SipAlg.Signaling.Identifiers;
using SipAlg.Signaling.Messages;
using SipAlg.Signaling.Transports;

namespace SipAlg.Signaling.Transactions;

/// <content>Requests that are refused before they have a transaction.</content>
public sealed partial class TransactionLayer
{
    /// <summary>
    /// Answers 503 without a transaction, and without a 100 before it (RFC 3261 §8.2.7): each time that the request comes anew, with the same
    /// tag. Costs as little as an answer can, since that is what it is for.
    /// </summary>
    /// <param name="request">Of <see cref="ITransactionUser.MayBegin"/>.</param>
    /// <param name="flow">The way that it came.</param>
    /// <param name="key">Likewise.</param>
    /// <param name="retryAfter">Seconds.</param>
    /// <returns>The answer; valid until the next one is written.</returns>
    public ReadOnlySpan<byte> RefuseForNow(SipMessage request, in Flow flow, ulong key, int retryAfter)
    {
        Span<byte> tag = stackalloc byte[MintedId.TextLength];
        var writer = new MessageWriter(_scratch);
        ResponseHead.Write(ref writer, request, flow, 503, default, tag[..TagOf(key).Format(tag)]);
        writer.Field("Retry-After"u8, retryAfter);
        writer.Finish(default);
        if (writer.Overflowed)
        {
            return default;
        }

        var reply = ReplyFlow(request, flow);
        _lane.Counters.SentResponse(reply.Listener, request.Method, 503);
        _ = _lane.Network.Send(reply, writer.Written);
        return writer.Written;
    }
}
