using System.Collections.Immutable;
using SipAlg.Calls.Lanes;
using SipAlg.Calls.Model;
using SipAlg.Media;
using SipAlg.Protocol.Sdp;

namespace SipAlg.Calls.Media;

/// <summary>What the calls of one lane share for their media: the relay, a pool of ports a realm, and room to write SDP in.</summary>
/// <param name="relay">Shared by all lanes.</param>
/// <param name="pools">By realm and set of addresses.</param>
/// <param name="realms">Their names are for the log.</param>
/// <param name="log">Told when ports run short, run out or were not given back.</param>
internal sealed class MediaLane(MediaRelay relay, PortPool[][] pools, ImmutableArray<Realm> realms, ICallLog log)
{
    private readonly PortHoldings _holdings = new();
    private PortPool[][] _pools = pools;
    private ImmutableArray<Realm> _realms = realms;
    private byte[]? _draft;
    private byte[]? _keylessDraft;
    private SdpCryptoChange[]? _keyChanges;

    public MediaRelay Relay => relay;

    /// <summary>There are other realms, or other sets of addresses; those that were there before are where they were.</summary>
    public void Take(PortPool[][] pools, ImmutableArray<Realm> realms) => (_pools, _realms) = (pools, realms);

    /// <summary>Why the last port could not be had; null before the first time.</summary>
    public PortShortage? Shortage { get; private set; }

    /// <summary>The description being crossed; used up within one call.</summary>
    public SdpDescription Description { get; } = new();

    /// <summary>Which of its codecs cross; used up within one call.</summary>
    public SdpCodecFilter Codecs { get; } = new();

    /// <summary>The clock rates of its streams.</summary>
    public SdpClocks Clocks { get; } = new();

    public StreamComparison Comparison { get; } = new();

    public byte[] Scratch { get; } = new byte[SdpDescription.MaxLength];

    public SdpStream[] Streams { get; } = new SdpStream[SdpDescription.MaxMedia];

    /// <summary>Room for a description that is written once more with other events in it; only some lanes ever need it.</summary>
    public byte[] Draft => _draft ??= new byte[SdpDescription.MaxLength];

    /// <summary>Room for a description that is written once more with keys in it.</summary>
    public byte[] KeylessDraft => _keylessDraft ??= new byte[SdpDescription.MaxLength];

    public SdpCryptoChange[] KeyChanges => _keyChanges ??= new SdpCryptoChange[SdpDescription.MaxMedia];

    public SecuredStreams Secured { get; } = new();

    public SdpEventChange[] EventChanges { get; } = new SdpEventChange[SdpDescription.MaxMedia];

    /// <summary>The addresses of a side, where it has several of one family.</summary>
    public MediaSide Choose(in MediaSide side) => side.Chosen(_pools[side.Realm]);

    /// <summary>Takes a pair of ports. What stands in its way is counted and logged here.</summary>
    /// <param name="realm">Whose ports.</param>
    /// <param name="address">The local address.</param>
    /// <param name="place">The relay thread.</param>
    /// <param name="isEmergency">May take the reserve.</param>
    /// <param name="owner">For whom, as <see cref="CallLane.SourceOwner"/> says.</param>
    /// <param name="call">Its id.</param>
    /// <param name="port">None on failure.</param>
    public bool TryTake(int realm, in MediaAddress address, int place, bool isEmergency, ulong owner, ulong call, out MediaPort port)
    {
        var pool = _pools[realm][address.Set];
        var result = pool.TryTake(address.Bind, place, out port, owner, isEmergency, address.Shown);
        if (result != PortTakeResult.Taken)
        {
            Shortage = new PortShortage(_realms[realm].Name, result);
            log.NoMediaPorts(call, Shortage.Realm, result);
            return false;
        }

        _holdings.Take(owner);
        if (pool.TakeScarcity())
        {
            var (inUse, most) = pool.LaneUse;
            log.MediaPortsScarce(_realms[realm].Name, inUse, most);
        }

        return true;
    }

    /// <summary>Gives a port back, if it was not before.</summary>
    public void Release(in MediaPort port)
    {
        if (relay.TryRelease(port, out var owner))
        {
            _holdings.Give(owner);
        }
    }

    /// <summary>Its owner has ended: ports that it has not given back were forgotten by a fault of ours. They are named, and come back all the same.</summary>
    /// <param name="owner">As for <see cref="TryTake"/>.</param>
    /// <param name="call">Its id; null if it is none any more.</param>
    /// <returns>How many pairs, by realm; null if none, as it should be.</returns>
    public int[]? Reclaim(ulong owner, ulong? call)
    {
        if (_holdings.Of(owner) == 0)
        {
            return null;
        }

        var found = new int[_pools.Length];
        for (var realm = 0; realm < _pools.Length; realm++)
        {
            foreach (var pool in _pools[realm])
            {
                while (pool.TryFind(owner, out var port))
                {
                    log.MediaPortLeaked(call, _realms[realm].Name, port.Port);
                    Release(port);
                    found[realm]++;
                }
            }
        }

        // The slot's next owner begins with none.
        _holdings.Clear(owner);
        return found;
    }
}
