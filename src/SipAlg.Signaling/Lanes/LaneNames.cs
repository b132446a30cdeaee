using SipAlg.Protocol.Sip;
using SipAlg.Signaling.Identifiers;

namespace SipAlg.Signaling.Lanes;

/// <summary>
/// Which lane a message belongs to: an answer names it in the branch that we made, a request in a dialog in its To tag. All
/// registrations are in one lane. All others belong to the lane that received them, whose retransmissions come by the same way.
/// </summary>
public sealed class LaneNames : ILaneRouter
{
    /// <summary>The lane that has all registrations: the contacts of one user are in one place, whichever way they came.</summary>
    public const int Registrations = 0;

    [ThreadStatic]
    private static SipMessage? _message;

    /// <summary>The lane that the message names, or −1.</summary>
    public static int Of(SipMessage message)
    {
        if (message is { IsRequest: true, Method: SipMethod.Register, ToTag.IsEmpty: true })
        {
            return Registrations;
        }

        var text = message.IsRequest ? message[message.ToTag] : BranchId(message[message.Branch]);
        return MintedId.TryParse(text, out var id) ? id.Lane : -1;
    }

    private static ReadOnlySpan<byte> BranchId(ReadOnlySpan<byte> branch) =>
        branch.Length > Via.Cookie.Length ? branch[Via.Cookie.Length..] : default;

    /// <inheritdoc/>
    public int LaneFor(ReadOnlySpan<byte> message)
    {
        var parsed = _message ??= new SipMessage();
        return SipParser.Parse(parsed, message.ToArray(), 0, message.Length, isStream: true) == MessageFault.None ? Of(parsed) : -1;
    }
}
