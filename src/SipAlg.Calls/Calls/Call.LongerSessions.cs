using SipAlg.Calls.Legs;
using SipAlg.Calls.Messages;
using SipAlg.Protocol.Sessions;
using SipAlg.Protocol.Sip;
using SipAlg.Signaling.Lanes;
using SipAlg.Signaling.Transactions;

namespace SipAlg.Calls.Calls;

/// <content>422 (RFC 4028 §7.3): what we asked of a leg is asked once more, with an interval that is long enough for it. The other side hears nothing.</content>
internal sealed partial class Call
{
    /// <summary>Of one request; each hop on the way may know a longer one.</summary>
    private const int MostLongerTries = 4;

    /// <summary>Takes note of the Min-SE in a 422; false if to ask anew would lead to nothing else.</summary>
    private bool TryLonger(Leg leg, SipMessage response)
    {
        var least = SessionExpires.ParseLeast(response.First(HeaderId.MinSe));
        var asked = AskedInterval(leg);
        if (asked == 0 || least <= asked || leg.Clock.Tries == MostLongerTries)
        {
            return false;
        }

        leg.Clock.Tries++;
        leg.Clock.Least = least;
        return true;
    }

    /// <summary>Keeps an INVITE that asks for a session interval until it has its final answer.</summary>
    private void KeepRequest(Leg leg, ReadOnlySpan<byte> invite)
    {
        if (AskedInterval(leg) != 0)
        {
            _lane.Lane.Octets.Drop(ref leg.Request);
            leg.Request = _lane.Lane.Octets.Keep(invite);
        }
    }

    /// <summary>A target whose dialogs have gone further than that is one that failed.</summary>
    private bool TryInviteLonger(Branch branch, SipMessage response)
    {
        var leg = branch.First;
        if (!leg.Dialog.RemoteTag.IsEmpty || !TryLonger(leg, response) ||
            !TrySendLonger(leg, ref leg.Request, SipMethod.Invite, LegPart.CalleeInvite, branch.Target.Peer is { Address.Transport: not null }, out var transaction))
        {
            return false;
        }

        branch.Asking = transaction;
        leg.AskingSequence = leg.Dialog.LocalSequence;
        return true;
    }

    private bool TryReinviteLonger(Leg leg, SipMessage response)
    {
        var part = leg.Index == CallerIndex ? LegPart.CallerReinvite : LegPart.CalleeReinvite;
        if (!TryLonger(leg, response) || !TrySendLonger(leg, ref leg.Request, SipMethod.Invite, part, false, out var transaction))
        {
            return false;
        }

        _lane.Transactions.TryClaim(transaction, leg.Dialog.RemoteTag);
        leg.Asking = transaction;
        leg.AskingSequence = leg.Dialog.LocalSequence;
        return true;
    }

    private bool TryCrossLonger(TransactionId transaction, SipMessage response)
    {
        var crossing = _crossings;
        while (crossing is not null && crossing.Asking != transaction)
        {
            crossing = crossing.Next;
        }

        if (crossing is null || !TryLonger(crossing.To, response) ||
            !TrySendLonger(crossing.To, ref crossing.Request, SipMethod.Update, LegPart.Crossing, false, out var next))
        {
            return false;
        }

        crossing.Asking = next;
        return true;
    }

    private bool TrySendLonger(Leg leg, ref StoredOctets kept, SipMethod method, LegPart part, bool fixesTransport, out TransactionId transaction)
    {
        transaction = default;
        if (kept.IsEmpty)
        {
            return false;
        }

        transaction = _lane.Transactions.Reserve(method, Owner(part));
        var request = Parsed(kept);
        var writer = new MessageWriter(_lane.Output);
        RequestRenewal.Begin(ref writer, request, LegMessages.ViaOf(_lane.Transactions, transaction, leg.Flow, _lane.Shown(leg.Flow)), ++leg.Dialog.LocalSequence);
        WriteSession(ref writer, leg);
        writer.Finish(request.BodyOctets);
        if (writer.Overflowed)
        {
            _lane.Transactions.Abandon(transaction);
            return false;
        }

        _lane.Lane.Octets.Drop(ref kept);
        kept = _lane.Lane.Octets.Keep(writer.Written);
        _lane.ClientRequests.Send(transaction, leg, _lane.Output.AsSpan(0, writer.Length), fixesTransport || FixesTransport(leg));
        return true;
    }
}
