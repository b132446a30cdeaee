using System.Text;
using SipAlg.Calls.Messages;
using SipAlg.Protocol.Sip;

namespace SipAlg.Calls.Headers;

/// <content>Addresses: the hosts of one side are replaced for the other, and who somebody is said to be crosses as it may.</content>
internal readonly ref partial struct HeaderCrossing
{
    /// <summary>The Privacy header, where it does not cross as it came, and the identity of a caller whose From may not show it.</summary>
    private void WriteIdentity(ref MessageWriter writer, SipMessage message, PrivacyValues concealed)
    {
        var isAsserted = IsAsserted(message);
        if (isAsserted && IsWanted(HeaderNames.Name(HeaderId.AssertedIdentity), isUnderstood: true))
        {
            writer.Write("P-Asserted-Identity: <"u8);
            WriteNumber(ref writer, UriScheme.Sip, Identity.Number!);
            writer.Write(">\r\n"u8);
        }

        // What From shows is no secret.
        var isHidden = isAsserted && Identity.IsAnonymous(message);
        var isGiven = Identity.Given is not null && (BeginsDialog || message.Has(HeaderId.Privacy) || message.Has(HeaderId.AssertedIdentity) || message.Has(HeaderId.RemotePartyId));
        var isPerformed = (concealed & IdentityCrossing.Performed) != 0 && message.Has(HeaderId.Privacy);
        if ((isGiven || isPerformed || isHidden) && IsWanted(HeaderNames.Name(HeaderId.Privacy), isUnderstood: true))
        {
            WritePrivacy(ref writer, message, concealed, isHidden);
        }
    }

    /// <summary>
    /// The number of a user who has proven to be himself is asserted; one that the dialplan set, where the caller has an anonymous From and nothing else that could show it: the
    /// trust domain has to know who calls (RFC 3325 §5), and keeps it to itself.
    /// </summary>
    private bool IsAsserted(SipMessage message) => BeginsDialog && Identity is { Number: not null, IsTold: true } && (Identity.IsNumberProven || Identity.IsAnonymous(message)) &&
        !(Identity.IsBelieved && message.Has(HeaderId.AssertedIdentity));

    private void WritePrivacy(ref MessageWriter writer, SipMessage message, PrivacyValues concealed, bool isAsserted)
    {
        var start = writer.Length;
        writer.Write("Privacy: "u8);
        var empty = writer.Length;
        var done = concealed & IdentityCrossing.Performed;
        if (Identity.Given is { } given)
        {
            var rest = (given | (isAsserted ? PrivacyValues.Id : 0)) & ~done;
            Privacy.Write(ref writer, rest == PrivacyValues.Critical ? 0 : rest);
        }
        else if (done != 0)
        {
            Privacy.WriteOthers(ref writer, message, without: done | ((Privacy.Of(message) & PrivacyValues.Id) != 0 ? 0 : PrivacyValues.Critical));
        }
        else if (!message.Has(HeaderId.Privacy))
        {
            writer.Write("id"u8);
        }

        if (writer.Length == empty)
        {
            writer.Rewind(start);
        }
        else
        {
            writer.EndLine();
        }
    }

    private void Hide(ref MessageWriter writer, SipMessage message, in HeaderField field, PrivacyValues concealed)
    {
        var isFirst = true;
        foreach (var value in new ValueList(message[field.Value]))
        {
            var start = writer.Length;
            writer.Write(isFirst ? HeaderNames.Name(field.Id) : ", "u8);
            writer.Write(isFirst ? ": "u8 : default);
            if (field.Id == HeaderId.Warning ? HideAgent(ref writer, value) : HideAddress(ref writer, field.Id, value, concealed))
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
    private bool HideAddress(ref MessageWriter writer, HeaderId id, ReadOnlySpan<byte> value, PrivacyValues concealed)
    {
        if (!NameAddress.TryParse(value, out var address) || !SipUri.TryParse(address.Uri, out var uri) || uri.Scheme == UriScheme.Other ||
            !Parameters.AreValid(address.Parameters))
        {
            return false;
        }

        if (id != HeaderId.ReferTo && dialogs.NamesSecretContact(uri))
        {
            return id == HeaderId.HistoryInfo && WriteNobody(ref writer, address.Parameters);
        }

        if (id == HeaderId.HistoryInfo && !Identity.IsTold && (IdentityCrossing.IsHistoryPrivate(concealed) || IsEntryPrivate(uri.Headers)))
        {
            return WriteNobody(ref writer, address.Parameters);
        }

        var asked = id is HeaderId.RemotePartyId or HeaderId.Diversion && !Identity.IsTold ? RemoteParty.PrivacyOf(address.Parameters) : PartyPrivacy.None;
        if (asked == PartyPrivacy.Full)
        {
            return false;
        }

        WriteAddress(ref writer, id, address, uri, hasName: asked == PartyPrivacy.None);
        return true;
    }

    /// <summary>RFC 7044 §10.1.2: the entry keeps its place in the history.</summary>
    private static bool WriteNobody(ref MessageWriter writer, ReadOnlySpan<byte> parameters)
    {
        writer.Write("<sip:anonymous@anonymous.invalid>"u8);
        writer.Write(parameters);
        return true;
    }

    private void WriteAddress(ref MessageWriter writer, HeaderId id, in NameAddress address, in SipUri uri, bool hasName)
    {
        var isCaller = id is HeaderId.AssertedIdentity or HeaderId.PreferredIdentity || (id == HeaderId.RemotePartyId && RemoteParty.IsCaller(address.Parameters));
        if (hasName)
        {
            InviteAddresses.WriteName(ref writer, address.DisplayName, isCaller ? Identity.Name : null);
        }

        writer.Write((byte)'<');
        if (id == HeaderId.ReferTo && uri.IsSip)
        {
            new ReferTarget(_host, dialogs, _reader).Write(ref writer, uri);
        }
        else if (isCaller && Identity.Number is { } number)
        {
            WriteNumber(ref writer, uri.Scheme, number);
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
    }

    private void WriteNumber(ref MessageWriter writer, UriScheme scheme, string number)
    {
        writer.Write(scheme switch { UriScheme.Sips => "sips:"u8, UriScheme.Sip => "sip:"u8, _ => "tel:"u8 });
        UriWriter.WriteUser(ref writer, number);
        if (scheme is UriScheme.Sip or UriScheme.Sips)
        {
            writer.Write((byte)'@');
            writer.Write(_host);
        }
    }

    /// <summary>The entry's URI has a Privacy header that asks for it (RFC 7044 §10.1.1).</summary>
    private static bool IsEntryPrivate(ReadOnlySpan<byte> headers)
    {
        Span<byte> value = stackalloc byte[64];
        foreach (var part in headers.Split((byte)'&'))
        {
            var header = headers[part];
            if (header.Length > 8 && header[7] == '=' && Ascii.EqualsIgnoreCase(header[..7], "Privacy"u8))
            {
                var asked = Privacy.Read(value[..SipUri.Unescape(header[8..], value)]);
                return IdentityCrossing.IsHistoryPrivate(asked) || (asked & PrivacyValues.Unknown) != 0;
            }
        }

        return false;
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
}
