using System.Text;

namespace SipAlg.Protocol.Sip;

/// <summary>
/// The fields that every message must have (RFC 3261 §8.1.1) and that an answer is made of. Those that make it answerable
/// (Via, From, To, Call-ID, CSeq) are filled in as far as they can be read, also behind a fault.
/// </summary>
internal static class CoreFields
{
    public static MessageFault Check(SipMessage message)
    {
        var fault = Via(message);
        fault = First(fault, From(message));
        fault = First(fault, To(message));
        fault = First(fault, CallId(message));
        fault = First(fault, CSeq(message));
        return First(fault, MaxForwards(message));
    }

    private static MessageFault First(MessageFault earlier, MessageFault later) => earlier != MessageFault.None ? earlier : later;

    private static MessageFault Via(SipMessage message)
    {
        if (!message.Has(HeaderId.Via))
        {
            return MessageFault.MissingVia;
        }

        var list = new ValueList(message.First(HeaderId.Via));
        if (!list.MoveNext() || !Sip.Via.TryParse(list.Current, out var via))
        {
            return MessageFault.BadVia;
        }

        message.TopVia = message.SliceOf(list.Current);
        message.Branch = message.SliceOf(via.Branch);
        message.TopViaPlaces = new ViaPlaces(message.SliceOf(via.Transport), message.SliceOf(via.Host), message.SliceOf(via.Parameters), via.Port, via.NamesPort, via.WantsPort);
        return MessageFault.None;
    }

    private static MessageFault From(SipMessage message)
    {
        var fault = Address(message, HeaderId.From, MessageFault.MissingFrom, MessageFault.BadFrom, out var tag);
        message.FromTag = tag;
        return fault;
    }

    private static MessageFault To(SipMessage message)
    {
        var fault = Address(message, HeaderId.To, MessageFault.MissingTo, MessageFault.BadTo, out var tag);
        message.ToTag = tag;
        return fault;
    }

    private static MessageFault Address(SipMessage message, HeaderId id, MessageFault missing, MessageFault bad, out Slice tag)
    {
        tag = default;
        if (!message.TryFirst(id, out var index))
        {
            return missing;
        }

        if (!NameAddress.TryParse(message[message.Fields[index].Value], out var address) ||
            !SipUri.TryParse(address.Uri, out _) || !TryTag(address.Parameters, out var value) || value.Length > SipLimits.Identifier)
        {
            return bad;
        }

        tag = message.SliceOf(value);
        return message.Next(index) >= 0 ? MessageFault.RepeatedHeader : MessageFault.None;
    }

    /// <summary>One pass over the parameters: whether they are well formed, and the tag among them.</summary>
    private static bool TryTag(ReadOnlySpan<byte> text, out ReadOnlySpan<byte> tag)
    {
        tag = default;
        var reader = new Parameters(text);
        while (reader.MoveNext())
        {
            if (Ascii.EqualsIgnoreCase(reader.Name, "tag"u8))
            {
                // RFC 3261 §7.3.1 allows one: of two, each reader would take its own.
                if (!tag.IsEmpty)
                {
                    return false;
                }

                tag = reader.Value;
            }
        }

        return !reader.IsMalformed;
    }

    private static MessageFault CallId(SipMessage message)
    {
        if (!message.TryFirst(HeaderId.CallId, out var index))
        {
            return MessageFault.MissingCallId;
        }

        var value = message.Fields[index].Value;
        if (value.IsEmpty || value.Length > SipLimits.Identifier || message[value].IndexOfAnyExcept(Grammar.Word) >= 0)
        {
            return MessageFault.BadCallId;
        }

        message.CallId = value;
        return message.Next(index) >= 0 ? MessageFault.RepeatedHeader : MessageFault.None;
    }

    private static MessageFault CSeq(SipMessage message)
    {
        if (!message.TryFirst(HeaderId.CSeq, out var index))
        {
            return MessageFault.MissingCSeq;
        }

        var value = message[message.Fields[index].Value];
        var digits = value.IndexOfAnyExceptInRange((byte)'0', (byte)'9');

        // RFC 3261 §8.1.1.5: below 2^31.
        if (digits < 1 || !Grammar.IsSpace(value[digits]) || !Grammar.TryNumber(value[..digits], out var number) || number > int.MaxValue)
        {
            return MessageFault.BadCSeq;
        }

        message.CSeq = number;
        var method = Grammar.Trim(value[digits..]);
        if (!Grammar.IsToken(method))
        {
            return MessageFault.BadCSeq;
        }

        if (message.IsRequest)
        {
            if (!method.SequenceEqual(message[message.MethodText]))
            {
                return MessageFault.MethodMismatch;
            }
        }
        else
        {
            message.MethodText = message.SliceOf(method);
            message.Method = SipMethods.Find(method);
        }

        return message.Next(index) >= 0 ? MessageFault.RepeatedHeader : MessageFault.None;
    }

    private static MessageFault MaxForwards(SipMessage message)
    {
        if (!message.TryFirst(HeaderId.MaxForwards, out var index))
        {
            return MessageFault.None;
        }

        // The grammar allows leading zeros; a value beyond 255 (RFC 3261 §20.22) is read as 255.
        if (!Grammar.TryNumber(message[message.Fields[index].Value], out var hops))
        {
            return MessageFault.BadMaxForwards;
        }

        message.MaxForwards = (int)Math.Min(hops, 255);
        return message.Next(index) >= 0 ? MessageFault.RepeatedHeader : MessageFault.None;
    }
}
