using SipAlg.Calls.Headers;
using SipAlg.Calls.Lanes;
using SipAlg.Protocol.Sip;
using SipAlg.Protocol.Xml;
using SipAlg.Signaling.Identifiers;

namespace SipAlg.Calls.Bodies;

/// <summary>
/// The names of the dialog that an element of dialog-info is about (RFC 4235 §4.1.2): one of ours is named for the reader, another
/// stays as it is. One that has our marks and stands no more, or is named by half, is left without names: they would show what the other
/// side uses, and nobody could do anything with them.
/// </summary>
internal ref struct DialogNaming(CallLane lane)
{
    /// <summary>Behind what <see cref="EventUris"/> uses: the names live as long as their element is written.</summary>
    private const int Room = 3 * SipLimits.Field;

    private DialogReference _named;
    private bool _isChanged;

    /// <summary>The attributes stay, with other values.</summary>
    public readonly bool IsKept => !_named.CallId.IsEmpty;

    /// <summary>Reads ahead: the names stand in any order.</summary>
    /// <param name="scanner">At an element.</param>
    /// <param name="reader">For whom it is named.</param>
    public void Read(scoped XmlScanner scanner, scoped in DialogReader reader)
    {
        _named = default;
        _isChanged = false;
        if (!scanner.Element.SequenceEqual("dialog"u8) && !scanner.Element.SequenceEqual("replaces"u8))
        {
            return;
        }

        scoped ReadOnlySpan<byte> callId = default, local = default, remote = default;
        while (scanner.MoveNext() && scanner.Part == XmlPart.Attribute)
        {
            callId = scanner.Attribute.SequenceEqual("call-id"u8) ? scanner.Value : callId;
            local = scanner.Attribute.SequenceEqual("local-tag"u8) ? scanner.Value : local;
            remote = scanner.Attribute.SequenceEqual("remote-tag"u8) ? scanner.Value : remote;
        }

        Name(callId, local, remote, reader);
    }

    private void Name(scoped ReadOnlySpan<byte> callId, scoped ReadOnlySpan<byte> local, scoped ReadOnlySpan<byte> remote, scoped in DialogReader reader)
    {
        var value = new MessageWriter(lane.Names.AsSpan(Room, 4 * SipLimits.Identifier));
        var isOurs = Append(ref value, default, callId) | Append(ref value, ";local-tag="u8, local) | Append(ref value, ";remote-tag="u8, remote);
        if (!value.Overflowed && lane.DialogNames.TryTranslate(HeaderId.TargetDialog, value.Written, reader, out var other, out _))
        {
            var kept = lane.Names.AsSpan(Room, other.Length);
            other.CopyTo(kept);
            _isChanged = DialogReference.TryParse(HeaderId.TargetDialog, kept, out _named);
        }
        else
        {
            _isChanged = isOurs;
        }
    }

    /// <returns>Whether the name is one that this gateway made, or looks like it.</returns>
    private static bool Append(ref MessageWriter writer, scoped ReadOnlySpan<byte> parameter, scoped ReadOnlySpan<byte> text)
    {
        Span<byte> room = stackalloc byte[SipLimits.Identifier];
        var name = room[..XmlText.Unescape(text, room)];
        writer.Write(parameter);
        writer.Write(name);
        return MintedId.TryParse(name, out _);
    }

    /// <summary>Whether this attribute does not cross as it came.</summary>
    public readonly bool Concerns(scoped ReadOnlySpan<byte> attribute) =>
        _isChanged && (attribute.SequenceEqual("call-id"u8) || attribute.SequenceEqual("local-tag"u8) || attribute.SequenceEqual("remote-tag"u8));

    public readonly void Write(ref MessageWriter writer, scoped ReadOnlySpan<byte> attribute, byte quote) =>
        XmlText.Write(ref writer, attribute.SequenceEqual("call-id"u8) ? _named.CallId : attribute.SequenceEqual("local-tag"u8) ? _named.LocalTag : _named.RemoteTag, quote);
}
