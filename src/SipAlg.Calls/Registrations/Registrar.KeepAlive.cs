namespace SipAlg.Calls.Registrations;

/// <content>Phones behind NAT, whose way is kept open.</content>
public sealed partial class Registrar : IBoundPhones
{
    /// <summary>Null where nobody keeps flows open.</summary>
    internal KeepAlives? KeepAlives { get; set; }

    /// <summary>What became of pings in a realm; read by anybody.</summary>
    public long KeepAliveTotal(int realm, KeepAliveOutcome outcome) => (KeepAlives?.Total(realm, outcome) ?? 0) + (Relay?.KeepAlives.Total(realm, outcome) ?? 0);

    BindingTable IBoundPhones.Bindings => Bindings;

    BindingRecord IBoundPhones.RecordOf(int slot) => RecordOf(slot);

    void IBoundPhones.EndFlow(int slot) => Remove(slot);
}
