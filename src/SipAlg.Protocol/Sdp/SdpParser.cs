namespace SipAlg.Protocol.Sdp;

/// <summary>
/// Reads session descriptions (RFC 8866). Forgiving where nothing hangs on it: line ends, missing s= and t=, lines out of order,
/// unknown lines. Strict where a guess would send media to the wrong place: ports, addresses of streams in use, v=, o= and m=.
/// A lone CR ends a line as LF does, or the far side might see a line that this side did not.
/// </summary>
public static class SdpParser
{
    /// <summary>Fills <paramref name="into"/> from a part of a buffer, which must keep its content as long as the index is used.</summary>
    public static SdpFault Parse(SdpDescription into, byte[] buffer, int offset, int length)
    {
        into.Begin(buffer, offset, length);
        var fault = length > SdpDescription.MaxLength ? SdpFault.TooLong : ReadLines(into, buffer, offset, offset + length);
        if (fault == SdpFault.None)
        {
            fault = CheckWhole(into);
        }

        if (fault != SdpFault.None)
        {
            into.Begin([], 0, 0);
        }

        return fault;
    }

    private static SdpFault ReadLines(SdpDescription into, ReadOnlySpan<byte> buffer, int start, int end)
    {
        while (start < end)
        {
            var length = buffer[start..end].IndexOfAny((byte)'\r', (byte)'\n', (byte)0);
            var stop = length < 0 ? end : start + length;
            if (stop < end && buffer[stop] == 0)
            {
                return SdpFault.BadCharacter;
            }

            var endLength = stop == end ? 0 : stop + 1 < end && buffer[stop] == '\r' && buffer[stop + 1] == '\n' ? 2 : 1;
            if (stop > start && ReadLine(into, buffer, start, stop, endLength) is var fault and not SdpFault.None)
            {
                return fault;
            }

            start = stop + endLength;
        }

        return SdpFault.None;
    }

    private static SdpFault ReadLine(SdpDescription into, ReadOnlySpan<byte> buffer, int start, int end, int endLength)
    {
        if (into.LineCount == SdpDescription.MaxLines)
        {
            return SdpFault.TooManyLines;
        }

        var type = end - start >= 2 && buffer[start + 1] == '=' ? buffer[start] : (byte)0;
        var fault = into.LineCount == 0 ? ReadVersion(buffer[start..end]) : ReadField(into, buffer, type, start + 2, end);
        var attribute = type == 'a' && fault == SdpFault.None ? SdpAttributeLine.Read(into, buffer, start + 2, end) : SdpAttribute.None;
        into.Add(new SdpLine(start, end - start, endLength, type, attribute));
        return fault;
    }

    private static SdpFault ReadVersion(ReadOnlySpan<byte> line) =>
        line.TrimEnd(" \t"u8).SequenceEqual("v=0"u8) ? SdpFault.None : SdpFault.NoVersion;

    private static SdpFault ReadField(SdpDescription into, ReadOnlySpan<byte> buffer, byte type, int start, int end)
    {
        switch (type)
        {
            case (byte)'m':
                return SdpMediaLine.Read(into, buffer, start, end);
            case (byte)'c':
                return ReadConnection(into, SdpConnection.Read(buffer, start, end));
            case (byte)'o':
                return ReadOrigin(into, buffer, start, end);
            case (byte)'v':
                return SdpFault.MisplacedLine;
            case (byte)'s':
                into.HasName |= into.MediaCount == 0;
                return SdpFault.None;
            case (byte)'t':
                into.HasTiming |= into.MediaCount == 0;
                return SdpFault.None;
            default:
                return SdpFault.None;
        }
    }

    /// <summary>The last five words count, since some phones put blanks into the user name and some leave it out.</summary>
    private static SdpFault ReadOrigin(SdpDescription into, ReadOnlySpan<byte> buffer, int start, int end)
    {
        if (into.MediaCount > 0 || !into.OriginHost.IsEmpty)
        {
            return SdpFault.MisplacedLine;
        }

        var tokens = new SdpTokens(buffer, start, end);
        SdpSlice id = default, version = default, network = default, family = default, host = default;
        var count = 0;
        while (tokens.Next(out var token))
        {
            (id, version, network, family, host) = (version, network, family, host, token);
            count++;
        }

        (into.SessionId, into.SessionVersion, into.OriginHost) = (id, version, host);
        return count >= 5 ? SdpFault.None : SdpFault.BadOrigin;
    }

    private static SdpFault ReadConnection(SdpDescription into, in SdpConnection connection)
    {
        var isSession = into.MediaCount == 0;
        var before = isSession ? into.Connection : into.LastMedia().HasOwnConnection ? into.LastMedia().Connection : default;
        if (before.Kind != SdpConnectionKind.None)
        {
            // Several c= lines are the layers of a multicast session (RFC 8866 §5.7); the first stands for them.
            return Same(into, before, connection) || before.IsMulticast ? SdpFault.None : SdpFault.AmbiguousConnection;
        }

        if (isSession)
        {
            into.Connection = connection;
            return SdpFault.None;
        }

        into.LastMedia().Connection = connection;
        into.LastMedia().HasOwnConnection = true;
        return SdpFault.None;
    }

    private static bool Same(SdpDescription description, in SdpConnection one, in SdpConnection other) =>
        one.Kind == other.Kind && one.Address == other.Address && description.Bytes(one.Host).SequenceEqual(description.Bytes(other.Host));

    private static SdpFault CheckWhole(SdpDescription description)
    {
        if (description.LineCount == 0)
        {
            return SdpFault.Empty;
        }

        if (description.OriginHost.IsEmpty)
        {
            return SdpFault.NoOrigin;
        }

        for (var i = 0; i < description.MediaCount; i++)
        {
            ref readonly var media = ref description.Media(i);
            if (media is { Port: not 0, IsUdp: true, Connection.Kind: SdpConnectionKind.None or SdpConnectionKind.Unusable })
            {
                return media.Connection.Kind == SdpConnectionKind.None ? SdpFault.NoConnection : SdpFault.BadConnection;
            }
        }

        return SdpFault.None;
    }
}
