using SipAlg.Calls.Legs;
using SipAlg.Calls.Messages;
using SipAlg.Protocol.Sip;

namespace SipAlg.Calls.Calls;

/// <content>Requests of the gateway's own in a dialog other than INVITE, and the RAck of a PRACK.</content>
internal sealed partial class Call
{
    /// <summary>RFC 3262 §7.2.</summary>
    private static void WriteRAck(ref MessageWriter writer, Leg to, uint response)
    {
        writer.Write("RAck: "u8);
        writer.Write(response);
        writer.Write((byte)' ');
        writer.Write(to.AskingSequence);
        writer.Write(" INVITE\r\n"u8);
    }

    /// <summary>Sends a request of our own, whose answer changes nothing: a PRACK, or the BYE of an early dialog.</summary>
    private void SendOwn(Leg leg, SipMethod method, uint acknowledged)
    {
        var transaction = _lane.Transactions.Reserve(method, Owner(LegPart.Own));
        var writer = new MessageWriter(_lane.Output);
        leg.Dialog.WriteRequest(ref writer, SipMethods.Name(method), ++leg.Dialog.LocalSequence, 70, LegMessages.ViaOf(_lane.Transactions, transaction, leg.Flow, _lane.Shown(leg.Flow)));
        if (method == SipMethod.Prack)
        {
            WriteRAck(ref writer, leg, acknowledged);
        }

        writer.Finish(default);
        _lane.Transactions.Send(transaction, leg.Flow, writer.Written);
    }
}
