using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using SipAlg.Calls.Dialplan;
using SipAlg.Calls.Model;
using SipAlg.Protocol.Sip;

namespace SipAlg.Calls.Headers;

/// <summary>Writes what crosses of a message's header fields into the message of the other leg.</summary>
/// <param name="host">The host that stands for this side on the other.</param>
/// <param name="dialogs">Finds the other side's name of a dialog of ours.</param>
/// <param name="reader">The other side.</param>
internal readonly ref partial struct HeaderCrossing(ReadOnlySpan<byte> host, DialogNames dialogs, DialogReader reader)
{
    private readonly ReadOnlySpan<byte> _host = host;
    private readonly DialogReader _reader = reader;

    /// <summary>Headers that the dialplan set or removed, which do not cross by themselves.</summary>
    public ImmutableArray<HeaderEdit> Edits { get; init; } = [];

    /// <summary>What the one who gets the message may learn of who is calling.</summary>
    public required IdentityCrossing Identity { get; init; }

    /// <summary>What the one who gets the message wants of other headers than the policy says.</summary>
    public HeaderRules Rules { get; init; } = HeaderRules.None;

    /// <summary>What the route lets through, whoever gets it.</summary>
    public HeaderRules Filter { get; init; } = HeaderRules.None;

    /// <summary>The message is a request that begins a dialog: then it has the headers that the rules add.</summary>
    public bool BeginsDialog { get; init; }

    /// <summary>One side proves to the other who it is, and the gateway stands between them: challenges and what answers them cross as they are.</summary>
    public bool CarriesProof { get; init; }

    /// <summary>The field that has the id of the call in what we send: what one side wrote there does not cross. Null: there is none.</summary>
    public string? IdField { get; init; }

    private bool HasRules => !Edits.IsEmpty || !Rules.IsEmpty || !Filter.IsEmpty;

    /// <summary>The number in Event's "id" as the other side knows it; 0 leaves it (<see cref="CrossedReferrals"/>).</summary>
    public uint EventId { get; init; }

    public void Write(ref MessageWriter writer, SipMessage message)
    {
        var concealed = Identity.Conceals(message);
        foreach (ref readonly var field in message.Fields)
        {
            var fate = CarriesProof && HeaderPolicy.IsProof(field.Id) ? HeaderFate.Cross : HeaderPolicy.Of(field.Id);
            if (fate is HeaderFate.Renew or HeaderFate.Remove || IsLeftOut(message, field, concealed))
            {
                continue;
            }

            switch (fate)
            {
                case HeaderFate.Cross when field.Id == HeaderId.Event && EventId != 0:
                    writer.Write("Event: "u8);
                    EventValue.WriteWithId(ref writer, message[field.Value], EventId);
                    writer.EndLine();
                    break;
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

    /// <summary>The id of the call, so that who reads the message can name it to us; the dialplan and the receiver's rules may speak against it.</summary>
    public void WriteId(ref MessageWriter writer, ulong call)
    {
        Span<byte> text = stackalloc byte[64];
        if (IdField is not null && IsWanted(text[..Encoding.ASCII.GetBytes(IdField, text)], isUnderstood: false))
        {
            WriteText(ref writer, IdField);
            writer.Write(": "u8);
            call.TryFormat(text, out var length, "x16", CultureInfo.InvariantCulture);
            writer.Write(text[..length]);
            writer.EndLine();
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

        if (!Identity.IsBelieved && field.Id == HeaderId.Other && Identity.WithholdsOther(message.LongName(field)))
        {
            return true;
        }

        if (IdField is not null && field.Id == HeaderId.Other && Ascii.EqualsIgnoreCase(message.LongName(field), IdField))
        {
            return true;
        }

        return HasRules && message.LongName(field) is var name && !IsWanted(name, field.Id != HeaderId.Other);
    }

    /// <summary>Neither the dialplan nor the receiver's rules speak against a field that would cross.</summary>
    private bool IsWanted(ReadOnlySpan<byte> name, bool isUnderstood) =>
        !IsEdited(name) && Rules.Passes(name, isUnderstood) && Filter.Passes(name, isUnderstood) && !(BeginsDialog && Rules.Adds(name));

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

    /// <summary>A dialog that is none of ours crosses as it came: who put it there means somebody beyond us (RFC 3891, RFC 4538).</summary>
    private void Translate(ref MessageWriter writer, SipMessage message, in HeaderField field)
    {
        var value = message[field.Value];
        if (!DialogReference.TryParse(field.Id, value, out _))
        {
            return;
        }

        writer.Write(HeaderNames.Name(field.Id));
        writer.Write(": "u8);
        writer.Write(dialogs.TryTranslate(field.Id, value, _reader, out var other, out _) ? other : value);
        writer.EndLine();
    }

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
