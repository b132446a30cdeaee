using System.Collections.Immutable;
using System.Text;
using SipAlg.Calls.Dialplan;
using SipAlg.Calls.Model;
using SipAlg.Protocol.Sip;

namespace SipAlg.Calls.Headers;

/// <summary>Writes what crosses of a message's header fields into the message of the other leg.</summary>
/// <param name="host">The host that stands for this side on the other.</param>
/// <param name="dialogs">Finds the other side's name of a dialog of ours.</param>
/// <param name="reader">The other side.</param>
internal readonly ref struct HeaderCrossing(ReadOnlySpan<byte> host, DialogNames dialogs, DialogReader reader)
{
    private readonly ReadOnlySpan<byte> _host = host;
    private readonly DialogReader _reader = reader;

    /// <summary>Headers that the dialplan set or removed, which do not cross by themselves.</summary>
    public ImmutableArray<HeaderEdit> Edits { get; init; } = [];

    /// <summary>The caller's number that the dialplan set, in place of the asserted one; null leaves it.</summary>
    public string? Caller { get; init; }

    /// <summary>What the one who gets the message wants of other headers than the policy says.</summary>
    public HeaderRules Rules { get; init; } = HeaderRules.None;

    /// <summary>The message is a request that begins a dialog: then it has the headers that the rules add.</summary>
    public bool BeginsDialog { get; init; }

    private bool IsPlain => Edits.IsEmpty && Rules.IsEmpty;

    /// <summary>The number in Event's "id" as the other side knows it; 0 leaves it (<see cref="CrossedReferrals"/>).</summary>
    public uint EventId { get; init; }

    public void Write(ref MessageWriter writer, SipMessage message)
    {
        var isPlain = IsPlain;
        foreach (ref readonly var field in message.Fields)
        {
            var fate = HeaderPolicy.Of(field.Id);
            if (fate is HeaderFate.Renew or HeaderFate.Remove || (!isPlain && IsLeftOut(message, field)))
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
                    Hide(ref writer, message, field);
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

        if (!isPlain)
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
    private bool IsLeftOut(SipMessage message, in HeaderField field)
    {
        var name = message.LongName(field);
        return IsEdited(name) || !Rules.Passes(name, field.Id != HeaderId.Other) || (BeginsDialog && Rules.Adds(name));
    }

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

    private void Hide(ref MessageWriter writer, SipMessage message, in HeaderField field)
    {
        var isFirst = true;
        foreach (var value in new ValueList(message[field.Value]))
        {
            var start = writer.Length;
            writer.Write(isFirst ? HeaderNames.Name(field.Id) : ", "u8);
            writer.Write(isFirst ? ": "u8 : default);
            if (field.Id == HeaderId.Warning ? HideAgent(ref writer, value) : HideAddress(ref writer, field.Id, value))
            {
                isFirst = false;
            }
            else
            {
                writer.Rewind(start);
            }
        }

        if (!isFirst)
        {
            writer.EndLine();
        }
    }

    /// <summary>A value that is no address, or whose host cannot be replaced, cannot be vouched for: it stays behind.</summary>
    private bool HideAddress(ref MessageWriter writer, HeaderId id, ReadOnlySpan<byte> value)
    {
        if (!NameAddress.TryParse(value, out var address) || !SipUri.TryParse(address.Uri, out var uri) || uri.Scheme == UriScheme.Other ||
            !Parameters.AreValid(address.Parameters))
        {
            return false;
        }

        if (!address.DisplayName.IsEmpty)
        {
            writer.Write(address.DisplayName);
            writer.Write((byte)' ');
        }

        writer.Write((byte)'<');
        if (id == HeaderId.ReferTo && uri.IsSip)
        {
            new ReferTarget(_host, dialogs, _reader).Write(ref writer, uri);
        }
        else if (id == HeaderId.AssertedIdentity && Caller is not null)
        {
            WriteCaller(ref writer, uri, Caller);
        }
        else
        {
            UriWriter.Write(ref writer, uri, _host);
            if (id == HeaderId.HistoryInfo)
            {
                WriteReasons(ref writer, uri.Headers);
            }
        }

        writer.Write((byte)'>');
        writer.Write(address.Parameters);
        return true;
    }

    private void WriteCaller(ref MessageWriter writer, in SipUri uri, string caller)
    {
        writer.Write(uri.Scheme switch { UriScheme.Sips => "sips:"u8, UriScheme.Sip => "sip:"u8, _ => "tel:"u8 });
        UriWriter.WriteUser(ref writer, caller);
        if (uri.IsSip)
        {
            writer.Write((byte)'@');
            writer.Write(_host);
        }
    }

    /// <summary>
    /// Reason and Privacy of an entry stand in its URI's headers (RFC 7044 §5.1, §10.1). Others, such as Route or Replaces, would name
    /// the other side.
    /// </summary>
    private static void WriteReasons(ref MessageWriter writer, ReadOnlySpan<byte> headers)
    {
        var separator = "?"u8;
        foreach (var part in headers.Split((byte)'&'))
        {
            var header = headers[part];
            var equals = header.IndexOf((byte)'=');
            if (equals > 0 && (Ascii.EqualsIgnoreCase(header[..equals], "Reason"u8) || Ascii.EqualsIgnoreCase(header[..equals], "Privacy"u8)))
            {
                writer.Write(separator);
                writer.Write(header);
                separator = "&"u8;
            }
        }
    }

    /// <summary>warn-code SP warn-agent SP warn-text (RFC 3261 §20.43): the agent is a host of the other side.</summary>
    private bool HideAgent(ref MessageWriter writer, ReadOnlySpan<byte> value)
    {
        var first = value.IndexOf((byte)' ');
        var quote = value.IndexOf((byte)'"');
        if (first < 0 || quote < first)
        {
            return false;
        }

        writer.Write(value[..(first + 1)]);
        writer.Write(_host);
        writer.Write((byte)' ');
        writer.Write(value[quote..]);
        return true;
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
