namespace SipAlg.Calls.Registrations;

/// <content>Phones behind NAT, whose way is kept open.</content>
internal sealed partial class RegisterRelay : IBoundPhones
{
    public KeepAlives KeepAlives { get; }

    BindingTable IBoundPhones.Bindings => Bindings.Table;

    /// <summary>The registrar is not told, which only the phone could.</summary>
    void IBoundPhones.EndFlow(int slot) => Remove(slot);
}
