using System.Buffers.Binary;
using SipAlg.Calls.Calls;
using SipAlg.Calls.Lanes;
using SipAlg.Calls.Legs;
using SipAlg.Protocol.Sip;
using SipAlg.Signaling.Identifiers;

namespace SipAlg.Calls.Headers;

/// <summary>
/// Finds the dialog that Replaces (RFC 3891), Join (RFC 3911) or Target-Dialog (RFC 4538) names, and names it as somebody else knows
/// it. One of its two tags is ours and leads to the call, so no table of dialogs is needed.
/// </summary>
internal sealed class DialogNames(CallLane lane)
{
    private readonly byte[] _value = new byte[4 * SipLimits.Identifier];
    private readonly KeyedHash _hash = new(lane.Lane.Secrets.Next(), lane.Lane.Secrets.Next());

    /// <summary>Whether a URI is a contact that proves its sender: a registrar may have written it elsewhere than into the Request-URI.</summary>
    public bool NamesSecretContact(in SipUri uri) => lane.Room.Contacts.IsSecret(uri);

    /// <summary>Finds the dialog of this lane that a header names.</summary>
    public DialogMatch Find(in DialogReference reference, out NamedDialog named)
    {
        named = default;
        if (TryAlias(reference, out named))
        {
            return DialogMatch.Found;
        }

        var match = Match(reference.LocalTag, reference.RemoteTag, reference.CallId, isLocalOurs: true, out named);
        return match != DialogMatch.Foreign ? match : Match(reference.RemoteTag, reference.LocalTag, reference.CallId, isLocalOurs: false, out named);
    }

    private DialogMatch Match(ReadOnlySpan<byte> ourTag, ReadOnlySpan<byte> theirTag, ReadOnlySpan<byte> callId, bool isLocalOurs, out NamedDialog named)
    {
        named = default;
        if (!MintedId.TryParse(ourTag, out var id) || id.Lane != lane.Lane.Number || lane.At(id.Slot) is not Call call || !call.HasSecret(id.Secret))
        {
            return DialogMatch.Foreign;
        }

        if (call.LegWith(id.Secret, theirTag) is not { } leg || !leg.Dialog.CallId.SequenceEqual(callId))
        {
            return DialogMatch.Mismatch;
        }

        named = new NamedDialog(call, leg, isLocalOurs);
        return DialogMatch.Found;
    }

    /// <summary>
    /// Writes the value of Replaces, Join or Target-Dialog for somebody else: with Call-ID and tags of the reader's own dialog of the
    /// same call, or, if it has none in it, with an alias that only this lane understands.
    /// </summary>
    /// <param name="header">Which of the three: their tag parameters have different names.</param>
    /// <param name="text">The header's value.</param>
    /// <param name="reader">Who it is written for.</param>
    /// <param name="value">Valid until the next call.</param>
    /// <param name="isAlias">Only the gateway can act on it.</param>
    /// <returns>False if it is no dialog of ours.</returns>
    public bool TryTranslate(HeaderId header, ReadOnlySpan<byte> text, in DialogReader reader, out ReadOnlySpan<byte> value, out bool isAlias)
    {
        value = default;
        isAlias = false;
        if (!DialogReference.TryParse(header, text, out var reference) || Find(reference, out var named) != DialogMatch.Found)
        {
            return false;
        }

        var writer = new MessageWriter(_value);
        if (named.Acting is { Dialog.RemoteTag.IsEmpty: false } acting && reader.Faces(acting))
        {
            DialogReference.Write(ref writer, header, acting.Dialog.CallId, acting.Dialog.RemoteTag, LocalTag(acting), reference.IsEarlyOnly);
        }
        else if (named.Other is { Dialog.RemoteTag.IsEmpty: false } other && reader.Faces(other))
        {
            DialogReference.Write(ref writer, header, other.Dialog.CallId, LocalTag(other), other.Dialog.RemoteTag, reference.IsEarlyOnly);
        }
        else if (named.Acting is { } unseen)
        {
            WriteAlias(ref writer, header, new MintedId(lane.Lane.Number, named.Call.Slot, AliasOf(unseen)), reference.IsEarlyOnly);
            isAlias = true;
        }

        value = writer.Written;
        return !value.IsEmpty;
    }

    private static void WriteAlias(ref MessageWriter writer, HeaderId header, MintedId alias, bool isEarlyOnly)
    {
        Span<byte> text = stackalloc byte[MintedId.TextLength];
        alias.Format(text);
        DialogReference.Write(ref writer, header, text, text, text, isEarlyOnly);
    }

    private bool TryAlias(in DialogReference reference, out NamedDialog named)
    {
        named = default;
        if (!reference.CallId.SequenceEqual(reference.LocalTag) || !reference.CallId.SequenceEqual(reference.RemoteTag) ||
            !MintedId.TryParse(reference.CallId, out var id) || id.Lane != lane.Lane.Number || lane.At(id.Slot) is not Call call)
        {
            return false;
        }

        if (call.LegWhere(leg => AliasOf(leg) == id.Secret) is not { } acting)
        {
            return false;
        }

        named = new NamedDialog(call, acting, IsLocalOurs: false);
        return true;
    }

    /// <summary>What stands for a dialog towards those who may know of it, but not its Call-ID and tags; only this lane can make it.</summary>
    private ulong AliasOf(Leg leg)
    {
        Span<byte> octets = stackalloc byte[sizeof(ulong) + SipLimits.Identifier];
        BinaryPrimitives.WriteUInt64LittleEndian(octets, leg.Secret);
        leg.Dialog.RemoteTag.CopyTo(octets[sizeof(ulong)..]);
        return _hash.Of(octets[..(sizeof(ulong) + leg.Dialog.RemoteTag.Length)]);
    }

    private static ReadOnlySpan<byte> LocalTag(Leg leg) => NameAddress.TryParse(leg.Dialog.LocalAddress, out var local) && local.TryTag(out var tag) ? tag : default;
}

/// <summary>Whether a header names a dialog of ours.</summary>
internal enum DialogMatch : byte
{
    /// <summary>None of this lane's.</summary>
    Foreign,

    /// <summary>Our tag is one of a dialog that stands, but Call-ID or the other tag is not its own.</summary>
    Mismatch,
    Found,
}

/// <summary>A dialog of ours that a header names.</summary>
/// <param name="Call">Whose.</param>
/// <param name="Leg">The leg whose Call-ID and tags they are.</param>
/// <param name="IsLocalOurs">The recipient that the header has in mind is the gateway, so in truth who is behind it; else it is the leg's far side.</param>
internal readonly record struct NamedDialog(Call Call, Leg Leg, bool IsLocalOurs)
{
    /// <summary>The leg whose far side the header asks to act, and which stays if it says Replaces; null while there is none.</summary>
    public Leg? Acting => IsLocalOurs ? Leg.Partner : Leg;

    /// <summary>The leg on the other side of it, which ends if the header says Replaces; null while there is none.</summary>
    public Leg? Other => IsLocalOurs ? Leg : Leg.Partner;
}
