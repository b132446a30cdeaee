using SipAlg.Protocol.Sip;

namespace SipAlg.Signaling.Dialogs;

/// <summary>Makes dialogs from messages (RFC 3261 §12.1) and renews them (§12.2); lane-owned, for its scratch memory.</summary>
public sealed class DialogBuilder
{
    private readonly byte[] _scratch = new byte[SipLimits.Message];

    /// <summary>RFC 3261 §12.1.1: we answer their request. Without a Contact, as RFC 2543 allowed, the address in From is the target.</summary>
    /// <param name="request">An INVITE without a To tag.</param>
    /// <param name="localTag">Ours.</param>
    public Dialog FromRequest(SipMessage request, scoped ReadOnlySpan<byte> localTag)
    {
        var writer = new MessageWriter(_scratch);
        writer.Write(request[request.CallId]);
        var callIdEnd = writer.Length;
        writer.Write(request.First(HeaderId.To));
        writer.Write(";tag="u8);
        writer.Write(localTag);
        var localEnd = writer.Length;
        writer.Write(request.First(HeaderId.From));
        var remoteEnd = writer.Length;
        var contact = ContactUri(request);
        writer.Write(contact.IsEmpty && NameAddress.TryParse(request.First(HeaderId.From), out var from) ? from.Uri : contact);
        var targetEnd = writer.Length;
        WriteRoutes(ref writer, request);
        return new Dialog(writer.Written.ToArray(), callIdEnd, localEnd, remoteEnd, targetEnd) { RemoteSequence = request.CSeq };
    }

    /// <summary>What we have of a dialog when we send the request that will create it, with the routes that are known beforehand, as those of a Path (RFC 3327 §5.3).</summary>
    public Dialog FromOwnRequest(
        scoped ReadOnlySpan<byte> callId, scoped ReadOnlySpan<byte> from, scoped ReadOnlySpan<byte> to, scoped ReadOnlySpan<byte> requestUri, scoped ReadOnlySpan<byte> routes = default)
    {
        var writer = new MessageWriter(_scratch);
        writer.Write(callId);
        var callIdEnd = writer.Length;
        writer.Write(from);
        var localEnd = writer.Length;
        writer.Write(to);
        var remoteEnd = writer.Length;
        writer.Write(requestUri);
        var targetEnd = writer.Length;
        writer.Write(routes);
        return new Dialog(writer.Written.ToArray(), callIdEnd, localEnd, remoteEnd, targetEnd) { LocalSequence = 1 };
    }

    /// <summary>RFC 3261 §12.1.2: their response with a To tag makes the dialog, the final one with its own target and routes.</summary>
    public Dialog FromResponse(Dialog asked, SipMessage response) => FromTheirs(asked, response, HeaderId.To, asked.RemoteSequence);

    /// <summary>RFC 6665 §4.4.1: it is their first NOTIFY that makes the dialog that our SUBSCRIBE asked for, whatever a 2xx says.</summary>
    public Dialog FromNotify(Dialog asked, SipMessage notify) => FromTheirs(asked, notify, HeaderId.From, notify.CSeq);

    /// <summary>The dialog that we asked for, with their tag, target and routes.</summary>
    private Dialog FromTheirs(Dialog asked, SipMessage message, HeaderId remote, uint remoteSequence)
    {
        var writer = new MessageWriter(_scratch);
        writer.Write(asked.CallId);
        var callIdEnd = writer.Length;
        writer.Write(asked.LocalAddress);
        var localEnd = writer.Length;
        writer.Write(message.First(remote));
        var remoteEnd = writer.Length;
        var contact = ContactUri(message);
        writer.Write(contact.IsEmpty ? asked.RemoteTarget : contact);
        var targetEnd = writer.Length;
        if (message.IsRequest)
        {
            WriteRoutes(ref writer, message);
        }
        else
        {
            WriteRoutesReversed(ref writer, message);
        }

        return new Dialog(writer.Written.ToArray(), callIdEnd, localEnd, remoteEnd, targetEnd) { LocalSequence = asked.LocalSequence, RemoteSequence = remoteSequence };
    }

    /// <summary>The dialog of a 2xx to an INVITE of ours that we have forgotten: the response has all that it is made of.</summary>
    public Dialog FromStrayResponse(SipMessage response)
    {
        var asked = FromOwnRequest(response[response.CallId], response.First(HeaderId.From), response.First(HeaderId.To), ContactUri(response));
        asked.LocalSequence = response.CSeq;
        return FromResponse(asked, response);
    }

    /// <summary>RFC 3261 §12.2.1.2, §12.2.2: a Contact in a re-INVITE or its answer moves the target; the routes stay.</summary>
    public Dialog WithTarget(Dialog dialog, SipMessage message)
    {
        var contact = ContactUri(message);
        if (contact.IsEmpty || contact.SequenceEqual(dialog.RemoteTarget))
        {
            return dialog;
        }

        var writer = new MessageWriter(_scratch);
        writer.Write(dialog.CallId);
        var callIdEnd = writer.Length;
        writer.Write(dialog.LocalAddress);
        var localEnd = writer.Length;
        writer.Write(dialog.RemoteAddress);
        var remoteEnd = writer.Length;
        writer.Write(contact);
        var targetEnd = writer.Length;
        writer.Write(dialog.Routes);
        return new Dialog(writer.Written.ToArray(), callIdEnd, localEnd, remoteEnd, targetEnd)
        {
            LocalSequence = dialog.LocalSequence,
            RemoteSequence = dialog.RemoteSequence,
        };
    }

    /// <summary>The SIP URI of the first Contact, or empty.</summary>
    public static ReadOnlySpan<byte> ContactUri(SipMessage message)
    {
        var list = new ValueList(message.First(HeaderId.Contact));
        return list.MoveNext() && NameAddress.TryParse(list.Current, out var contact) && SipUri.TryParse(contact.Uri, out var uri) && uri.IsSip ? contact.Uri : default;
    }

    private static void WriteRoutes(ref MessageWriter writer, SipMessage message)
    {
        var separator = ""u8;
        for (var index = message.TryFirst(HeaderId.RecordRoute, out var first) ? first : -1; index >= 0; index = message.Next(index))
        {
            writer.Write(separator);
            writer.Write(message[message.Fields[index].Value]);
            separator = ", "u8;
        }
    }

    private static void WriteRoutesReversed(ref MessageWriter writer, SipMessage message)
    {
        // No request passes more proxies than its Max-Forwards allowed.
        Span<Slice> values = stackalloc Slice[128];
        var count = 0;
        for (var index = message.TryFirst(HeaderId.RecordRoute, out var first) ? first : -1; index >= 0; index = message.Next(index))
        {
            foreach (var value in new ValueList(message[message.Fields[index].Value]))
            {
                if (count < values.Length)
                {
                    values[count++] = message.SliceOf(value);
                }
            }
        }

        while (count > 0)
        {
            writer.Write(message[values[--count]]);
            writer.Write(count > 0 ? ", "u8 : default);
        }
    }
}
