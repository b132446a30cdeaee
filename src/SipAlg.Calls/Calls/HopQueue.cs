using System.Collections.Immutable;
using System.Text;
using SipAlg.Calls.Dialplan;
using SipAlg.Calls.Lanes;
using SipAlg.Calls.Model;
using SipAlg.Calls.Registrations;
using SipAlg.Protocol.Sip;
using SipAlg.Signaling.Resolution;

namespace SipAlg.Calls.Calls;

/// <summary>The places of one target, in the order to try them (RFC 3263 §4.3).</summary>
/// <param name="hops">Where.</param>
/// <param name="ways">The contacts of a registered device that these are; default for any other target.</param>
internal sealed class HopQueue(ImmutableArray<SipHop> hops, ImmutableArray<RegisteredContact> ways = default)
{
    /// <summary>No more of a target are tried: its caller waits.</summary>
    private const int Most = 8;

    private int _next;

    private long _until;

    public bool HasNext => Left > 0;

    public int Left => Math.Min(hops.Length, Most) - _next;

    /// <param name="way">The contact that is reached there, of a device that has several; null elsewhere.</param>
    public SipHop Take(out RegisteredContact? way)
    {
        way = ways.IsDefault ? null : ways[_next];
        return hops[_next++];
    }

    /// <summary>
    /// Whether a final answer leads to the next place: 503 of a server (RFC 3263 §4.3); of a device what says that it has not been
    /// reached, and nothing else, since it has spoken (RFC 5626 §5.3).
    /// </summary>
    public bool LeadsOn(int status) => IsOfDevice ? status is 408 or 430 : status == 503;

    public bool IsOfDevice => !ways.IsDefault;

    /// <summary>It has been asked at one of its places: the call is counted at the next, but is no further one to its limits.</summary>
    public bool HasBegun => _until != 0;

    /// <summary>The target is asked now. It has its time once, at however many of its places.</summary>
    /// <returns>When it has had it.</returns>
    public long Begin(long now, TimeSpan time) => _until = _until == 0 ? now + (long)time.TotalMilliseconds : _until;

    /// <summary>The places of a target, if they are known.</summary>
    /// <param name="lane">Who asks.</param>
    /// <param name="target">A peer, a URI or a contact.</param>
    /// <param name="search">What has to be looked for first; null where nothing has.</param>
    /// <returns>Null for a target that is not usable, and for one that has to be looked for.</returns>
    public static HopQueue? Of(CallLane lane, RouteTarget target, out SipTarget? search)
    {
        search = null;
        if (target.Contact is { } contact)
        {
            search = contact.HostName(lane);
            return search is null ? OfDevice(lane, contact) : null;
        }

        if (target.Peer is { } peer)
        {
            return new HopQueue(lane.Room.Peers[peer.Index].Hops.InOrder(lane.Lane.Secrets, lane.Room.Time));
        }

        if (!SipUri.TryParse(Encoding.UTF8.GetBytes(target.Uri!), out var uri) || !SipTarget.TryOf(uri, out var place))
        {
            return null;
        }

        if (NumericHop(place) is { } hop)
        {
            return new HopQueue([hop]);
        }

        search = lane.Room.Names is not null && PeerAddress.IsHostName(place.Host) ? place : null;
        return null;
    }

    /// <summary>The places of a target whose name has been looked up. A contact that is not found by its name is where it registered from.</summary>
    public static HopQueue Found(CallLane lane, RouteTarget target, SipHops found) =>
        (target.Contact is { } contact && found.Outcome != HopOutcome.Found ? OfDevice(lane, contact) : null) ?? new HopQueue(found.InOrder(lane.Lane.Secrets));

    private static HopQueue? OfDevice(CallLane lane, RegisteredContact contact)
    {
        var (hops, ways) = (ImmutableArray.CreateBuilder<SipHop>(), ImmutableArray.CreateBuilder<RegisteredContact>());
        foreach (var way in contact.Others.Insert(0, contact))
        {
            if (way.TryFlow(lane, out var flow))
            {
                hops.Add(new SipHop(flow.Transport, flow.Remote));
                ways.Add(way);
            }
        }

        return hops.Count == 0 ? null : new HopQueue(hops.ToImmutable(), ways.ToImmutable());
    }

    /// <summary>Where a host that is an address is (RFC 3263 §4.1, §4.2); null for a name.</summary>
    private static SipHop? NumericHop(SipTarget place) => SipTarget.TryNumeric(place, out var hop) ? hop : null;
}
