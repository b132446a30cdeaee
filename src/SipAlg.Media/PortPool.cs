using SipAlg.Linux;
using SipAlg.Media.Ports;
using SipAlg.Media.Relaying;
using SipAlg.Media.Sharing;
using SipAlg.Media.Sources;
using SipAlg.Protocol.Addresses;

namespace SipAlg.Media;

/// <summary>
/// The pairs of media ports that one lane has of a realm's range: of all pairs, each <c>lanes</c>th, whatever the range. Only that lane
/// takes, releases and gives it another range. A pair is taken as a whole whatever address it is bound to: IPv4 and IPv6 share one account.
/// </summary>
public sealed unsafe partial class PortPool
{
    /// <summary>Pairs tried in one taking when other programs have them.</summary>
    private const int MostTries = 32;

    private readonly MediaRelay _relay;
    private readonly PortAccount _account;
    private readonly ushort _number;
    private MediaRange _range;

    /// <summary>Pairs that are left for those who may take the reserve.</summary>
    private int _reserve;
    private readonly long[] _refused = new long[(int)PortTakeResult.Stopped + 1];
    private int _inUse;
    private bool _isScarce;
    private long _takenBeforeRested;
    private long _inUseElsewhere;

    internal PortPool(MediaRelay relay, ushort number, MediaRange range, int lane, int lanes, LanePorts ports)
    {
        (_relay, _number, _lane, _lanes, _range) = (relay, number, lane, lanes, range);
        if (PairsOf(range, lane, lanes).Count <= 0)
        {
            throw new ArgumentException($"Ports {range.FirstPort}-{range.LastPort} hold no pair for lane {lane} of {lanes}.", nameof(range));
        }

        Shared = relay.Steering == null ? null : new SharedPorts(relay.Steering, number, range.Dscp, relay.Options);
        Ports = ports;
        Sources = relay.FeedOf(lane);
        var most = (MostPairs + lanes - 1) / lanes;
        _account = new PortAccount(most, relay.Time.TimestampFrequency, new Random());
        _blocks = new PairBlock?[(most + PairBlock.Pairs - 1) / PairBlock.Pairs];
        Resize(range);
    }

    /// <summary>Pairs of this pool; 0 when the realm has it no more.</summary>
    public int Capacity => IsRetired ? 0 : _account.Capacity;

    /// <summary>Pairs whose sockets are open; readable by any thread.</summary>
    public int InUse => Volatile.Read(ref _inUse);

    /// <summary>Pairs that ordinary calls may still take; readable by any thread.</summary>
    public int Free => FreeOf(InUse);

    /// <summary>Pairs of those that only who may take the reserve gets.</summary>
    public int Reserve => IsRetired ? 0 : _reserve;

    /// <summary>Pairs taken within 5 s of their release, since none had rested longer; readable by any thread.</summary>
    public long TakenBeforeRested => Volatile.Read(ref _takenBeforeRested);

    /// <summary>Times that a pair was found to be in use by another program; readable by any thread.</summary>
    public long FoundInUseElsewhere => Volatile.Read(ref _inUseElsewhere);

    /// <summary>Times that no pair could be had, for this reason; readable by any thread.</summary>
    public long Refused(PortTakeResult reason) => Volatile.Read(ref _refused[(int)reason]);

    /// <summary>Pairs that the lane has in use of the realm's, and how many its ordinary calls may have.</summary>
    public (int InUse, int Most) LaneUse => (Ports.InUse, Ports.Most);

    /// <summary>The lane's, over all addresses of the realm.</summary>
    internal LanePorts Ports { get; }

    /// <summary>Where its relay threads tell of sources.</summary>
    internal SourceFeed Sources { get; }

    /// <summary>The realm's index.</summary>
    public int Realm => _range.Realm;

    /// <summary>Of what is sent.</summary>
    internal byte Dscp => _range.Dscp;

    /// <summary>Takes a pair and binds both its ports; it has no target and no partner yet.</summary>
    /// <param name="bind">A local address, or the unspecified one of a family.</param>
    /// <param name="place">The relay thread, from <see cref="MediaRelay.Place"/>: one for all ports of a call.</param>
    /// <param name="port">The pair; none unless the result is <see cref="PortTakeResult.Taken"/>.</param>
    /// <param name="owner">What <see cref="SourceEvent"/> calls it by.</param>
    /// <param name="mayTakeReserve">For emergencies.</param>
    /// <param name="shown">The address that SDP names it by, where that is another.</param>
    public PortTakeResult TryTake(IpAddress bind, int place, out MediaPort port, ulong owner = 0, bool mayTakeReserve = false, IpAddress shown = default)
    {
        var result = TryChoose(bind, place, out port, owner, mayTakeReserve);
        if (result == PortTakeResult.Taken)
        {
            SetShown(port, shown);
        }
        else
        {
            _refused[(int)result]++;
        }

        return result;
    }

    /// <summary>Whether the lane's ports of the realm have become scarce with the last that was taken: true once, until they have eased.</summary>
    public bool TakeScarcity()
    {
        var isScarce = _isScarce;
        _isScarce = false;
        return isScarce;
    }

    /// <summary>A pair that was taken for this owner and has not been given back.</summary>
    public bool TryFind(ulong owner, out MediaPort port)
    {
        port = default;
        foreach (var block in Blocks)
        {
            for (var at = 0; at < PairBlock.Pairs; at++)
            {
                var pair = block.PairAt(at);
                if (pair->IsOpen && !pair->IsReleased && pair->Owner == owner)
                {
                    port = new MediaPort(_number, pair->Port, pair->Generation);
                    return true;
                }
            }
        }

        return false;
    }

    private PortTakeResult TryChoose(IpAddress bind, int place, out MediaPort port, ulong owner, bool mayTakeReserve)
    {
        port = default;
        if (_relay.IsStopping)
        {
            return PortTakeResult.Stopped;
        }

        // Read first: what comes back from outside the range in between counts as one too many rather than one too few.
        var inUse = InUse;
        _account.QueueReturned();
        if (!mayTakeReserve && FreeOf(inUse) <= 0)
        {
            return PortTakeResult.Exhausted;
        }

        var now = _relay.Time.GetTimestamp();
        for (var tries = 0; tries < MostTries; tries++)
        {
            var index = _account.Take(now, out var hasRested);
            if (index < 0)
            {
                return PortTakeResult.Exhausted;
            }

            var result = TryBind(bind, place, index, owner, out port);
            if (result == PortTakeResult.Taken)
            {
                _takenBeforeRested += hasRested ? 0 : 1;
                return result;
            }

            _account.Rest(index, now);
            if (result != PortTakeResult.InUseElsewhere)
            {
                return result;
            }

            _inUseElsewhere++;
        }

        return PortTakeResult.InUseElsewhere;
    }

    /// <summary>The relay thread has closed the sockets: the pair begins its rest.</summary>
    internal void Closed(Pair* pair, long now)
    {
        SetEvents(pair, null);
        EndKeys(pair);
        _account.Rest(IndexOf(pair->Port), now);
        Interlocked.Decrement(ref _inUse);
        Ports.Give();
    }

    private PortTakeResult TryBind(IpAddress bind, int place, int index, ulong owner, out MediaPort port)
    {
        port = default;
        var number = (ushort)(2 * ((index * _lanes) + _lane));
        var result = TryOpenSockets(new IpEndpoint(bind, number), place, out var sockets);
        if (result != PortTakeResult.Taken)
        {
            return result;
        }

        Interlocked.Increment(ref _inUse);
        _isScarce |= Ports.Take();
        var pair = BlockOf(index).Take(index % PairBlock.Pairs);
        (pair->Pool, pair->Port) = (_number, number);
        SetMediaFrom(pair, null);
        SetClocks(pair, null);
        pair->Open(place, owner, bind, _relay.Realms.Cell(_range.Realm, place), sockets);
        pair->Rtp.IsStamped = sockets.Shared == null && _relay.Options.StampedShare != 0 && Random.Shared.Next(_relay.Options.StampedShare) == 0 && ArrivalStamp.TryStamp(sockets.Rtp);
        _relay.Submit(pair);
        if (sockets.Shared != null)
        {
            SharedPorts.Claim(sockets.Shared, number);
        }

        port = new MediaPort(_number, number, pair->Generation);
        return PortTakeResult.Taken;
    }
}
