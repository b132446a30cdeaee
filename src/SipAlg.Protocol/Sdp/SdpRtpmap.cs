namespace SipAlg.Protocol.Sdp;

/// <summary>An a=rtpmap line: "96 opus/48000/2".</summary>
public readonly struct SdpRtpmap
{
    private const int MostClockRate = 999_999_999;

    private SdpRtpmap(int payloadType, SdpSlice encoding, int clockRate) =>
        (PayloadType, Encoding, ClockRate) = (payloadType, encoding, clockRate);

    public int PayloadType { get; }

    /// <summary>The encoding's name; compare without regard to case (RFC 4855 §3).</summary>
    public SdpSlice Encoding { get; }

    /// <summary>RTP timestamp units per second, 0 when missing.</summary>
    public int ClockRate { get; }

    internal static bool TryRead(ReadOnlySpan<byte> buffer, in SdpLine line, out SdpRtpmap rtpmap)
    {
        rtpmap = default;
        var text = buffer[line.ValueStart..line.End];
        var tokens = new SdpTokens(buffer, line.ValueStart + text.IndexOf((byte)':') + 1, line.End);
        if (!tokens.Next(out var type) || !tokens.Next(out var encoding) ||
            !SdpTokens.TryReadNumber(buffer.Slice(type.Offset, type.Length), 127, out var payloadType))
        {
            return false;
        }

        var name = buffer.Slice(encoding.Offset, encoding.Length);
        var slash = name.IndexOf((byte)'/');
        rtpmap = slash < 0
            ? new SdpRtpmap(payloadType, encoding, 0)
            : new SdpRtpmap(payloadType, encoding with { Length = slash }, ReadClockRate(name[(slash + 1)..]));
        return true;
    }

    private static int ReadClockRate(ReadOnlySpan<byte> text)
    {
        var slash = text.IndexOf((byte)'/');
        return SdpTokens.TryReadNumber(slash < 0 ? text : text[..slash], MostClockRate, out var rate) ? rate : 0;
    }
}
