using SipAlg.Calls.Lanes;
using SipAlg.Calls.Model;
using SipAlg.Protocol.Sip;
using SipAlg.Signaling.Transports;

namespace SipAlg.Calls.Registrations;

/// <summary>How much is bound of what other registrars accept: they say what exists, but the memory is the gateway's.</summary>
/// <param name="OfOne">Contacts of one address-of-record in a realm.</param>
/// <param name="All">Contacts.</param>
/// <param name="Octets">Of all that they say.</param>
internal readonly record struct RelayBounds(int OfOne, int All, long Octets)
{
    /// <summary>More phones than a user has, and than a PBX; what they say fits in a gigabyte.</summary>
    public static RelayBounds Usual { get; } = new(50, 500_000, 1L << 30);
}

/// <content>What is not passed on, since there would be no room for it when it is accepted.</content>
internal sealed partial class RegisterRelay
{
    public RelayBounds Bounds { get; set; } = RelayBounds.Usual;

    /// <summary>
    /// Whether there is room for the contacts that would be new. What is under way at the same time may go beyond the bounds by as much as
    /// may be under way.
    /// </summary>
    /// <returns>What it is refused for; null: it goes on.</returns>
    private RefusalReason? WhyNoRoom(SipMessage register, in Flow flow, Realm realm, ReadOnlySpan<byte> aor)
    {
        var added = 0;
        foreach (var value in new RegisterContacts(register))
        {
            if (ContactToRegister.TryParse(value, isOutbound: false, out var contact) && Registrar.Asked(register, contact) != 0 && Bindings.Find(realm.Index, aor, contact, new RegisteringPlace(register, flow, realm.IsNatAware)) < 0)
            {
                added++;
            }
        }

        if (added == 0)
        {
            return null;
        }

        for (var slot = Bindings.First(realm.Index, aor); slot >= 0; slot = Bindings.Next(slot, realm.Index, aor))
        {
            added++;
        }

        return added > Bounds.OfOne ? RefusalReason.TooManyContacts
            : Bindings.Count >= Bounds.All || Bindings.Table.Octets >= Bounds.Octets ? RefusalReason.RegistrationsFull
            : null;
    }
}
