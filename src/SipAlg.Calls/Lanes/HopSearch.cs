using SipAlg.Signaling.Lanes;
using SipAlg.Signaling.Resolution;
using SipAlg.Signaling.Transactions;

namespace SipAlg.Calls.Lanes;

/// <summary>Where is this target? Goes to the resolver as a question, and comes back to the lane as the event with its answer.</summary>
internal sealed class HopSearch(CallLane lane, SipTarget target, HopReach reach, TransactionOwner owner) : HopQuestion(lane.Lane.Lane, target, reach)
{
    public override void Run(ILaneUser user) => lane.OnHops(owner, Hops);
}
