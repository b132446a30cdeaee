using SipAlg.Calls.Lanes;
using SipAlg.Calls.Legs;
using SipAlg.Calls.Messages;
using SipAlg.Protocol.Sip;
using SipAlg.Signaling.Transports;
using SipAlg.Signaling.Transactions;

namespace SipAlg.Calls.Calls;

/// <summary>
/// Answers to INVITEs that nobody waits for any more: of a cancelled target, of a call that is over, of another branch of a
/// fork. What they need stands in the answer itself, and in its transaction: which of its dialogs are looked after already, and
/// the CSeq that they have come to.
/// </summary>
internal static class StrayAnswers
{
    /// <summary>RFC 3326 §3.1: phones that are told so do not show a missed call.</summary>
    public static ReadOnlySpan<byte> AnsweredElsewhere => "SIP;cause=200;text=\"Call completed elsewhere\""u8;

    public static void OnResponse(CallLane lane, TransactionId transaction, LegPart part, SipMessage response, in Flow flow)
    {
        if (response.Method != SipMethod.Invite)
        {
            return;
        }

        if (response.Status < 200)
        {
            // RFC 3261 §9.1: only now that a provisional answer is here, if only a 100, may the INVITE be cancelled.
            lane.Transactions.TryCancel(transaction, part == LegPart.AnsweredElsewhere ? AnsweredElsewhere : default);
        }
        else if (response.Status < 300)
        {
            EndDialog(lane, transaction, response, flow);
        }
    }

    /// <summary>RFC 3261 §13.2.2.4: every 2xx gets its ACK, and a dialog that is not wanted a BYE, once.</summary>
    private static void EndDialog(CallLane lane, TransactionId transaction, SipMessage response, in Flow flow)
    {
        var dialog = lane.Dialogs.FromStrayResponse(response);
        var way = NextHops.Of(lane, dialog, flow);
        var shown = lane.Shown(way);
        var writer = new MessageWriter(lane.Output);
        dialog.WriteRequest(ref writer, SipMethod.Ack, response.CSeq, 70, LegMessages.AckViaOf(lane.Transactions, dialog, response.CSeq, way, shown));
        writer.Finish(default);
        lane.Transactions.SendAck(way, writer.Written, lane.Transactions.TraceOf(transaction));
        if (!lane.Transactions.TryClaim(transaction, response[response.ToTag]))
        {
            return;
        }

        var bye = lane.Transactions.Reserve(SipMethod.Bye, default);
        lane.Transactions.FollowAs(bye, transaction);
        writer = new MessageWriter(lane.Output);
        dialog.LocalSequence = Math.Max(response.CSeq, lane.Transactions.LastSequence(transaction)) + 1;
        dialog.WriteRequest(ref writer, SipMethod.Bye, dialog.LocalSequence, 70, LegMessages.ViaOf(lane.Transactions, bye, way, shown));
        writer.Finish(default);
        var end = new DialogEnd { Dialog = dialog, Flow = way, Secret = 0, Realm = lane.Lane.Group(flow.Listener), Peer = lane.PeerAt(flow) };
        lane.ClientRequests.Send(bye, end, lane.Output.AsSpan(0, writer.Length), fixesTransport: true);
    }
}
