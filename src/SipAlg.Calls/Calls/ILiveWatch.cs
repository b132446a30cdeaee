namespace SipAlg.Calls.Calls;

/// <summary>
/// Told of what happens while it happens, for whoever looks on. Called on lanes: must not block or throw, and costs next to nothing while
/// nobody looks. Ended calls are told to the journal.
/// </summary>
public interface ILiveWatch
{
    /// <summary>The dialplan has been asked, and nothing else has happened yet.</summary>
    void Started(CallRecord call);

    /// <summary>The caller has its 2xx.</summary>
    void Answered(CallRecord call);

    /// <summary>A contact is registered that was not.</summary>
    /// <param name="realm">Its index.</param>
    /// <param name="aor">"alice@example.com".</param>
    /// <param name="contact">The URI as it was registered.</param>
    void Registered(int realm, ReadOnlySpan<byte> aor, ReadOnlySpan<byte> contact);

    /// <summary>A contact has ended, for whatever reason.</summary>
    void Unregistered(int realm, ReadOnlySpan<byte> aor, ReadOnlySpan<byte> contact);
}
