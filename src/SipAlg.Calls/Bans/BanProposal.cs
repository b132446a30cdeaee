using SipAlg.Calls.Lanes;
using SipAlg.Protocol.Addresses;
using SipAlg.Signaling.Lanes;

namespace SipAlg.Calls.Bans;

/// <summary>
/// Goes from lane to lane: a source is banned when none of them holds a registration or a call there, which a ban would end too. Who fails
/// behind such an address is slowed instead (<see cref="Authentication.GuessLimiter"/>).
/// </summary>
internal sealed class BanProposal(BanList list, IpAddress source, BanReason reason, string detail, bool isProven, string realm) : LaneEvent
{
    private int _first;

    /// <param name="lane">Asked now.</param>
    /// <param name="first">Where it began.</param>
    public void AskOn(CallLane lane, int first)
    {
        _first = first;
        if (lane.Bans.Holds(source) is { } exemption)
        {
            list.Spare(source, reason, exemption);
            return;
        }

        var next = (lane.Lane.Number + 1) % lane.Lane.Lane.Count;
        if (next == _first)
        {
            _ = list.Add(source, reason, detail, isProven, realm);
        }
        else
        {
            lane.Lane.Lane.PostTo(next, this);
        }
    }

    public override void Run(ILaneUser user) => AskOn((CallLane)((SipLane)user).User, _first);
}
