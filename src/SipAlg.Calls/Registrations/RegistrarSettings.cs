namespace SipAlg.Calls.Registrations;

/// <summary>How long a realm's registrar grants bindings for (RFC 3261 §10.3 step 7), and what else it says to who registers.</summary>
/// <param name="Least">A shorter time is answered 423 with it in Min-Expires.</param>
/// <param name="Usual">For who asks for no time.</param>
/// <param name="Most">A longer time is cut to it.</param>
public sealed record RegistrarSettings(TimeSpan Least, TimeSpan Usual, TimeSpan Most)
{
    public static RegistrarSettings Default { get; } = new(TimeSpan.FromSeconds(60), TimeSpan.FromMinutes(10), TimeSpan.FromHours(1));

    /// <summary>The values of Service-Route (RFC 3608) as they go out: by which proxies a phone's requests shall come; empty: by none.</summary>
    public ReadOnlyMemory<byte> ServiceRoute { get; init; }

    /// <summary>The seconds that are granted.</summary>
    /// <param name="asked">Seconds; −1: nothing was asked for.</param>
    public int Grant(int asked) => (int)Math.Min(asked < 0 ? Usual.TotalSeconds : asked, Most.TotalSeconds);

    /// <summary>RFC 3261 §10.3: shorter than it may be, but for the 0 that ends a binding.</summary>
    public bool IsTooShort(int asked) => asked > 0 && asked < Least.TotalSeconds;
}

/// <summary>Whose contacts a REGISTER is about, once that is proven.</summary>
/// <param name="aor">"alice@example.com"; used within the turn.</param>
/// <param name="maxContacts">How many contacts he may have.</param>
/// <param name="index">Place of the user among all.</param>
/// <param name="isNatAware">Whether his REGISTER is looked at for signs of NAT.</param>
internal readonly ref struct RegisteringUser(ReadOnlySpan<byte> aor, int maxContacts, bool isNatAware, int index = 0)
{
    public ReadOnlySpan<byte> Aor { get; } = aor;
    public int MaxContacts => maxContacts;
    public bool IsNatAware => isNatAware;
    public int Index => index;

    /// <summary>The part of the address before its last "@", which no domain has.</summary>
    public ReadOnlySpan<byte> Name => Aor[..Math.Max(Aor.LastIndexOf((byte)'@'), 0)];
    public ReadOnlySpan<byte> Domain => Aor[(Aor.LastIndexOf((byte)'@') + 1)..];
}
