namespace SipAlg.Protocol.Sip;

/// <summary>One value of the Contact of a REGISTER (RFC 3261 §10.2.1, RFC 5626 §4.2).</summary>
public readonly ref struct ContactToRegister
{
    public SipUri Uri { get; private init; }

    /// <summary>Seconds; −1: the value says nothing.</summary>
    public int Expires { get; private init; }

    /// <summary>In thousandths.</summary>
    public int Q { get; private init; }

    /// <summary>The URN of "+sip.instance" without quotation marks and angle brackets; empty without one.</summary>
    public ReadOnlySpan<byte> Instance { get; private init; }

    /// <summary>Which of the instance's flows; 0: none is told apart.</summary>
    public uint RegId { get; private init; }

    /// <summary>Only a SIP or SIPS URI can be registered here: nothing else could be called.</summary>
    /// <param name="value">One value of the list.</param>
    /// <param name="isOutbound">False: its reg-id does not count, since the device does not do Outbound (RFC 5626 §6).</param>
    /// <param name="contact">What it says.</param>
    public static bool TryParse(ReadOnlySpan<byte> value, bool isOutbound, out ContactToRegister contact)
    {
        contact = default;
        if (!NameAddress.TryParse(value, out var address) || !SipUri.TryParse(address.Uri, out var uri) || !uri.IsSip)
        {
            return false;
        }

        // RFC 3261 §10.2.1.1: what cannot be read is as if it were 3600, so as if nothing was said.
        _ = Parameters.TryGet(address.Parameters, "expires"u8, out var expires);
        var q = Parameters.TryGet(address.Parameters, "q"u8, out var preference) ? QValue.Read(preference) : QValue.Most;
        _ = Parameters.TryGet(address.Parameters, "+sip.instance"u8, out var quoted);
        var instance = quoted.Trim("\""u8).TrimStart((byte)'<').TrimEnd((byte)'>');
        _ = Parameters.TryGet(address.Parameters, "reg-id"u8, out var flow);
        _ = Grammar.TryNumber(flow, out var regId);
        contact = new ContactToRegister
        {
            Uri = uri,
            Expires = DeltaSeconds.Read(expires),
            Q = q < 0 ? QValue.Most : q,
            Instance = instance,
            RegId = instance.IsEmpty || !isOutbound ? 0 : regId,
        };
        return true;
    }
}
