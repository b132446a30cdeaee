using System.Runtime.InteropServices;
using SipAlg.Calls.Model;
using SipAlg.Protocol.Addresses;
using SipAlg.Signaling.Transports;

namespace SipAlg.Calls.Registrations;

/// <content>What waits for a registrar, and what it is asked when it is back.</content>
internal sealed partial class RegisterRelay
{
    /// <summary>REGISTERs of one source that wait for an answer at once: nobody leaves no room for others with questions that stay without one.</summary>
    private const int MostOfSource = PeerLimits.Requests / 4;

    /// <summary>A registrar that is down is looked for each 5 s.</summary>
    private const int LeastDownSeconds = 10;

    private readonly Dictionary<IpAddress, int> _open = [];
    private readonly HashSet<RelayedRegister> _asking = [];

    /// <summary>A registrar is asked.</summary>
    public void OnBegun(RelayedRegister register) => _asking.Add(register);

    /// <summary>It has answered, or will not.</summary>
    public void OnOver(RelayedRegister register, in Flow flow)
    {
        _asking.Remove(register);
        OnOver(flow);
    }

    /// <summary>A REGISTER of this source has its answer.</summary>
    private void OnOver(in Flow flow)
    {
        var source = SourceOf(flow);
        ref var open = ref CollectionsMarshal.GetValueRefOrNullRef(_open, source);
        if (--open == 0)
        {
            _open.Remove(source);
        }
    }

    /// <summary>A registrar answers pings again: if it was started anew it has forgotten the phones, so it hears the next refresh of each.</summary>
    public void OnRegistrarBack(Peer registrar)
    {
        for (var slot = 0; slot < Bindings.Top; slot++)
        {
            if (Bindings.IsTaken(slot) && _lane.Room.Model.Realms[Bindings[slot].Realm].Relay?.Registrar.Index == registrar.Index)
            {
                Bindings.State(slot).RefreshAt = _lane.Lane.Now;
            }
        }
    }

    /// <summary>It answers no ping: a question to it would stand open for 32 s, and so would that of each phone.</summary>
    private bool IsDown(RelaySettings settings) => _lane.Room.Peers[settings.Registrar.Index].Reach.IsDown;

    /// <summary>When to come again: drawn by lot, so that not all phones come at once when it is back.</summary>
    private int DownSeconds() => LeastDownSeconds + (int)(_lane.Lane.Secrets.Next() % LeastDownSeconds);

    private bool TryTake(in Flow flow)
    {
        ref var open = ref CollectionsMarshal.GetValueRefOrAddDefault(_open, SourceOf(flow), out _);
        if (open == MostOfSource)
        {
            return false;
        }

        open++;
        return true;
    }

    private static IpAddress SourceOf(in Flow flow) => Prefixes.Household(flow.Remote.Address);
}
