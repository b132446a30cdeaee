using System.Collections.Immutable;
using System.Text;
using SipAlg.Calls.Dialplan;
using SipAlg.Calls.Lanes;
using SipAlg.Calls.Model;
using SipAlg.Protocol.Sip;
using SipAlg.Signaling.Resolution;

namespace SipAlg.Calls.Calls;

/// <summary>The places of one target, in the order to try them (RFC 3263 §4.3).</summary>
internal sealed class HopQueue(ImmutableArray<SipHop> hops)
{
    /// <summary>No more of a target are tried: its caller waits.</summary>
    private const int Most = 8;

    private int _next;

    private long _until;

    public bool HasNext => Left > 0;

    public int Left => Math.Min(hops.Length, Most) - _next;

    public SipHop Take() => hops[_next++];

    /// <summary>It has been asked at one of its places: the call is counted at the next, but is no further one to its limits.</summary>
    public bool HasBegun => _until != 0;

    /// <summary>The target is asked now. It has its time once, at however many of its places.</summary>
    /// <returns>When it has had it.</returns>
    public long Begin(long now, TimeSpan time) => _until = _until == 0 ? now + (long)time.TotalMilliseconds : _until;

    /// <summary>The places of a target, if they are known.</summary>
    /// <param name="lane">Who asks.</param>
    /// <param name="target">A peer, a URI or a contact, which is at one place.</param>
    /// <param name="search">What has to be looked for first; null where nothing has.</param>
    /// <returns>Null for a target that is not usable, and for one that has to be looked for.</returns>
    public static HopQueue? Of(CallLane lane, RouteTarget target, out SipTarget? search)
    {
        search = null;
        if (target.Contact is { } contact)
        {
            return contact.TryFlow(lane, out var flow) ? new HopQueue([new SipHop(flow.Transport, flow.Remote)]) : null;
        }

        if (target.Peer is { } peer)
        {
            var state = lane.Room.Peers[peer.Index];
            var hops = state.Onward.InOrder(lane.Lane.Secrets, lane.Room.Time);
            search = hops.IsEmpty && !state.Hops.HasAnswer && peer.NextHop is not null && lane.Room.Names is not null ? state.Target : null;
            return search is null ? new HopQueue(hops) : null;
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

    /// <summary>Where a host that is an address is (RFC 3263 §4.1, §4.2); null for a name.</summary>
    private static SipHop? NumericHop(SipTarget place) => SipTarget.TryNumeric(place, out var hop) ? hop : null;
}
