using SipAlg.Calls.Registrations;
using SipAlg.Signaling.Lanes;
using SipAlg.Signaling.Transactions;

namespace SipAlg.Calls.Lanes;

/// <content>Where registered users are, which one lane knows.</content>
public sealed partial class CallLane
{
    /// <summary>The contacts of these users, if this lane knows them.</summary>
    internal FoundContacts[]? ContactsOf(CalledUser[] called) => Registrar is null ? null : [.. called.Select(user => RegisteredUsers.Find(this, user))];

    /// <summary>Asks the lane that knows them; <see cref="DialogOwner.OnContacts"/> follows.</summary>
    /// <param name="called">Who.</param>
    /// <param name="owner">Who asks; its part tells its questions apart.</param>
    internal void FindContacts(CalledUser[] called, TransactionOwner owner) => Lane.Lane.PostTo(LaneNames.Registrations, new ContactSearch(this, called, owner));

    internal void OnContacts(TransactionOwner owner, FoundContacts[] found) => Find(owner.Slot, owner.Generation)?.OnContacts(owner.Part, found);
}
