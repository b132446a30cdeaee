namespace SipAlg.Signaling.Transports;

/// <summary>
/// Finds the messages in one connection's octets (RFC 3261 §18.3). Pure: the caller keeps the octets, the framer only how far it
/// has looked, so that octets arriving one by one are looked at once. Lines end in CRLF or in LF alone, as the parser takes
/// them. After a fault the stream has no known message boundary any more: close it.
/// </summary>
/// <param name="maxMessage">Octets of a whole message.</param>
/// <param name="maxHeader">Octets of the start line and the headers, with the empty line.</param>
public sealed class StreamFramer(int maxMessage = StreamFramer.DefaultMaxMessage, int maxHeader = StreamFramer.DefaultMaxHeader)
{
    public const int DefaultMaxMessage = 64 * 1024;
    public const int DefaultMaxHeader = 32 * 1024;

    private const byte Cr = (byte)'\r';
    private const byte Lf = (byte)'\n';

    private bool _afterBlank;
    private int _lineStart;
    private int _searched;
    private int _messageLength;

    /// <summary>A message was begun and is not whole yet.</summary>
    public bool InMessage { get; private set; }

    /// <summary>Looks at what has not been consumed yet.</summary>
    /// <param name="data">All octets after the last consumed one; after <see cref="FrameResult.Incomplete"/> the same ones and more.</param>
    /// <param name="length">How many octets the result consumes; 0 for Incomplete and faults.</param>
    public FrameResult Next(ReadOnlySpan<byte> data, out int length)
    {
        length = 0;
        if (data.IsEmpty)
        {
            return FrameResult.Incomplete;
        }

        if (!InMessage)
        {
            if (data[0] is Cr or Lf)
            {
                return NextBlank(data, out length);
            }

            if (!IsTokenOctet(data[0]))
            {
                return FrameResult.NotSip;
            }

            InMessage = true;
        }

        return NextMessage(data, out length);
    }

    private FrameResult NextBlank(ReadOnlySpan<byte> data, out int length)
    {
        length = 0;
        if (data[0] == Lf)
        {
            (length, _afterBlank) = (1, false);
            return FrameResult.Blank;
        }

        if (data.Length == 1)
        {
            return FrameResult.Incomplete;
        }

        if (data[1] != Lf)
        {
            return FrameResult.NotSip;
        }

        length = 2;
        _afterBlank = !_afterBlank;
        return _afterBlank ? FrameResult.Blank : FrameResult.Ping;
    }

    private FrameResult NextMessage(ReadOnlySpan<byte> data, out int length)
    {
        length = 0;
        if (_messageLength == 0)
        {
            var header = FindHeaderEnd(data);
            if (header == 0 ? data.Length >= maxHeader : header > maxHeader)
            {
                return FrameResult.HeaderTooLong;
            }

            if (header == 0)
            {
                return FrameResult.Incomplete;
            }

            var result = ContentLength.Find(data[..header], out var body);
            if (result != FrameResult.Message)
            {
                return result;
            }

            if (body > maxMessage - header)
            {
                return FrameResult.MessageTooLong;
            }

            _messageLength = header + body;
        }

        return data.Length < _messageLength ? FrameResult.Incomplete : Complete(out length);
    }

    private FrameResult Complete(out int length)
    {
        length = _messageLength;
        _messageLength = _lineStart = _searched = 0;
        _afterBlank = InMessage = false;
        return FrameResult.Message;
    }

    /// <summary>The length with the empty line; 0 while that has not come.</summary>
    private int FindHeaderEnd(ReadOnlySpan<byte> data)
    {
        var limit = data[..Math.Min(data.Length, maxHeader)];
        while (true)
        {
            var found = limit[_searched..].IndexOf(Lf);
            if (found < 0)
            {
                _searched = limit.Length;
                return 0;
            }

            var end = _searched + found;
            var isEmpty = end == _lineStart || (end == _lineStart + 1 && data[_lineStart] == Cr);
            _searched = _lineStart = end + 1;
            if (isEmpty)
            {
                return end + 1;
            }
        }
    }

    /// <summary>RFC 3261 §25.1 token: what a method and "SIP" are made of.</summary>
    private static bool IsTokenOctet(byte octet) => char.IsAsciiLetterOrDigit((char)octet) || "-.!%*_+`'~"u8.Contains(octet);
}
