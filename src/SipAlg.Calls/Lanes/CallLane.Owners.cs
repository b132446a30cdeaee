using SipAlg.Calls.Calls;
using SipAlg.Calls.Subscriptions;
using SipAlg.Protocol.Sip;

namespace SipAlg.Calls.Lanes;

/// <content>The slots of whatever has dialogs: calls, subscriptions and requests outside a dialog.</content>
public sealed partial class CallLane
{
    /// <summary>Takes a slot for an owner that is being made; <see cref="Set"/> or <see cref="Remove"/> follows.</summary>
    internal int Reserve(out uint generation) => _slots.Take(out generation);

    /// <summary>As the other, for what a request begins; false: the same one is being served already (RFC 3261 §8.2.2.2).</summary>
    /// <param name="request">Outside a dialog.</param>
    /// <param name="slot">Reserved.</param>
    /// <param name="generation">The slot's.</param>
    /// <param name="key">What <see cref="ForgetInvite"/> is told.</param>
    internal bool TryReserve(SipMessage request, out int slot, out uint generation, out ulong key)
    {
        slot = Reserve(out generation);
        if (IsMerged(request, slot, out key))
        {
            Remove(slot);
            return false;
        }

        return true;
    }

    internal void Set(int slot, DialogOwner owner)
    {
        _slots[slot].Owner = _acting = owner;
        CountOwner(slot, 1);
    }

    internal void Remove(int slot)
    {
        CountOwner(slot, -1);
        ReclaimPorts(slot);
        _slots.Free(slot);
    }

    /// <summary>A call goes on in another one: what has its slot in a tag or a transaction leads there from now on.</summary>
    internal void Forward(int slot, Call call)
    {
        CountOwner(slot, -1);
        _slots[slot].Owner = call;
    }

    private void CountOwner(int slot, int change)
    {
        if (_slots[slot].Owner is Call call && IsOwn(slot, call))
        {
            Counters.Active += change;
        }
        else if (_slots[slot].Owner is Subscription)
        {
            Counters.Subscriptions += change;
        }
    }

    private DialogOwner? Find(int slot, uint generation) => _acting = _slots.Holds(slot, generation) ? _slots[slot].Owner : null;

    /// <summary>What a slot holds now.</summary>
    internal DialogOwner? At(int slot) => _slots.IsTaken(slot) ? _slots[slot].Owner : null;

    /// <summary>A call in its first slot, and none that is made for another one.</summary>
    private static bool IsOwn(int slot, Call call) => call.Slot == slot && !call.IsAttempt;

    /// <summary>RFC 3261 §8.2.2.2: the same INVITE that came by another branch already. Remembers this one if it is new.</summary>
    private bool IsMerged(SipMessage invite, int slot, out ulong key)
    {
        Span<byte> text = stackalloc byte[2 * SipLimits.Identifier + 16];
        var writer = new MessageWriter(text);
        writer.Write(invite[invite.CallId]);
        writer.Write((byte)'\n');
        writer.Write(invite[invite.FromTag]);
        writer.Write((byte)'\n');
        writer.Write(invite.CSeq);
        key = _hash.Of(writer.Written);
        return !_invites.TryAdd(key, slot);
    }

    internal void ForgetInvite(ulong key) => _invites.Remove(key);
}
