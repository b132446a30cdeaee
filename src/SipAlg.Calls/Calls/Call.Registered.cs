using SipAlg.Calls.Dialplan;
using SipAlg.Calls.Registrations;
using SipAlg.Protocol.Sip;
using SipAlg.Signaling.Transactions;

namespace SipAlg.Calls.Calls;

/// <content>Registered users as targets: their contacts ring in their place.</content>
internal sealed partial class Call
{
    private void FindContacts(in TargetStep step, SipMessage invite)
    {
        CalledUser[] called = [.. UsersOf(step).Select(target => target.Called)];
        if (_lane.ContactsOf(called) is { } found)
        {
            Fork(step, found);
            return;
        }

        KeepInvite(invite);
        _sought ??= [];
        _sought.Add((++_searches, step, 0));
        _lane.FindContacts(called, new TransactionOwner(Slot, _generation, _searches));
    }

    public override void OnContacts(int key, FoundContacts[] found)
    {
        var place = _sought?.FindIndex(sought => sought.Key == key) ?? -1;
        if (place < 0)
        {
            return;
        }

        var step = _sought![place].Step;
        _sought.RemoveAt(place);
        if (_phase != CallPhase.Setup || HasAnswer)
        {
            return;
        }

        Fork(step, found);
        var invite = Parsed(_invite);
        TryContacts(invite);
        if (IsIdle)
        {
            TryTargets(invite);
        }

        if (_phase == CallPhase.Setup)
        {
            _failures.Keep(_lane.Lane.Octets);
        }
    }

    private static IEnumerable<RouteTarget> UsersOf(TargetStep step) => Enumerable.Range(0, step.Count).Select(index => step[index]).Where(IsUser);

    private static bool IsUser(RouteTarget target) => target is { Kind: TargetKind.Registered, Contact: null };

    /// <summary>
    /// Puts the contacts of a step's users before everything else, to be asked by preference, those of one preference together
    /// (RFC 3261 §16.6). What the step has besides rings with the most preferred.
    /// </summary>
    private void Fork(in TargetStep step, FoundContacts[] found)
    {
        var (ranked, user) = (new List<RouteTarget>(), 0);
        for (var index = 0; index < step.Count; index++)
        {
            if (IsUser(step[index]))
            {
                AddContacts(step, index, found[user++], ranked);
            }
            else
            {
                ranked.Add(step[index] with { Priority = 0 });
            }
        }

        if (ranked.Count > 0)
        {
            var list = step.List;
            var decision = list.Decision with { Targets = [.. ranked.OrderBy(target => target.Priority)] };
            _targets.Follow([new TargetList(decision) { Uri = list.Uri, Hops = list.Hops, Breadth = list.Breadth, IsForked = true }]);
        }
    }

    private void AddContacts(in TargetStep step, int index, in FoundContacts found, List<RouteTarget> ranked)
    {
        if (found.Status != 200)
        {
            Missed(step, index, found.Status, found.Status == 404 ? CallCause.UnknownUser : CallCause.NotRegistered);
            return;
        }

        var rank = 0;
        for (var place = 0; place < found.Contacts.Count; place++)
        {
            rank += place > 0 && found.Contacts[place].Q != found.Contacts[place - 1].Q ? 1 : 0;
            ranked.Add(step[index] with { Contact = found.Contacts[place], Realm = found.Contacts[place].Realm, Priority = rank });
        }
    }
}
