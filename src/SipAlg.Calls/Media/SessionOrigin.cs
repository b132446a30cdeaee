using SipAlg.Protocol.Addresses;
using SipAlg.Protocol.Sdp;

namespace SipAlg.Calls.Media;

/// <summary>The o= line that one dialog sees: its session id, the version, and what was written last (RFC 3264 §8).</summary>
internal sealed class SessionOrigin
{
    private SessionOrigin(ulong sessionId) => SessionId = sessionId;

    public ulong SessionId { get; }
    public ulong Version { get; private set; } = 1;

    /// <summary>That of the first description: whatever moves later, the o= line stays but for its version.</summary>
    private IpAddress _address;

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

    /// <summary>The line as it goes out now.</summary>
    /// <param name="shown">Our address in the description.</param>
    public SdpOrigin Line(IpAddress shown)
    {
        _address = _address.IsNone ? shown : _address;
        return new SdpOrigin(SessionId, Version, shown) { First = _address };
    }

    /// <param name="random">62 bits of it become the id, since old readers hold it in 64 bits with a sign.</param>
    public static SessionOrigin Begin(ulong random) => new(random >> 2);

    /// <summary>For a dialog that comes of the same INVITE: it has seen the same offer and goes on by itself (RFC 3261 §12.1.2).</summary>
    public SessionOrigin Fork() => new(SessionId) { Version = Version, _address = _address, _written = _written };
}
