using SipAlg.Calls.Authentication;
using SipAlg.Calls.Calls;
using SipAlg.Calls.Overload;
using SipAlg.Protocol.Sip;
using SipAlg.Signaling.Lanes;
using SipAlg.Signaling.Messages;
using SipAlg.Signaling.Traces;
using SipAlg.Signaling.Transports;

namespace SipAlg.Calls.Lanes;

/// <content>What is refused since the lane, or the relay, has more to do than it can.</content>
public sealed partial class CallLane
{
    private readonly OverloadGate _gate;

    internal OverloadGate Gate => _gate;

    /// <summary>The share of new requests that this lane refuses just now, since this is short of time: 0 to 0.98. From any thread.</summary>
    public double RefusedFor(OverloadCause cause) => (cause == OverloadCause.Lane ? _gate.OfLane : _gate.OfRelay).Refused;

    /// <summary>The request of this turn was let in for the sake of a route that is exempt from overload.</summary>
    internal bool IsOnTrial => _gate.IsOnTrial;

    /// <inheritdoc/>
    public bool MayBegin(SipMessage request, in Flow flow, ulong key) => (!_gate.IsActive && _gate.HasRoom) || _gate.Admits(request, flow, key);

    /// <inheritdoc/>
    public void OnLoad(in LaneLoad load) => _gate.Measure(load);

    /// <summary>A request was refused without a transaction: it is counted, and some of them are told.</summary>
    /// <param name="request">As it came.</param>
    /// <param name="flow">The way that it came.</param>
    /// <param name="reason">Why.</param>
    /// <param name="answer">What was sent; empty: nothing.</param>
    internal void RefusedUnkept(SipMessage request, in Flow flow, RefusalReason reason, ReadOnlySpan<byte> answer)
    {
        Counters.Refuse(Lane.Group(flow.Listener), reason);
        if (request.Method == SipMethod.Register)
        {
            NotRegistered(request, flow, 503, reason);
        }
        else if (request.Method == SipMethod.Invite && _invitesTold.TryTake(flow.Remote.Address, Lane.Now))
        {
            var trace = Lane.Trace is null ? 0 : MessageTrace.OfStranger(TraceOf(request));
            Lane.Trace?.Received(trace, flow, request.Octets);
            Lane.Trace?.Sent(trace, ResponseHead.ReplyFlow(request, flow), answer, isOnItsWay: true);
            Tell(request, flow, 503, new Refusal(reason, AuthenticationOutcome.Accepted), trace);
        }
    }
}
