namespace SipAlg.Calls.Registrations;

/// <content>Phones behind NAT, whose way is kept open.</content>
public sealed partial class Registrar
{
    /// <summary>Null where nobody keeps flows open.</summary>
    internal KeepAlives? KeepAlives { get; set; }

    /// <summary>What became of pings in a realm; read by anybody.</summary>
    public long KeepAliveTotal(int realm, KeepAliveOutcome outcome) => KeepAlives?.Total(realm, outcome) ?? 0;

    /// <summary>The binding's flow is dead, so nobody is reached by it.</summary>
    internal void EndFlow(int slot) => Remove(slot);
}
