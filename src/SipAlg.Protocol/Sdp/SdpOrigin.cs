using SipAlg.Protocol.Addresses;

namespace SipAlg.Protocol.Sdp;

/// <summary>What the o= line of a written description says (RFC 8866 §5.2).</summary>
/// <param name="sessionId">The same in all descriptions of a dialog's side.</param>
/// <param name="version">One more each time the description changes (RFC 3264 §8), the same when it does not.</param>
/// <param name="address">Our address of that side, also that of every stream that names no other.</param>
public readonly struct SdpOrigin(ulong sessionId, ulong version, IpAddress address)
{
    public ulong SessionId { get; } = sessionId;
    public ulong Version { get; } = version;
    public IpAddress Address { get; } = address;

    /// <summary>The address that the line has had from the first description on (RFC 3264 §8); none for <see cref="Address"/>.</summary>
    public IpAddress First { get; init; }

    /// <summary>
    /// The first offer of a dialog: an unspecified address in it is a target still missing (RFC 3725 §4), and ours is shown. In any
    /// other description it holds the stream (RFC 3264 §8.4), and goes on doing so.
    /// </summary>
    public bool IsFirstOffer { get; init; }

    /// <summary>Its sender is not to be named (RFC 3323 §5.3): what people wrote for people stays behind.</summary>
    public bool IsConcealed { get; init; }
}
