using SipAlg.Calls.Calls;

namespace SipAlg.Calls.Lanes;

/// <content>Where the media of this lane's calls comes from, as the relay tells it.</content>
public sealed partial class CallLane
{
    private void ListenForSources() => Room.Media.Relay.ListenForSources(Lane.Number, new HeardSources(this).Signal);

    /// <summary>Takes what the relay has told up to now: counts it, logs it, and puts it into the records of calls that stand.</summary>
    internal void TakeSources()
    {
        while (Room.Media.Relay.TryTakeSource(Lane.Number, out var told))
        {
            Counters.CountSource(told.Realm, told.Change);
            var call = CallOf(told.Owner);
            call?.Record.Heard(new CallSource(Room.Time.GetUtcNow(), Room.Model.Realms[told.Realm].Name, told));
            Room.Log.MediaSource(call?.Record.Id, Room.Model.Realms[told.Realm].Name, told);
        }
    }

    /// <summary>How a port's call is named to the relay.</summary>
    internal static ulong SourceOwner(int slot, uint generation) => ((ulong)(uint)slot << 32) | generation;

    /// <summary>A slot's owner goes: ports that it still holds would be lost.</summary>
    private void ReclaimPorts(int slot)
    {
        if (Room.Media.Reclaim(SourceOwner(slot, _slots.Generation(slot)), (_slots[slot].Owner as Call)?.Record.Id) is { } leaked)
        {
            Counters.CountLeaks(leaked);
        }
    }

    /// <summary>Null: its call is over.</summary>
    private Call? CallOf(ulong owner)
    {
        var slot = (int)(owner >> 32);
        return _slots.Holds(slot, (uint)owner) ? _slots[slot].Owner as Call : null;
    }
}
