using SipAlg.Calls.Lanes;
using SipAlg.Calls.Model;

namespace SipAlg.Calls.Registrations;

/// <summary>Finds where the phones of a user are.</summary>
internal static class RegisteredUsers
{
    /// <summary>The contacts of a user, the most preferred first, and of an instance with several flows the newest one (RFC 5626 §5.3).</summary>
    /// <param name="home">The lane that has the registrations.</param>
    /// <param name="sought">Whose.</param>
    public static FoundContacts Find(CallLane home, in SoughtContacts sought)
    {
        if (sought.Registrar is { } registrar)
        {
            return home.Relay!.Find(sought.Name, registrar);
        }

        var called = sought.Name;
        var (contacts, status) = (new List<RegisteredContact>(), 404);
        foreach (var realm in home.Room.Model.Realms)
        {
            if (realm.Authentication is { } domain && IsFirstOf(home, realm, domain) && domain.Users.Find(called) is { } user)
            {
                status = 480;
                home.Registrar!.AddContacts(user, domain, user.HasInRange(called) ? called : null, contacts);
            }
        }

        return new FoundContacts(contacts.Count > 0 ? 200 : status, [.. contacts.OrderByDescending(contact => contact.Q)]);
    }

    /// <summary>Realms with the same domain share its users' addresses.</summary>
    private static bool IsFirstOf(CallLane lane, Realm realm, AuthenticationDomain domain) =>
        lane.Room.Model.Realms.First(other => other.Authentication?.Name == domain.Name) == realm;
}
