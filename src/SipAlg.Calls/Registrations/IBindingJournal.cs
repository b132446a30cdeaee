using SipAlg.Signaling.Transports;

namespace SipAlg.Calls.Registrations;

/// <summary>A binding as it is kept over a restart and told to those who ask.</summary>
/// <param name="Id">Never used again.</param>
/// <param name="Aor">"alice@example.com".</param>
/// <param name="Contact">The URI as it was registered.</param>
/// <param name="Expires">When it ends, unless it is refreshed.</param>
/// <param name="Flow">The way that its REGISTER came; after a restart a connection of it is gone.</param>
/// <param name="Q">In thousandths.</param>
/// <param name="Instance">The URN of its device; empty if it named none.</param>
/// <param name="RegId">Which of the device's flows; 0: none is told apart.</param>
/// <param name="Path">The values of Path (RFC 3327); empty without any.</param>
/// <param name="Agent">What its User-Agent said; empty if nothing.</param>
public sealed record BindingRecord(
    long Id, string Aor, string Contact, string CallId, uint CSeq, DateTimeOffset Expires, Flow Flow, BindingTraits Traits,
    int Q, string Instance, uint RegId, string Path, string Agent)
{
    /// <summary>Of a binding that another registrar has accepted: what the contact that it was given is known by. 0: it is the gateway's own.</summary>
    public ulong Token { get; init; }

    /// <summary>The name of the peer that has accepted it; empty for the gateway's own.</summary>
    public string Registrar { get; init; } = "";

    /// <summary>When it ends there.</summary>
    public DateTimeOffset UpstreamExpires { get; init; }

    /// <summary>When its device registered, in milliseconds since 1970; 0: not known.</summary>
    public long Since { get; init; }
}

/// <summary>
/// Keeps bindings, so that a restarted gateway rings the phones that were registered; implemented by the program. Nothing here waits:
/// each write has a number, and the registrar is told by <see cref="Registrar.Kept"/> up to which number all is kept.
/// </summary>
public interface IBindingJournal
{
    /// <summary>Adds a binding, or replaces the one with its id.</summary>
    long Keep(BindingRecord binding);

    /// <summary>Of a binding that was kept only this has changed.</summary>
    long Refresh(long id, uint cseq, DateTimeOffset expires);

    long Forget(long id);
}
