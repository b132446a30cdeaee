using SipAlg.Calls.Calls;

namespace SipAlg.Calls.Lanes;

/// <content>What operators ask of a lane's calls.</content>
public sealed partial class CallLane
{
    /// <summary>Ends every call, and whatever else has a slot.</summary>
    public void HangUpAll(CallCause cause)
    {
        for (var slot = 0; slot < _slots.Top; slot++)
        {
            At(slot)?.HangUp(cause);
        }
    }

    /// <summary>
    /// The deadline of a drain has come: ends the calls that stand. Emergency calls are exempt from drain, and so from this;
    /// subscriptions and registrations go on as they do while the gateway drains.
    /// </summary>
    public void EndDrained()
    {
        for (var slot = 0; slot < _slots.Top; slot++)
        {
            if (At(slot) is Call { IsEmergency: false } call)
            {
                call.HangUp(CallCause.DrainDeadline);
            }
        }
    }

    /// <summary>Copies the records of calls that stand, from a slot on, and says where the next page begins.</summary>
    /// <param name="from">0 for the first page, then what the last one returned.</param>
    /// <param name="page">Filled from its beginning.</param>
    /// <param name="count">How many records are in the page.</param>
    /// <param name="isWanted">Null: all.</param>
    /// <param name="most">How many slots are looked at, at most.</param>
    /// <returns>The slot to go on from, −1 after the last.</returns>
    public int List(int from, Span<CallRecord> page, out int count, Func<CallRecord, bool>? isWanted = null, int most = int.MaxValue)
    {
        count = 0;
        for (var slot = from; slot < _slots.Top; slot++)
        {
            if (count == page.Length || slot - from >= most)
            {
                return slot;
            }

            if (At(slot) is Call call && IsOwn(slot, call) && isWanted?.Invoke(call.Record) != false)
            {
                page[count++] = call.Record;
            }
        }

        return -1;
    }

    /// <summary>The record of the call with this id, if it is one of this lane's and stands.</summary>
    public CallRecord? RecordOf(ulong id) => WithId(id)?.Record;

    /// <summary>What came of the media of the call with this id; empty without such a call.</summary>
    public IReadOnlyList<CallStream> StreamsOf(ulong id) => WithId(id)?.Streams() ?? [];

    /// <summary>Ends the call with this id, if it is one of this lane's.</summary>
    public bool HangUp(ulong id, CallCause cause)
    {
        if (WithId(id) is not { } call)
        {
            return false;
        }

        call.HangUp(cause);
        return true;
    }

    private Call? WithId(ulong id)
    {
        for (var slot = 0; slot < _slots.Top; slot++)
        {
            if (At(slot) is Call call && IsOwn(slot, call) && call.Record.Id == id)
            {
                return call;
            }
        }

        return null;
    }
}
