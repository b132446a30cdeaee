using SipAlg.Calls.Lanes;
using SipAlg.Protocol.Sip;
using SipAlg.Signaling.Lanes;
using SipAlg.Signaling.Transports;

namespace SipAlg.Calls.Overload;

/// <summary>
/// The way into a lane that has more to do than it can: what belongs to a call or a dialog goes on, as do emergency calls, and a share of
/// what begins anew is refused before anything is kept of it (docs/overload.md). Behind the parser and before admission: who may ask at
/// all, and how often, is judged elsewhere.
/// </summary>
internal sealed partial class OverloadGate(CallLane lane)
{
    /// <summary>Microseconds that a queue may stand before the lane. A collection of the heap takes as long.</summary>
    private const long LaneTarget = 10_000;

    /// <summary>Microseconds that packets may wait for the relay: half of what separates two of a stream, which a jitter buffer evens out.</summary>
    private const long RelayTarget = 10_000;

    /// <summary>
    /// Transactions of a lane, and octets that it keeps for retransmission: what a second's 30,000 requests leave for 32 s (RFC 3261's timers H and J).
    /// A forged source of a peer can bring so much about, whatever the lane's speed.
    /// </summary>
    public const int UsualTransactions = 1 << 20;
    private const long MostKept = 256L << 20;

    private readonly RefusedRequests _refused = new();
    private readonly RelayWatch _relayWatch = new(lane.Room.Media.Relay.ReadWaits);
    private readonly OverloadEpisode _laneEpisode = new(lane, OverloadCause.Lane);
    private readonly OverloadEpisode _relayEpisode = new(lane, OverloadCause.Relay);

    /// <summary>Of the lane: all that begins anew is refused by it.</summary>
    public OverloadControl OfLane { get; } = new(LaneTarget);

    /// <summary>Of the relay: new calls are refused by it. Its intervals are ten times as long, and it hears of what it does later.</summary>
    public OverloadControl OfRelay { get; } = new(RelayTarget, weight: 5);

    /// <summary>Something is refused, or was a moment ago.</summary>
    public bool IsActive { get; private set; }

    /// <summary>Beyond it nothing new is begun.</summary>
    public int MostTransactions { get; set; } = UsualTransactions;

    /// <summary>Another transaction can be kept.</summary>
    public bool HasRoom => lane.Transactions.Count < MostTransactions && lane.Lane.Octets.Octets < MostKept;

    /// <summary>The request of this turn was let through since it may be an emergency call: it is to be refused if its route is none.</summary>
    public bool IsOnTrial { get; private set; }

    /// <summary>An interval has ended.</summary>
    public void Measure(in LaneLoad load)
    {
        OfLane.Measure(load.Standing, load.IsLosing);
        if (_relayWatch.TryLook(load.Milliseconds, out var waited))
        {
            OfRelay.Measure(waited, isLosing: false);
            _relayEpisode.Follow(OfRelay, waited);
        }

        _laneEpisode.Follow(OfLane, load.Standing);
        var wasActive = IsActive;
        IsActive = OfLane.IsActive || OfRelay.IsActive;
        if (wasActive && !IsActive)
        {
            _refused.Clear();
        }
    }

    /// <summary>Whether a request is served that belongs to no transaction; if not, it has been answered.</summary>
    public bool Admits(SipMessage request, in Flow flow, ulong key)
    {
        if (!request.ToTag.IsEmpty)
        {
            return true;
        }

        var hasRoom = HasRoom;
        var realm = lane.Lane.Group(flow.Listener);
        var standing = StandingOf(request, flow, realm);
        var lot = LotOf(key);
        var now = lane.Lane.Now;
        if (hasRoom && (standing == RequestStanding.Exempt || (!IsDrawn(request, standing, lot) && !_refused.Has(lot, now))))
        {
            return true;
        }

        if (MayBeEmergency(request, flow, realm))
        {
            IsOnTrial = true;
            return true;
        }

        _refused.Add(lot, now);
        Refuse(request, flow, key, lot);
        return false;
    }

    /// <summary>What was let through has been decided.</summary>
    public void EndTurn() => IsOnTrial = false;

    private bool IsDrawn(SipMessage request, RequestStanding standing, ulong lot)
    {
        var refused = request.Method == SipMethod.Invite ? Math.Max(OfLane.Refused, OfRelay.Refused) : OfLane.Refused;
        return (uint)lot < Share(standing, refused) * uint.MaxValue;
    }

    /// <summary>Who has come further is refused later; all of them wholly only when everything has to be.</summary>
    private static double Share(RequestStanding standing, double refused) => standing switch
    {
        RequestStanding.Stranger => Math.Min(1, 3 * refused),
        RequestStanding.Begun => Math.Max(0, (2 * refused) - 1),
        _ => refused,
    };

    private void Refuse(SipMessage request, in Flow flow, ulong key, ulong lot)
    {
        var retryAfter = RetryAfter(request.Method, lot);
        var answer = lane.Transactions.RefuseForNow(request, flow, key, retryAfter);
        var isByLane = request.Method != SipMethod.Invite || OfLane.Refused >= OfRelay.Refused;
        (isByLane ? _laneEpisode : _relayEpisode).Refused++;
        lane.RefusedUnkept(request, flow, isByLane ? RefusalReason.Overload : RefusalReason.MediaOverload, answer);
    }

    /// <summary>
    /// Seconds, spread out by lot, so that those who were refused together do not come back together: phones that want to register have
    /// time, and callers do not.
    /// </summary>
    private static int RetryAfter(SipMethod method, ulong lot)
    {
        var (least, spread) = method == SipMethod.Register ? (15, 46) : (3, 13);
        return least + (int)((lot >> 16) % (ulong)spread);
    }
}
