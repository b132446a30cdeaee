using System.Text;
using SipAlg.Calls.Model;

namespace SipAlg.Calls.Registrations;

/// <content>The bindings as those see them who call.</content>
public sealed partial class Registrar
{
    /// <summary>Adds the contacts of a user that may be reached: one of each device, which has its other ones behind it.</summary>
    /// <param name="user">Whose.</param>
    /// <param name="domain">Of his address.</param>
    /// <param name="rangeNumber">The number that was called, if it is one of a range.</param>
    /// <param name="device">The only one that is asked for; null for all.</param>
    /// <param name="contacts">Where to.</param>
    internal void AddContacts(User user, AuthenticationDomain domain, string? rangeNumber, NamedDevice? device, List<RegisteredContact> contacts)
    {
        var aor = Encoding.UTF8.GetBytes($"{user.Name}@{domain.Name}");
        var own = new List<RegisteredContact>();
        for (var slot = Bindings.First(aor); slot >= 0; slot = Bindings.Next(slot, aor))
        {
            if (device is not null && !IsNamedBy(device, slot, aor))
            {
                continue;
            }

            ref var binding = ref Bindings[slot];
            var contact = new RegisteredContact
            {
                User = user,
                Domain = domain.Realm,
                Uri = binding.Contact.ToArray(),
                Path = binding.Path.ToArray(),
                Instance = binding.Instance.ToArray(),
                Flow = binding.Flow,
                Traits = binding.Traits,
                Realm = binding.Realm,
                Age = (binding.Expires, binding.Id),
                IsSilent = binding.KeepAlive is { Answers: true, Missed: > 0 },
                Q = binding.Q,
                RangeNumber = rangeNumber,
            };
            if (contact.IsReachable)
            {
                Add(own, contact);
            }
        }

        contacts.AddRange(own);
    }

    /// <summary>
    /// RFC 5626 §5.3: of a device only one contact is asked at a time. The one that was registered or refreshed last goes first, unless it
    /// does not answer pings; the others are tried where it fails.
    /// </summary>
    private static void Add(List<RegisteredContact> contacts, RegisteredContact contact)
    {
        var place = contact.Instance.Length == 0 ? -1 : contacts.FindIndex(other => other.Instance.AsSpan().SequenceEqual(contact.Instance));
        if (place < 0)
        {
            contacts.Add(contact);
            return;
        }

        RegisteredContact[] ways = [.. contacts[place].Others.Add(contacts[place] with { Others = [] }).Add(contact).OrderBy(way => way.IsSilent).ThenByDescending(way => way.Age)];

        // A leg is in one realm, wherever of it.
        contacts[place] = ways[0] with { Others = [.. ways.Skip(1).Where(way => way.Realm == ways[0].Realm)] };
    }
}
