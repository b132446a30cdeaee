using SipAlg.Signaling.Lanes;

namespace SipAlg.Signaling.Transports;

/// <summary>An ICMP error that another lane's socket was given.</summary>
internal sealed class UnreachableElsewhere(in Flow flow, UnreachableReason reason) : LaneEvent
{
    private readonly Flow _flow = flow;

    public override void Run(ILaneUser user) => user.OnUnreachable(_flow, reason);
}
