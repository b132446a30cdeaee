namespace SipAlg.Protocol.Sip;

/// <summary>
/// Reads a message by the grammar of RFC 3261 §25 in one pass over its octets: the index of all header fields, and those
/// fields without which nobody could answer. Nothing is copied or allocated, and a malformed message is a value with a reason.
/// </summary>
public static class SipParser
{
    /// <summary>
    /// Fills <paramref name="message"/>. After a fault it holds what was read until then, which may suffice for an answer
    /// (<see cref="SipMessage.TopVia"/>, From, To, Call-ID and CSeq are checked before anything else is).
    /// </summary>
    /// <param name="message">Reused; must not be in use elsewhere.</param>
    /// <param name="buffer">Must stay untouched while the message is used.</param>
    /// <param name="start">First octet of the datagram, or of the framed message of a stream.</param>
    /// <param name="length">Octets of the datagram or framed message.</param>
    /// <param name="isStream">RFC 3261 §18.3: on a stream Content-Length is required.</param>
    public static MessageFault Parse(SipMessage message, byte[] buffer, int start, int length, bool isStream)
    {
        var end = start + length;
        while (start < end && buffer[start] is (byte)'\r' or (byte)'\n')
        {
            start++;
        }

        message.Reset(buffer, start, end);
        if (start == end)
        {
            return MessageFault.Empty;
        }

        var octets = buffer.AsSpan(0, end);
        var fault = StartLine.Parse(message, octets, out var next);
        var lineFault = fault;
        if (fault is MessageFault.NotSip)
        {
            return fault;
        }

        // The headers are read even behind a bad start line, so that a request can be answered.
        var fieldsFault = ReadFields(message, octets, next, out var bodyStart);
        fault = CoreFields.Check(message);
        if (fault == MessageFault.None || lineFault == MessageFault.Version)
        {
            fault = lineFault != MessageFault.None ? lineFault : fieldsFault;
        }

        return fault != MessageFault.None ? fault : ReadBody(message, bodyStart, end, isStream);
    }

    private static MessageFault ReadFields(SipMessage message, ReadOnlySpan<byte> octets, int at, out int bodyStart)
    {
        bodyStart = octets.Length;
        var fault = MessageFault.None;
        while (at < octets.Length)
        {
            var lineEnd = LineEnd(octets, at, out var next, out var lineFault);
            if (lineEnd == at)
            {
                bodyStart = next;
                return fault;
            }

            if (next == octets.Length && octets[^1] != '\n')
            {
                return MessageFault.Unterminated;
            }

            lineFault = lineFault == MessageFault.None ? ReadField(message, octets, at, lineEnd) : lineFault;
            fault = fault == MessageFault.None ? lineFault : fault;
            at = next;
        }

        return fault == MessageFault.None ? MessageFault.Unterminated : fault;
    }

    /// <summary>
    /// The end of a header field (without its line break) and the start of the next; folded lines belong to it (RFC 3261 §7.3.1).
    /// A CR without LF is a fault: what crosses byte for byte must not be one line here and two on the other side.
    /// </summary>
    private static int LineEnd(ReadOnlySpan<byte> octets, int start, out int next, out MessageFault fault)
    {
        fault = MessageFault.None;
        for (var at = start; ; at = next)
        {
            var length = octets[at..].IndexOfAny((byte)'\r', (byte)'\n');
            if (length < 0)
            {
                next = octets.Length;
                return octets.Length;
            }

            var end = at + length;
            next = end + 1;
            if (octets[end] == '\r')
            {
                if (next == octets.Length || octets[next] != '\n')
                {
                    fault = MessageFault.HeaderLine;
                    continue;
                }

                next++;
            }

            if (end == start || next == octets.Length || octets[next] is not ((byte)' ' or (byte)'\t'))
            {
                return end;
            }
        }
    }

    private static MessageFault ReadField(SipMessage message, ReadOnlySpan<byte> octets, int start, int end)
    {
        if (end - start > SipLimits.Field)
        {
            return MessageFault.TooLong;
        }

        var line = octets[start..end];
        var nameLength = line.IndexOfAnyExcept(Grammar.Token);
        var colon = nameLength;
        while ((uint)colon < (uint)line.Length && line[colon] is (byte)' ' or (byte)'\t')
        {
            colon++;
        }

        if (nameLength < 1 || colon == line.Length || line[colon] != ':')
        {
            return line.Contains((byte)':') ? MessageFault.HeaderName : MessageFault.HeaderLine;
        }

        var valueStart = Grammar.SkipSpace(octets[..end], start + colon + 1);
        while (end > valueStart && Grammar.IsSpace(octets[end - 1]))
        {
            end--;
        }

        var field = new HeaderField(HeaderNames.Find(line[..nameLength]), new Slice(start, nameLength), Slice.Between(valueStart, end));
        return message.TryAdd(field) ? MessageFault.None : MessageFault.TooManyHeaders;
    }

    /// <summary>RFC 3261 §18.3: without Content-Length a datagram's body reaches to its end.</summary>
    private static MessageFault ReadBody(SipMessage message, int start, int end, bool isStream)
    {
        if (!message.TryFirst(HeaderId.ContentLength, out var index))
        {
            message.Body = Slice.Between(start, end);
            return isStream ? MessageFault.BadContentLength : MessageFault.None;
        }

        if (message.Next(index) >= 0 || !Grammar.TryNumber(message[message.Fields[index].Value], out var length))
        {
            return MessageFault.BadContentLength;
        }

        if (length > end - start)
        {
            return MessageFault.BodyCutShort;
        }

        message.Body = new Slice(start, (int)length);
        message.End = start + (int)length;
        return MessageFault.None;
    }
}
