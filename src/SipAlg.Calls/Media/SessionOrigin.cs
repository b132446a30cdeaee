namespace SipAlg.Calls.Media;

/// <summary>The o= line that one dialog sees: its session id, the version, and what was written last (RFC 3264 §8).</summary>
internal sealed class SessionOrigin
{
    private SessionOrigin(ulong sessionId) => SessionId = sessionId;

    public ulong SessionId { get; }
    public ulong Version { get; private set; } = 1;

    /// <summary>Hash of the description last written, without its version; 0 before the first.</summary>
    private ulong _written;

    /// <summary>Notes a description that is being written; true if it is another one than the last, so that the version has gone up.</summary>
    /// <param name="hash">Of the description without its version.</param>
    public bool Changes(ulong hash)
    {
        var isChanged = _written != 0 && _written != hash;
        Version += isChanged ? 1UL : 0;
        _written = hash;
        return isChanged;
    }

    /// <param name="random">62 bits of it become the id, since old readers hold it in 64 bits with a sign.</param>
    public static SessionOrigin Begin(ulong random) => new(random >> 2);

    /// <summary>For a dialog that comes of the same INVITE: it has seen the same offer and goes on by itself (RFC 3261 §12.1.2).</summary>
    public SessionOrigin Fork() => new(SessionId) { Version = Version, _written = _written };
}
