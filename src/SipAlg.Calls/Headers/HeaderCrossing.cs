using System.Collections.Immutable;
using System.Text;
using SipAlg.Calls.Dialplan;
using SipAlg.Calls.Model;
using SipAlg.Protocol.Sip;

namespace SipAlg.Calls.Headers;

/// <summary>Writes what crosses of a message's header fields into the message of the other leg.</summary>
/// <param name="host">The host that stands for this side on the other.</param>
/// <param name="dialogs">Finds the other leg's name of a dialog of ours.</param>
internal readonly ref partial struct HeaderCrossing(ReadOnlySpan<byte> host, IDialogNames dialogs)
{
    private readonly ReadOnlySpan<byte> _host = host;

    /// <summary>Headers that the dialplan set or removed, which do not cross by themselves.</summary>
    public ImmutableArray<HeaderEdit> Edits { get; init; } = [];

    /// <summary>What the one who gets the message may learn of who is calling.</summary>
    public required IdentityCrossing Identity { get; init; }

    /// <summary>What the one who gets the message wants of other headers than the policy says.</summary>
    public HeaderRules Rules { get; init; } = HeaderRules.None;

    /// <summary>The message is a request that begins a dialog: then it has the headers that the rules add.</summary>
    public bool BeginsDialog { get; init; }

    private bool HasRules => !Edits.IsEmpty || !Rules.IsEmpty;

    public void Write(ref MessageWriter writer, SipMessage message)
    {
        var concealed = Identity.Conceals(message);
        foreach (ref readonly var field in message.Fields)
        {
            var fate = HeaderPolicy.Of(field.Id);
            if (fate is HeaderFate.Renew or HeaderFate.Remove || IsLeftOut(message, field, concealed))
            {
                continue;
            }

            switch (fate)
            {
                case HeaderFate.Hide:
                    Hide(ref writer, message, field, concealed);
                    break;
                case HeaderFate.Translate:
                    Translate(ref writer, message, field);
                    break;
                default:
                    writer.Write(message[field.Line]);
                    writer.EndLine();
                    break;
            }
        }

        WriteIdentity(ref writer, message, concealed);
        if (HasRules)
        {
            WriteOwn(ref writer);
        }
    }

    private void WriteOwn(ref MessageWriter writer)
    {
        foreach (var edit in Edits)
        {
            if (edit.Value is not null)
            {
                WriteField(ref writer, edit.Name, edit.Value);
            }
        }

        foreach (var header in BeginsDialog ? Rules.Add : [])
        {
            if (!Edits.Any(edit => edit.Name.Equals(header.Name, StringComparison.OrdinalIgnoreCase)))
            {
                WriteField(ref writer, header.Name, header.Value);
            }
        }
    }

    /// <summary>Names are compared by their long forms; a message may have the compact ones.</summary>
    private bool IsLeftOut(SipMessage message, in HeaderField field, PrivacyValues concealed)
    {
        if (Identity.Withholds(field.Id, concealed) || (field.Id == HeaderId.Other && IdentityCrossing.IsAnonymous(concealed) && IdentityCrossing.TellsUser(message.LongName(field))))
        {
            return true;
        }

        return HasRules && message.LongName(field) is var name && !IsWanted(name, field.Id != HeaderId.Other);
    }

    /// <summary>Neither the dialplan nor the receiver's rules speak against a field that would cross.</summary>
    private bool IsWanted(ReadOnlySpan<byte> name, bool isUnderstood) =>
        !IsEdited(name) && Rules.Passes(name, isUnderstood) && !(BeginsDialog && Rules.Adds(name));

    private bool IsEdited(ReadOnlySpan<byte> name)
    {
        foreach (var edit in Edits)
        {
            if (Ascii.EqualsIgnoreCase(name, edit.Name))
            {
                return true;
            }
        }

        return false;
    }

    private static void WriteField(ref MessageWriter writer, string name, string value)
    {
        WriteText(ref writer, name);
        writer.Write(": "u8);
        WriteText(ref writer, value);
        writer.EndLine();
    }

    private void Translate(ref MessageWriter writer, SipMessage message, in HeaderField field)
    {
        var value = message[field.Value];
        var semicolon = value.IndexOf((byte)';');
        if (semicolon < 0 || !dialogs.TryTranslate(Trim(value[..semicolon]), value[semicolon..], field.Id, out var other))
        {
            // No dialog of ours, so nobody on the other side knows it, and its Call-ID and tags are none of their business.
            return;
        }

        writer.Write(HeaderNames.Name(field.Id));
        writer.Write(": "u8);
        writer.Write(other);
        writer.EndLine();
    }

    private static ReadOnlySpan<byte> Trim(ReadOnlySpan<byte> text) => text.Trim(" \t\r\n"u8);

    private static void WriteText(ref MessageWriter writer, string text)
    {
        Span<byte> octets = stackalloc byte[256];
        if (text.Length * 3 <= octets.Length)
        {
            writer.Write(octets[..Encoding.UTF8.GetBytes(text, octets)]);
        }
        else
        {
            writer.Write(Encoding.UTF8.GetBytes(text));
        }
    }
}

/// <summary>Knows the dialogs of this lane by the names that each side has for them.</summary>
internal interface IDialogNames
{
    /// <summary>Writes the value of Replaces, Join or Target-Dialog as the other leg of the same call knows it.</summary>
    /// <param name="callId">The Call-ID that the header names.</param>
    /// <param name="parameters">Its tags, from the first semicolon on.</param>
    /// <param name="header">Which of the three: their tag parameters have different names.</param>
    /// <param name="value">Valid until the next call.</param>
    /// <returns>False if it is no dialog of ours.</returns>
    bool TryTranslate(ReadOnlySpan<byte> callId, ReadOnlySpan<byte> parameters, HeaderId header, out ReadOnlySpan<byte> value);
}
