using SipAlg.Calls.Admission;
using SipAlg.Calls.Model;
using SipAlg.Protocol.Addresses;
using SipAlg.Protocol.Sip;
using SipAlg.Signaling.Transports;

namespace SipAlg.Calls.Registrations;

/// <summary>
/// Where a REGISTER comes from. RFC 3261 §10.3 tells contacts apart by their URIs, but a private address is one of its own network alone:
/// two phones of a user, each behind a NAT of its own, may well have the same (docs/decisions/0082).
/// </summary>
/// <param name="register">What came.</param>
/// <param name="flow">How.</param>
/// <param name="isNatAware">Of the realm: signs of NAT are looked for.</param>
internal readonly ref struct RegisteringPlace(SipMessage register, Flow flow, bool isNatAware)
{
    /// <summary>The public address, of IPv6 the network, that it stands behind; "none" where its contact is like no other anyway.</summary>
    public IpAddress Outside => isNatAware && NatSigns.AreIn(register, flow) ? Prefixes.Household(flow.Remote.Address) : default;

    /// <summary>
    /// Whether a binding of the same URI is that of a phone elsewhere: it and this stand behind different NATs, or one of them beside the
    /// gateway, and neither Call-ID (RFC 3261 §10.2: the same for all registrations of a phone until it starts again) nor instance says that
    /// it is the same phone, moved.
    /// </summary>
    /// <param name="instance">Of the contact that is registered now; empty without one.</param>
    public bool IsElsewhere(in Binding binding, ReadOnlySpan<byte> instance) =>
        IsAnothers(binding) && (instance.IsEmpty || !binding.Instance.SequenceEqual(instance));

    /// <summary>
    /// Whether a binding, though it has the URI of a contact that is registered or removed now, is that of a phone elsewhere. Who registers
    /// takes the first contact with his URI for his own, so that he is told of his alone.
    /// </summary>
    public bool IsNamesake(in Binding binding)
    {
        if (!IsAnothers(binding))
        {
            return false;
        }

        foreach (var value in new RegisterContacts(register))
        {
            if (ContactToRegister.TryParse(value, isOutbound: false, out var contact) && SipUri.TryParse(binding.Contact, out var uri) &&
                UriComparison.AreEqual(uri, contact.Uri) && IsElsewhere(binding, contact.Instance))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>As far as all but the instance says.</summary>
    private bool IsAnothers(in Binding binding) =>
        isNatAware && Prefixes.Household(binding.Flow.Remote.Address) != Prefixes.Household(flow.Remote.Address) &&
        !binding.CallId.SequenceEqual(register[register.CallId]) &&
        ((binding.Traits & BindingTraits.IsBehindNat) != 0 || IsBeside(binding, binding.Flow)) &&
        (NatSigns.AreIn(register, flow) || IsBeside(binding, flow));

    /// <summary>The phone is in the same private network as the gateway: its contact is where it sends from.</summary>
    private static bool IsBeside(in Binding binding, in Flow flow) =>
        SipUri.TryParse(binding.Contact, out var uri) && uri.TryAddress(out var address) && address.IsPrivate && address == flow.Remote.Address;
}
