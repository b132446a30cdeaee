using System.Text;
using SipAlg.Calls.Model;

namespace SipAlg.Calls.Registrations;

/// <content>The bindings as those see them who call.</content>
public sealed partial class Registrar
{
    /// <summary>Adds the contacts of a user that may be reached.</summary>
    internal void AddContacts(User user, AuthenticationDomain domain, string? rangeNumber, List<RegisteredContact> contacts)
    {
        var aor = Encoding.UTF8.GetBytes($"{user.Name}@{domain.Name}");
        for (var slot = Bindings.First(aor); slot >= 0; slot = Bindings.Next(slot, aor))
        {
            ref var binding = ref Bindings[slot];
            var contact = new RegisteredContact
            {
                User = user,
                Domain = domain.Realm,
                Uri = binding.Contact.ToArray(),
                Path = binding.Path.ToArray(),
                Flow = binding.Flow,
                Traits = binding.Traits,
                Realm = binding.Realm,
                Q = binding.Q,
                RangeNumber = rangeNumber,
            };
            if (contact.IsReachable && IsNewestFlow(slot, aor))
            {
                contacts.Add(contact);
            }
        }
    }

    /// <summary>RFC 5626 §5.3: a device that registers several flows rings once. The newest is the one that was registered or refreshed last.</summary>
    private bool IsNewestFlow(int slot, ReadOnlySpan<byte> aor)
    {
        ref var binding = ref Bindings[slot];
        if (binding.RegId == 0)
        {
            return true;
        }

        for (var other = Bindings.First(aor); other >= 0; other = Bindings.Next(other, aor))
        {
            ref var flow = ref Bindings[other];
            if (flow.RegId != 0 && flow.Instance.SequenceEqual(binding.Instance) && (flow.Expires, flow.Id).CompareTo((binding.Expires, binding.Id)) > 0)
            {
                return false;
            }
        }

        return true;
    }
}
