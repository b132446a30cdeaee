using SipAlg.Calls.Dialplan;
using SipAlg.Calls.Registrations;

namespace SipAlg.Calls.Calls;

/// <content>Registered users as targets: their contacts ring in their place.</content>
internal sealed partial class Call
{
    /// <summary>
    /// Puts the contacts of a step's users before everything else, to be asked by preference, those of one preference together
    /// (RFC 3261 §16.6). What the step has besides rings with the most preferred.
    /// </summary>
    private void FindContacts(in TargetStep step)
    {
        var ranked = new List<RouteTarget>();
        for (var index = 0; index < step.Count; index++)
        {
            if (step[index] is { Kind: TargetKind.Registered, Contact: null })
            {
                AddContacts(step, index, ranked);
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

    private void AddContacts(in TargetStep step, int index, List<RouteTarget> ranked)
    {
        var contacts = new List<RegisteredContact>();
        var status = RegisteredUsers.Find(_lane, step[index].User!, contacts);
        if (status != 200)
        {
            Missed(step, index, status, CauseOfAbsence(status));
            return;
        }

        var rank = 0;
        for (var place = 0; place < contacts.Count; place++)
        {
            rank += place > 0 && contacts[place].Q != contacts[place - 1].Q ? 1 : 0;
            ranked.Add(step[index] with { Contact = contacts[place], Realm = contacts[place].Realm, Priority = rank });
        }
    }

    private static CallCause CauseOfAbsence(int status) => status switch
    {
        404 => CallCause.UnknownUser,
        480 => CallCause.NotRegistered,
        _ => CallCause.NoTargetUsable,
    };
}
