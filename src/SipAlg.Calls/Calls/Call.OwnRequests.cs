using SipAlg.Calls.Legs;
using SipAlg.Calls.Messages;
using SipAlg.Protocol.Sip;
using SipAlg.Signaling.Identifiers;
using SipAlg.Signaling.Transactions;

namespace SipAlg.Calls.Calls;

/// <content>Requests of the gateway's own in a dialog: how each begins, those whose answer changes nothing, and the RAck of a PRACK.</content>
internal sealed partial class Call
{
    /// <summary>Begins a request of our own with what every one has.</summary>
    private TransactionId BeginOwn(ref MessageWriter writer, Leg leg, SipMethod method, LegPart part, int hops = 70)
    {
        var transaction = _lane.Transactions.Reserve(method, Owner(part));
        leg.Dialog.WriteRequest(ref writer, method, ++leg.Dialog.LocalSequence, hops, LegMessages.ViaOf(_lane.Transactions, transaction, leg.Flow, _lane.Shown(leg.Flow)));
        return transaction;
    }

    /// <summary>Begins one that refreshes the session: INVITE or UPDATE (RFC 4028 §7.4).</summary>
    private TransactionId BeginRefresh(ref MessageWriter writer, Leg leg, SipMethod method, LegPart part)
    {
        var transaction = BeginOwn(ref writer, leg, method, part);
        LegMessages.WriteContact(ref writer, new MintedId(_lane.Lane.Number, Slot, leg.Secret), leg.Flow, _lane.Shown(leg.Flow), leg.Dialog.IsSips);
        LegMessages.WriteAllow(ref writer, AllowedTowards(leg), AccessOf(leg.Realm));
        LegMessages.WriteSupported(ref writer, isReliable: false);
        WriteSession(ref writer, leg);
        return transaction;
    }

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
        var writer = new MessageWriter(_lane.Output);
        var transaction = BeginOwn(ref writer, leg, method, LegPart.Own);
        if (method == SipMethod.Prack)
        {
            WriteRAck(ref writer, leg, acknowledged);
        }

        writer.Finish(default);
        _lane.ClientRequests.Send(transaction, leg, _lane.Output.AsSpan(0, writer.Length), FixesTransport(leg));
    }
}
