using SipAlg.Calls.Calls;
using SipAlg.Calls.Dialplan;
using SipAlg.Calls.Peers;
using SipAlg.Protocol.Sip;
using SipAlg.Signaling.Resolution;

namespace SipAlg.Calls.Requests;

/// <content>The places of a target (RFC 3263): looked for, and tried one after another.</content>
internal sealed partial class TargetSearch
{
    private HopQueue? _hops;
    private SipHop _hop;
    private int _searches;

    /// <summary>The key of the question that is open; 0 while none is.</summary>
    private int _sought;

    private void KeepRequest(SipMessage request)
    {
        if (_request.IsEmpty)
        {
            _request = _lane.Lane.Octets.Keep(request.Octets);
        }
    }

    /// <summary>The target waits until its name has been resolved, for no longer than its share of time.</summary>
    private bool LookUp(RouteTarget target, SipTarget name, SipMessage request)
    {
        KeepRequest(request);
        _sought = ++_searches;
        _lane.FindHops(name, target.Realm, _owner with { Part = _searches });
        ShareTime(target);
        return true;
    }

    /// <summary>A name has been resolved. False: no target can be asked any more, <see cref="Status"/> says why.</summary>
    public bool TryFound(int key, SipHops hops)
    {
        if (key != _sought)
        {
            return true;
        }

        Leave();
        return TryHops(_decision.Targets[_target], HopQueue.Found(_lane, _decision.Targets[_target], hops), Call.Parsed(_request)) || TryNext(503);
    }

    /// <summary>RFC 3263 §4.3: who fails at one of its places is tried at the next, as the same target.</summary>
    /// <param name="status">What it is to the sender if there is no other.</param>
    /// <param name="answered">What the target has answered; 0: nothing.</param>
    public bool TryNextPlace(int status, int answered)
    {
        if (_hops is not { } hops || !(answered != 0 && hops.IsOfDevice ? hops.LeadsOn(answered) : status is 503 or 504))
        {
            return false;
        }

        End?.Peer?.Hops.Fail(_hop, _lane.Room.Time, PeerHops.Rest);
        Leave();
        return hops.HasNext && TryHops(_decision.Targets[_target], hops, Call.Parsed(_request));
    }
}
