using SipAlg.Calls.Registrations;
using SipAlg.Signaling.Lanes;
using SipAlg.Signaling.Transactions;

namespace SipAlg.Calls.Lanes;

/// <summary>Where are the phones of these users? Goes to the lane that has all registrations, and comes back as its answer.</summary>
internal sealed class ContactSearch(CallLane asking, CalledUser[] called, TransactionOwner owner) : LaneEvent
{
    public override void Run(ILaneUser user)
    {
        var home = (CallLane)((SipLane)user).User;
        asking.Lane.Lane.Post(new ContactAnswer(asking, [.. called.Select(user => RegisteredUsers.Find(home, user))], owner));
    }
}

/// <summary>The answer, in the order of the question.</summary>
internal sealed class ContactAnswer(CallLane asking, FoundContacts[] found, TransactionOwner owner) : LaneEvent
{
    public override void Run(ILaneUser user) => asking.OnContacts(owner, found);
}
