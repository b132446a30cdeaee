using SipAlg.Calls.Lanes;
using SipAlg.Calls.Model;
using SipAlg.Signaling.Lanes;

namespace SipAlg.Calls.Trunks;

/// <summary>The registrations and pings of one lane: peers are dealt out among the lanes, each to one.</summary>
public sealed class TrunkLane
{
    private readonly CallLane _lane;
    private readonly List<TrunkRegistration> _registrations = [];
    private int _ending;

    internal TrunkLane(CallLane lane) => _lane = lane;

    /// <summary>Registrations that wait for the answer to their removal; read from any thread.</summary>
    public int Ending
    {
        get => Volatile.Read(ref _ending);
        internal set => Volatile.Write(ref _ending, value);
    }

    /// <summary>Begins to register and to ping; once.</summary>
    public void Begin()
    {
        foreach (var peer in _lane.Room.Peers.Where(peer => peer.Peer.Index % _lane.Lane.Lane.Count == _lane.Lane.Number))
        {
            if (peer.Peer.Register is not null)
            {
                _registrations.Add(TrunkRegistration.Begin(_lane, peer));
            }

            if (peer.Peer.Ping is { } interval)
            {
                PeerPing.Begin(_lane, peer, interval);
            }
        }
    }

    /// <summary>A peer answers pings again: who registers with it, the gateway or phones by way of it, may have been forgotten there.</summary>
    internal void OnPeerBack(Peer peer)
    {
        _registrations.Find(registration => registration.Peer.Peer.Index == peer.Index)?.OnPeerBack();
        if (_lane.Relay is { } relay)
        {
            relay.OnRegistrarBack(peer);
        }
        else
        {
            _lane.Lane.Lane.PostTo(LaneNames.Registrations, new RegistrarBack(peer));
        }
    }

    internal void OnConnectionClosed(ulong connection)
    {
        foreach (var registration in _registrations)
        {
            registration.OnConnectionClosed(connection);
        }
    }
}

/// <summary>Tells the lane of the registrations.</summary>
internal sealed class RegistrarBack(Peer peer) : LaneEvent
{
    public override void Run(ILaneUser user) => ((CallLane)((SipLane)user).User).Relay!.OnRegistrarBack(peer);
}
