using SipAlg.Calls.Lanes;
using SipAlg.Calls.Model;

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

    internal void OnPeerBack(Peer peer) => _registrations.Find(registration => registration.Peer.Peer.Index == peer.Index)?.OnPeerBack();

    internal void OnConnectionClosed(ulong connection)
    {
        foreach (var registration in _registrations)
        {
            registration.OnConnectionClosed(connection);
        }
    }
}
