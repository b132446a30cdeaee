namespace SipAlg.Calls.Model;

/// <summary>A realm whose phones register with a peer: it stays the registrar, and checks their passwords.</summary>
/// <param name="Registrar">In another realm; it has an address.</param>
/// <param name="Upstream">How long it is asked to register a phone for.</param>
/// <param name="Phone">How long a phone is told at most that it is registered for.</param>
public sealed record RelaySettings(Peer Registrar, TimeSpan Upstream, TimeSpan Phone)
{
    /// <summary>Stands for all of them: one is told from another by the registrar alone.</summary>
    internal User Phones { get; } = new() { Index = -1, Name = "", Registrar = Registrar };

    public static TimeSpan UsualUpstream { get; } = TimeSpan.FromMinutes(10);
    public static TimeSpan UsualPhone { get; } = TimeSpan.FromSeconds(60);
}
