using SipAlg.Calls.Calls;
using SipAlg.Calls.Model;
using SipAlg.Calls.Peers;
using SipAlg.Media;

namespace SipAlg.Calls.Lanes;

/// <content>Another model, while calls stand: they go on with what they have, and ask the new one from their next step on.</content>
public sealed partial class CallLane
{
    /// <summary>Slots that are looked at in one turn.</summary>
    private const int MostOfTurn = 1000;

    /// <summary>Takes another model, in a turn of its own.</summary>
    /// <param name="model">Realms, peers and users that stay have their indexes.</param>
    /// <param name="peers">By index; those that did not change are the same as before, of a removed one what it was.</param>
    /// <param name="pools">This lane's, by realm and set of addresses; those that were there before are the same.</param>
    public void Take(GatewayModel model, PeerState[] peers, PortPool[][] pools)
    {
        var realms = model.Realms.Length;
        Counters.Grow(realms, peers.Length);
        Authenticator.Grow(realms);
        Registrar?.Bindings.Grow(realms);
        Registrar?.KeepAlives?.Grow(realms);
        Relay?.Grow(realms);
        Room.Take(model, peers, pools);
        foreach (var realm in model.Realms)
        {
            Take(realm, pools[realm.Index]);
        }

        Trunks.Renew();
    }

    /// <summary>Looks for a call, a subscription or a registration that goes over a listener; some slots a turn.</summary>
    /// <param name="listener">Its place.</param>
    /// <param name="from">0 to begin, then what the last search returned.</param>
    public ListenerUse FindUse(int listener, int from)
    {
        for (var slot = from; slot < Math.Min(from + MostOfTurn, _slots.Top); slot++)
        {
            if (At(slot)?.GoesBy(listener) == true)
            {
                return new ListenerUse(true, slot);
            }
        }

        var bound = Math.Max(Registrar?.Bindings.FirstBy(listener, from, MostOfTurn) ?? -1, Relay?.Bindings.Table.FirstBy(listener, from, MostOfTurn) ?? -1);
        var top = Math.Max(_slots.Top, Math.Max(Registrar?.Bindings.Top ?? 0, Relay?.Bindings.Top ?? 0));
        return bound >= 0 ? new ListenerUse(true, bound) : new ListenerUse(false, from + MostOfTurn < top ? from + MostOfTurn : -1);
    }

    /// <summary>Ends the calls and subscriptions that go over a listener.</summary>
    /// <returns>How many.</returns>
    public int HangUpBy(int listener, CallCause cause)
    {
        var ended = 0;
        for (var slot = 0; slot < _slots.Top; slot++)
        {
            if (At(slot) is { } owner && owner.GoesBy(listener))
            {
                owner.HangUp(cause);
                ended++;
            }
        }

        return ended;
    }

    /// <summary>What a realm has no more, calls that have it in hand may still take ports of.</summary>
    private static void Take(Realm realm, PortPool[] pools)
    {
        var range = realm.Media.RangeOf(realm.Index);
        for (var set = 0; set < pools.Length; set++)
        {
            if (realm.IsRemoved || set >= realm.Media.Sets)
            {
                pools[set].Retire();
            }
            else if (pools[set].Range != range || pools[set].IsRetired)
            {
                pools[set].Resize(range);
            }
        }
    }
}

/// <summary>What a search for the use of a listener has found.</summary>
/// <param name="IsUsed">Something goes over it.</param>
/// <param name="Next">Where to look next: at the same slot, or at those not looked at yet; −1: there are none.</param>
public readonly record struct ListenerUse(bool IsUsed, int Next);
