using SipAlg.Calls.Calls;
using SipAlg.Calls.Lanes;
using SipAlg.Calls.Model;
using SipAlg.Calls.Peers;
using SipAlg.Signaling.Lanes;

namespace SipAlg.Calls.Trunks;

/// <summary>The registrations and pings of one lane: peers are dealt out among the lanes, each to one.</summary>
public sealed class TrunkLane
{
    private readonly CallLane _lane;
    private readonly List<TrunkRegistration> _registrations = [];
    private readonly List<PeerPing> _pings = [];
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
        foreach (var peer in Own)
        {
            Register(peer);
            Ping(peer);
        }
    }

    /// <summary>
    /// The peers are others. With one that is registered with, or pinged, as it was nothing happens on the wire; where it is not, the
    /// registration is taken back, and another one begun.
    /// </summary>
    internal void Renew()
    {
        foreach (var registration in _registrations.ToArray())
        {
            Renew(registration);
        }

        foreach (var ping in _pings.ToArray())
        {
            Renew(ping);
        }

        foreach (var peer in Own)
        {
            if (!_registrations.Exists(registration => registration.Peer == peer))
            {
                Register(peer);
            }

            if (!_pings.Exists(ping => ping.Peer == peer))
            {
                Ping(peer);
            }
        }
    }

    private IEnumerable<PeerState> Own => _lane.Room.Peers.Where(peer => peer.Peer.Index % _lane.Lane.Lane.Count == _lane.Lane.Number && !IsRemoved(peer));

    private bool IsRemoved(PeerState peer) => _lane.Room.Model.Peers[peer.Peer.Index].IsRemoved;

    private void Register(PeerState peer)
    {
        if (peer.Peer.Register is not null)
        {
            _registrations.Add(TrunkRegistration.Begin(_lane, peer));
        }
    }

    private void Ping(PeerState peer)
    {
        if (peer.Peer.Ping is { } interval)
        {
            _pings.Add(PeerPing.Begin(_lane, peer, interval));
        }
    }

    private void Renew(TrunkRegistration registration)
    {
        var (was, now) = (registration.Peer, _lane.Room.Peers[registration.Peer.Peer.Index]);
        if (IsRemoved(was) || !now.Peer.RegistersLike(was.Peer))
        {
            _registrations.Remove(registration);
            registration.HangUp(CallCause.GatewayStopped);
        }
        else
        {
            registration.Follow(now);
        }
    }

    private void Renew(PeerPing ping)
    {
        var (was, now) = (ping.Peer, _lane.Room.Peers[ping.Peer.Peer.Index]);
        if (IsRemoved(was) || !now.Peer.IsPingedLike(was.Peer))
        {
            _pings.Remove(ping);
            ping.HangUp(CallCause.GatewayStopped);
            now.Reach = PeerReach.Unknown;
        }
        else if (now != was)
        {
            ping.Follow(now);
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
