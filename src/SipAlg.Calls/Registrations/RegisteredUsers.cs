using SipAlg.Calls.Dialplan;
using SipAlg.Calls.Lanes;
using SipAlg.Calls.Model;

namespace SipAlg.Calls.Registrations;

/// <summary>Finds where the phones of a user are.</summary>
internal static class RegisteredUsers
{
    /// <summary>The contacts of a user, the most preferred first, and of an instance with several flows the newest one (RFC 5626 §5.3).</summary>
    /// <param name="lane">The one that has the registrations; any other finds nobody.</param>
    /// <param name="called">Name, number or alias.</param>
    /// <param name="contacts">Gets them.</param>
    /// <returns>200; 404 for a user that there is none of, 480 for one whose phones cannot be reached, 503 in a lane without registrations.</returns>
    public static int Find(CallLane lane, string called, List<RegisteredContact> contacts)
    {
        var status = 404;
        foreach (var realm in lane.Room.Model.Realms)
        {
            if (realm.Authentication is { } domain && IsFirstOf(lane, realm, domain) && domain.Users.Find(called) is { } user)
            {
                status = lane.Registrar is null ? 503 : 480;
                lane.Registrar?.AddContacts(user, domain, user.HasInRange(called) ? called : null, contacts);
            }
        }

        contacts.Sort(static (one, other) => other.Q.CompareTo(one.Q));
        return contacts.Count > 0 ? 200 : status;
    }

    /// <summary>The decision with contacts in the place of registered users, one after another; a user without any stays.</summary>
    public static RouteDecision Expand(CallLane lane, RouteDecision decision)
    {
        if (!decision.Targets.Any(target => target.Kind == TargetKind.Registered))
        {
            return decision;
        }

        var targets = new List<RouteTarget>();
        foreach (var target in decision.Targets)
        {
            var contacts = new List<RegisteredContact>();
            if (target.Kind == TargetKind.Registered && Find(lane, target.User!, contacts) == 200)
            {
                targets.AddRange(contacts.Select(contact => target with { Contact = contact, Realm = contact.Realm }));
            }
            else
            {
                targets.Add(target);
            }
        }

        return decision with { Targets = [.. targets] };
    }

    /// <summary>Realms with the same domain share its users' addresses.</summary>
    private static bool IsFirstOf(CallLane lane, Realm realm, AuthenticationDomain domain) =>
        lane.Room.Model.Realms.First(other => other.Authentication?.Name == domain.Name) == realm;
}
