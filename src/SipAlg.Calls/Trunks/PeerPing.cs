using System.Collections.Immutable;
using SipAlg.Calls.Authentication;
using SipAlg.Calls.Calls;
using SipAlg.Calls.Lanes;
using SipAlg.Calls.Legs;
using SipAlg.Calls.Messages;
using SipAlg.Calls.Peers;
using SipAlg.Protocol.Sip;
using SipAlg.Signaling.Dialogs;
using SipAlg.Signaling.Identifiers;
using SipAlg.Signaling.Lanes;
using SipAlg.Signaling.Resolution;
using SipAlg.Signaling.Transactions;
using SipAlg.Signaling.Transports;

namespace SipAlg.Calls.Trunks;

/// <summary>
/// Asks a peer by OPTIONS, at each of its places, whether it is there. Any final response but 408 and 503 says so. A place is down after
/// two lost pings, and up again after one that is answered; a peer is down when all of its places are.
/// </summary>
internal sealed class PeerPing : DialogOwner
{
    /// <summary>Milliseconds for an answer, and between pings while one is missing.</summary>
    private const long Patience = 5000;
    private const long Unresolved = 1000;
    private const int MostLost = 2;
    private const int MostPlaces = 8;
    private const int MaxForwards = 70;

    private readonly CallLane _lane;
    private PeerState _peer;
    private readonly long _interval;
    private readonly TransactionOwner _owner;
    private readonly List<Place> _places = [];
    private ImmutableArray<SipHop> _known = [];
    private PingLoss _lastLoss;
    private TimerId _timer;

    private sealed class Place(SipHop hop)
    {
        public SipHop Hop => hop;
        public TransactionId Asking { get; set; }

        /// <summary>When it is asked next or, while it is asked, given up.</summary>
        public long At { get; set; }
        public long AskedAt { get; set; }
        public int Lost { get; set; }
        public bool IsDown { get; set; }
    }

    private PeerPing(CallLane lane, PeerState peer, TimeSpan interval, TransactionOwner owner) =>
        (_lane, _peer, _interval, _owner) = (lane, peer, (long)interval.TotalMilliseconds, owner);

    /// <summary>Pings from now on; the first one comes within an interval, so that not all peers are asked at once.</summary>
    public static PeerPing Begin(CallLane lane, PeerState peer, TimeSpan interval)
    {
        var slot = lane.Reserve(out var generation);
        var ping = new PeerPing(lane, peer, interval, new TransactionOwner(slot, generation, 0));
        lane.Set(slot, ping);
        ping.Wake(lane.Lane.Now);
        return ping;
    }

    public PeerState Peer => _peer;

    /// <summary>The peer is configured otherwise, but pinged as before.</summary>
    public void Follow(PeerState peer) => _peer = peer;

    private void Wake(long at)
    {
        _lane.Lane.Timers.Cancel(_timer);
        _timer = _lane.Lane.Timers.Schedule(at, (byte)CallTimer.Trunk, _owner.Slot, _owner.Generation);
    }

    public override void OnTimer(CallTimer timer)
    {
        _timer = default;
        var now = _lane.Lane.Now;
        LookAtPlaces(now);
        foreach (var place in _places)
        {
            if (place.At > now)
            {
                continue;
            }

            if (!place.Asking.IsNone)
            {
                _lane.Transactions.Forget(place.Asking);
                Lose(place, PingLoss.NoAnswer);
            }

            if (place.At <= now)
            {
                Ask(place, now);
            }
        }

        Conclude();
        WakeNext();
    }

    private void WakeNext() => Wake(_places.Count == 0 ? _lane.Lane.Now + Unresolved : _places.Min(place => place.At));

    /// <summary>The places of a host name change while it is pinged. What is known of one that stays is kept.</summary>
    private void LookAtPlaces(long now)
    {
        var found = _peer.Hops.All;
        if (found == _known)
        {
            return;
        }

        _known = found;
        var wanted = found.Take(MostPlaces).ToList();
        foreach (var gone in _places.Where(place => !wanted.Contains(place.Hop)).ToList())
        {
            _lane.Transactions.Forget(gone.Asking);
            _places.Remove(gone);
        }

        foreach (var hop in wanted.Where(hop => _places.TrueForAll(place => place.Hop != hop)))
        {
            _places.Add(new Place(hop) { At = now + RegistrationPace.Draw(_lane.Lane.Secrets, _interval) });
        }
    }

    private void Ask(Place place, long now)
    {
        place.AskedAt = now;
        if (!_lane.TryFlow(_peer, place.Hop, out var flow))
        {
            Lose(place, PingLoss.Unreachable);
            return;
        }

        place.At = now + Patience;
        place.Asking = _lane.Transactions.Reserve(SipMethod.Options, _owner);
        var shown = _lane.Shown(flow);
        var writer = new MessageWriter(_lane.Output);
        var id = _lane.Lane.MintId(_owner.Slot);
        NewDialog(id).WriteRequest(ref writer, SipMethod.Options, 1, MaxForwards, LegMessages.ViaOf(_lane.Transactions, place.Asking, flow, shown));
        LegMessages.WriteContact(ref writer, id, flow, shown);
        writer.Write("Accept: application/sdp\r\n"u8);
        writer.Finish(default);
        _lane.Transactions.Send(place.Asking, flow, writer.Written);
    }

    private Dialog NewDialog(MintedId id)
    {
        Span<byte> callId = stackalloc byte[MintedId.TextLength];
        Span<byte> tag = stackalloc byte[MintedId.TextLength];
        _lane.Lane.MintId(_owner.Slot).Format(callId);
        id.Format(tag);
        byte[] address = [.. "<sip:"u8, .. _peer.Host, .. ">"u8];
        return _lane.Dialogs.FromOwnRequest(callId, [.. address, .. ";tag="u8, .. tag], address, [.. "sip:"u8, .. _peer.HostPort], _peer.ProxyRoute);
    }

    public override bool OnResponse(TransactionId transaction, int part, SipMessage response, in Flow flow)
    {
        if (response.Status >= 200 && Asked(transaction) is { } place)
        {
            var loss = response.Status switch { 408 => PingLoss.TimedOut, 503 => PingLoss.Unavailable, _ => PingLoss.None };
            if (loss == PingLoss.None)
            {
                Answer(place);
            }
            else
            {
                Lose(place, loss);
            }

            Conclude();
            WakeNext();
        }

        return true;
    }

    public override void OnNoResponse(TransactionId transaction, int part, NoResponse reason)
    {
        if (Asked(transaction) is { } place)
        {
            Lose(place, reason == NoResponse.TimedOut ? PingLoss.NoAnswer : PingLoss.Unreachable);
            Conclude();
            WakeNext();
        }
    }

    private Place? Asked(TransactionId transaction) => _places.Find(place => place.Asking == transaction);

    private void Answer(Place place)
    {
        place.Asking = default;
        place.Lost = 0;
        place.At = place.AskedAt + _interval;
        if (place.IsDown)
        {
            place.IsDown = false;
            _peer.Hops.Recover(place.Hop);
            TellOf(place, PingLoss.None);
        }
    }

    private void Lose(Place place, PingLoss loss)
    {
        _lastLoss = loss;
        place.Asking = default;
        place.Lost++;
        place.At = Math.Max(place.AskedAt + Patience, _lane.Lane.Now);
        if (place.Lost < MostLost)
        {
            return;
        }

        // Tried after the others for as long as it is silent.
        _peer.Hops.Fail(place.Hop, _lane.Room.Time, PeerHops.Rest);
        if (!place.IsDown)
        {
            place.IsDown = true;
            TellOf(place, loss);
        }
    }

    private void TellOf(Place place, PingLoss loss)
    {
        if (_places.Count > 1)
        {
            _lane.Room.Log.PlaceChanged(_peer.Peer.Name, place.Hop, loss);
        }
    }

    /// <summary>What the places say of the peer.</summary>
    private void Conclude()
    {
        var before = _peer.Reach;
        ImmutableArray<SipHop> silent = [.. _places.Where(place => place.IsDown).Select(place => place.Hop)];
        var isDown = silent.Length > 0 && silent.Length == _places.Count;
        if (isDown == before.IsDown && silent.SequenceEqual(before.Silent))
        {
            return;
        }

        var since = isDown == before.IsDown ? before.Since : _lane.Room.Time.GetUtcNow();
        _peer.Reach = new PeerReach(isDown, since, isDown ? before.IsDown ? before.Reason : _lastLoss : PingLoss.None, silent);
        if (isDown && !before.IsDown)
        {
            _lane.Room.Log.PeerDown(_peer.Peer.Name, _lastLoss);
        }
        else if (before.IsDown && !isDown)
        {
            _lane.Room.Log.PeerUp(_peer.Peer.Name);
            _lane.Trunks.OnPeerBack(_peer.Peer);
        }
    }

    /// <summary>Ends with the gateway; after a fault it goes on.</summary>
    public override void HangUp(CallCause cause)
    {
        foreach (var place in _places)
        {
            _lane.Transactions.Forget(place.Asking);
            (place.Asking, place.At) = (default, _lane.Lane.Now + _interval);
        }

        if (cause == CallCause.Fault)
        {
            WakeNext();
            return;
        }

        _lane.Lane.Timers.Cancel(_timer);
        _lane.Remove(_owner.Slot);
    }

    // ---- nobody asks it anything

    public override DialogEnd? LegWith(ulong secret, ReadOnlySpan<byte> remoteTag) => null;

    public override MethodSet AllowedFrom(DialogEnd end) => default;

    public override void OnRequest(DialogEnd end, TransactionId transaction, SipMessage request, in Flow flow) => _lane.Transactions.Reply(transaction, request, flow, 481);

    /// <summary>Its requests carry no credentials: a challenge is an answer.</summary>
    public override bool TryRenew(in RenewedRequest renewed) => false;
}
