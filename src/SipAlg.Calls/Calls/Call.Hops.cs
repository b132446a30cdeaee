using SipAlg.Calls.Legs;
using SipAlg.Protocol.Sip;
using SipAlg.Signaling.Resolution;
using SipAlg.Signaling.Transactions;

namespace SipAlg.Calls.Calls;

/// <content>The places of a target (RFC 3263): looked for, and tried one after another.</content>
internal sealed partial class Call
{
    /// <summary>Targets whose places are looked for; by the key of the question.</summary>
    private List<(int Key, TargetStep Step, int Index)>? _sought;
    private int _searches;

    private int Sought => _sought?.Count ?? 0;

    private void KeepInvite(SipMessage invite)
    {
        if (_invite.IsEmpty)
        {
            _invite = _lane.Lane.Octets.Keep(invite.Octets);
        }
    }

    /// <summary>The target waits until its name has been resolved; the caller may give up meanwhile.</summary>
    private bool LookUp(in TargetStep step, int index, SipTarget name, SipMessage invite)
    {
        KeepInvite(invite);
        _sought ??= [];
        _sought.Add((++_searches, step, index));
        _lane.FindHops(name, step[index].Realm, new TransactionOwner(Slot, _generation, _searches));
        return true;
    }

    public override void OnHops(int key, SipHops hops)
    {
        var place = _sought?.FindIndex(sought => sought.Key == key) ?? -1;
        if (place < 0)
        {
            return;
        }

        var (_, step, index) = _sought![place];
        _sought.RemoveAt(place);
        if (_phase != CallPhase.Setup || HasAnswer)
        {
            return;
        }

        if (!TryHops(step, index, HopQueue.Found(_lane, step[index], hops), Parsed(_invite)))
        {
            GoOn();
        }
    }

    /// <summary>RFC 3263 §4.3: who fails at one of its places is tried at the next, as the same target.</summary>
    /// <param name="branch">Which has ended.</param>
    /// <param name="rest">How long the place is tried after the others.</param>
    /// <returns>False if it has no other; true if it is asked there, or that could not be and is noted.</returns>
    private bool TryNextHop(Branch branch, TimeSpan rest)
    {
        branch.Peer?.Hops.Fail(branch.Hop, _lane.Room.Time, rest);
        if (!branch.Hops.HasNext || HasAnswer)
        {
            return false;
        }

        if (!TryHops(branch.Step, branch.Index, branch.Hops, Parsed(_invite)))
        {
            GoOn();
        }

        return true;
    }
}
