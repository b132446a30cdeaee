using System.Text;
using SipAlg.Calls.Calls;
using SipAlg.Calls.Lanes;
using SipAlg.Calls.Legs;
using SipAlg.Protocol.Sip;
using SipAlg.Signaling.Identifiers;

namespace SipAlg.Calls.Headers;

/// <summary>
/// Translates Replaces (RFC 3891), Join (RFC 3911) and Target-Dialog (RFC 4538) between the legs of a call. One of the two tags is
/// ours and leads to the call, so no table of dialogs is needed.
/// </summary>
internal sealed class DialogNames(CallLane lane) : IDialogNames
{
    private readonly byte[] _value = new byte[4 * SipLimits.Identifier];

    public bool TryTranslate(ReadOnlySpan<byte> callId, ReadOnlySpan<byte> parameters, HeaderId header, out ReadOnlySpan<byte> value)
    {
        value = default;
        var (localName, remoteName) = header == HeaderId.TargetDialog ? ("local-tag", "remote-tag") : ("to-tag", "from-tag");
        if (!Parameters.TryGet(parameters, Encoding.ASCII.GetBytes(localName), out var first) ||
            !Parameters.TryGet(parameters, Encoding.ASCII.GetBytes(remoteName), out var second))
        {
            return false;
        }

        var isFirstOurs = TryLeg(first, callId, second, out var leg, out var other);
        if ((!isFirstOurs && !TryLeg(second, callId, first, out leg, out other)) || other is null)
        {
            return false;
        }

        value = Write(other, parameters, isFirstOurs, localName, remoteName);
        return true;
    }

    private bool TryLeg(ReadOnlySpan<byte> ourTag, ReadOnlySpan<byte> callId, ReadOnlySpan<byte> theirTag, out Leg? leg, out Leg? other)
    {
        leg = other = null;
        if (!MintedId.TryParse(ourTag, out var id) || id.Lane != lane.Lane.Number || lane.At(id.Slot) is not Call call)
        {
            return false;
        }

        leg = call.LegWith(id.Secret, theirTag);
        other = leg?.Partner;
        return leg is not null && leg.Dialog.CallId.SequenceEqual(callId);
    }

    /// <summary>
    /// The tag that was ours becomes the other leg's far side's, and theirs becomes ours there: the header speaks of the dialog as
    /// its reader has it.
    /// </summary>
    private ReadOnlySpan<byte> Write(Leg other, ReadOnlySpan<byte> parameters, bool isFirstOurs, string firstName, string secondName)
    {
        var ourTag = NameAddress.TryParse(other.Dialog.LocalAddress, out var local) && local.TryTag(out var tag) ? tag : default;
        var writer = new MessageWriter(_value);
        writer.Write(other.Dialog.CallId);
        WriteTag(ref writer, firstName, isFirstOurs ? other.Dialog.RemoteTag : ourTag);
        WriteTag(ref writer, secondName, isFirstOurs ? ourTag : other.Dialog.RemoteTag);
        if (Parameters.TryGet(parameters, "early-only"u8, out _))
        {
            writer.Write(";early-only"u8);
        }

        return writer.Written;
    }

    private static void WriteTag(ref MessageWriter writer, string name, scoped ReadOnlySpan<byte> tag)
    {
        writer.Write((byte)';');
        writer.Write(Encoding.ASCII.GetBytes(name));
        writer.Write((byte)'=');
        writer.Write(tag);
    }
}
