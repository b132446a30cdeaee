using SipAlg.Calls.Legs;
using SipAlg.Calls.Media;
using SipAlg.Protocol.Sessions;
using SipAlg.Protocol.Sip;
using SipAlg.Signaling.Messages;
using SipAlg.Signaling.Transactions;
using SipAlg.Signaling.Transports;

namespace SipAlg.Calls.Calls;

/// <content>What refuses a request in a dialog, with nothing of the other side's in it.</content>
internal sealed partial class Call
{
    /// <summary>Refuses a request of theirs in a dialog since its description cannot be taken to the other side.</summary>
    private void RefuseRequest(Leg leg, TransactionId transaction, SipMessage request, in Flow flow, BridgeResult result)
    {
        var writer = new MessageWriter(_lane.Output);
        ResponseHead.Write(ref writer, request, flow, StatusOf(result), default, default);
        WriteCause(ref writer, leg, CauseOf(result));
        writer.Finish(default);
        _lane.Transactions.Respond(transaction, StatusOf(result), writer.Written);
    }

    /// <summary>Refuses a request of theirs in a dialog with nothing of the other side's in it.</summary>
    private void RefuseRequest(TransactionId transaction, SipMessage request, in Flow flow, int status)
    {
        if (status == 415)
        {
            _lane.RefuseBody(transaction, request, flow);
            return;
        }

        var writer = new MessageWriter(_lane.Output);
        ResponseHead.Write(ref writer, request, flow, status, default, default);
        if (status == 500)
        {
            // RFC 3261 §14.2, RFC 3311 §5.2: between 0 and 10 seconds.
            writer.Field("Retry-After"u8, (long)(_lane.Lane.Secrets.Next() % 11));
        }
        else if (status == 422)
        {
            writer.Field("Min-SE"u8, SessionExpires.Least);
        }

        writer.Finish(default);
        _lane.Transactions.Respond(transaction, status, writer.Written);
    }
}
