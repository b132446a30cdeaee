using SipAlg.Calls.Lanes;
using SipAlg.Calls.Model;

namespace SipAlg.Calls.Registrations;

/// <summary>Finds where the phones of a user are.</summary>
internal static class RegisteredUsers
{
    /// <summary>The contacts of a user, the most preferred first, one of each device; of a device that a GRUU names that one alone.</summary>
    /// <param name="home">The lane that has the registrations.</param>
    /// <param name="called">Whom.</param>
    public static FoundContacts Find(CallLane home, in CalledUser called)
    {
        if (called.Registrar is { } registrar)
        {
            return home.Relay!.Find(called.Name, registrar);
        }

        var (contacts, status) = (new List<RegisteredContact>(), 404);
        foreach (var realm in home.Room.Model.Realms)
        {
            if (realm.Authentication is { } domain && IsFirstOf(home, realm, domain) && domain.Users.Find(called.Name) is { } user)
            {
                var device = called.Device is { } named && named.User.Index == user.Index ? named : null;

                // RFC 5627 §5.3: a public GRUU is that of a device which may come back, a temporary one is gone for good.
                status = device is { IsTemporary: true } ? 404 : 480;
                home.Registrar!.AddContacts(user, domain, user.HasInRange(called.Name) ? called.Name : null, device, contacts);
            }
        }

        return new FoundContacts(contacts.Count > 0 ? 200 : status, [.. contacts.OrderByDescending(contact => contact.Q)]);
    }

    /// <summary>Realms with the same domain share its users' addresses.</summary>
    private static bool IsFirstOf(CallLane lane, Realm realm, AuthenticationDomain domain) =>
        lane.Room.Model.Realms.First(other => other.Authentication?.Name == domain.Name) == realm;
}
