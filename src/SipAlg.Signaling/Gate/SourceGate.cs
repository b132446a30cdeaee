using SipAlg.Protocol.Addresses;

namespace SipAlg.Signaling.Gate;

/// <summary>
/// The one place where it is decided, before anything is parsed, whether a source is heard: first the lists of its realm, then whether it is a peer,
/// then what else keeps sources out (bans), then whether it is known; a stranger is charged for what he uses. All memory is taken at the start, and
/// nothing is allocated afterwards. Owned by a lane, or by who accepts connections under a lock.
/// </summary>
public sealed class SourceGate
{
    private const int Remembered = 1 << 12;

    private readonly GateBoard _board;
    private readonly SourceBuckets _buckets = new();
    private readonly Place[] _places = new Place[Remembered];
    private GateRules _seen;
    private AllStrangers[] _all = [];
    private int[] _groups = [];

    public SourceGate(GateBoard board) => (_board, _seen) = (board, board.Rules);

    /// <summary>What the lists and the peers of its realm say of a source, which the next datagram need not ask again.</summary>
    private enum Standing : byte
    {
        None,
        Denied,
        Peer,
        Other,
    }

    private struct Place
    {
        public ulong Key;
        public int Realm;
        public Standing Standing;
    }

    private struct AllStrangers
    {
        public long At;
        public double Used;
    }

    public GateBoard Board => _board;
    public GateCounters Counters { get; } = new();

    /// <summary>There are more listeners; those that were there stay what they were.</summary>
    /// <param name="groups">The realm of each.</param>
    public void Take(int[] groups)
    {
        Grow(groups.Length == 0 ? 0 : groups.Max() + 1);
        _groups = groups;
    }

    private void Grow(int realms)
    {
        if (realms > _all.Length)
        {
            Array.Resize(ref _all, realms);
            Counters.Grow(realms);
        }
    }

    /// <summary>Whether something is taken that came to a listener; what is not is counted.</summary>
    /// <param name="listener">Its number.</param>
    /// <param name="source">Where it came from.</param>
    /// <param name="now">Milliseconds of the lane.</param>
    public bool Admits(int listener, in IpAddress source, GateCharge charge, long now) => AdmitsTo(_groups[listener], source, charge, now);

    /// <summary>As <see cref="Admits"/>, of a realm.</summary>
    internal bool AdmitsTo(int realm, in IpAddress source, GateCharge charge, long now)
    {
        Grow(realm + 1);
        var verdict = Judge(realm, source, charge, now);
        if (verdict == GateVerdict.Pass)
        {
            return true;
        }

        Counters.Count(realm, verdict);
        return false;
    }

    /// <summary>Neither a peer nor known.</summary>
    internal bool IsStranger(int realm, in IpAddress source, long now) => !_board.IsPeer(realm, source) && !_board.Known.Has(source, now);

    private GateVerdict Judge(int realm, in IpAddress source, GateCharge charge, long now)
    {
        if (_board.Rules.Of(realm) is not { } gate)
        {
            return _board.Other is { } only ? only.Judge(realm, source, _board.Known.Has(source, now), charge, now) : GateVerdict.Pass;
        }

        var standing = StandingOf(realm, gate, source);
        if (standing != Standing.Other)
        {
            return standing == Standing.Peer ? GateVerdict.Pass : GateVerdict.Denied;
        }

        var key = _board.Hash.OfHousehold(source);
        var isKnown = _board.Known.Has(key, now);
        if (_board.Other is { } other && other.Judge(realm, source, isKnown, charge, now) is var verdict && verdict != GateVerdict.Pass)
        {
            return verdict;
        }

        return isKnown ? GateVerdict.Pass : Charge(realm, gate.Strangers, key, charge, now);
    }

    private Standing StandingOf(int realm, RealmGate gate, in IpAddress source)
    {
        var rules = _board.Rules;
        if (!ReferenceEquals(rules, _seen))
        {
            Array.Clear(_places);
            _seen = rules;
        }

        var key = _board.Hash.Of(source);
        ref var place = ref _places[(int)(key & (Remembered - 1))];
        if (place.Key != key || place.Realm != realm || place.Standing == Standing.None)
        {
            place = new Place { Key = key, Realm = realm, Standing = !gate.Admits(source) ? Standing.Denied : gate.Peers.Contains(source) ? Standing.Peer : Standing.Other };
        }

        return place.Standing;
    }

    private GateVerdict Charge(int realm, StrangerLimits limits, ulong key, GateCharge charge, long now) => charge switch
    {
        GateCharge.Packet => Take(key, charge, limits.Packets, now) ? GateVerdict.Pass : GateVerdict.SourcePackets,
        GateCharge.Connection => Take(key, charge, limits.Connections, now) ? GateVerdict.Pass : GateVerdict.SourceConnections,
        _ when !Take(key, charge, limits.Requests, now) => GateVerdict.SourceRequests,
        _ => TakeOfAll(ref _all[realm], limits.AllRequests, now) ? GateVerdict.Pass : GateVerdict.StrangerRequests,
    };

    private bool Take(ulong key, GateCharge charge, in GateRate? rate, long now) => rate is not { } limit || _buckets.TryTake(key, charge, limit, now);

    private static bool TakeOfAll(ref AllStrangers all, in GateRate? rate, long now)
    {
        if (rate is not { } limit)
        {
            return true;
        }

        all.Used = Math.Max(0, all.Used - ((now - all.At) * limit.PerSecond / 1000));
        all.At = now;
        if (all.Used + 1 > limit.AtOnce)
        {
            return false;
        }

        all.Used++;
        return true;
    }
}
