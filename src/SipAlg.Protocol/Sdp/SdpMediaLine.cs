using System.Text;

namespace SipAlg.Protocol.Sdp;

/// <summary>Reads "audio 49170/2 RTP/AVP 0 8", the value of an m= line (RFC 8866 §5.14).</summary>
internal static class SdpMediaLine
{
    public static SdpFault Read(SdpDescription into, ReadOnlySpan<byte> buffer, int start, int end)
    {
        if (into.MediaCount == SdpDescription.MaxMedia)
        {
            return SdpFault.TooManyMedia;
        }

        var tokens = new SdpTokens(buffer, start, end);
        if (!tokens.Next(out var type) || !tokens.Next(out var ports) || !tokens.Next(out var protocol))
        {
            return SdpFault.BadMedia;
        }

        if (!TryReadPorts(buffer.Slice(ports.Offset, ports.Length), out var port, out var count))
        {
            return SdpFault.BadPort;
        }

        if (!tokens.Next(out var format))
        {
            return SdpFault.NoFormat;
        }

        into.AddMedia(new SdpMedia
        {
            Type = type,
            IsAudio = Ascii.EqualsIgnoreCase(buffer.Slice(type.Offset, type.Length), "audio"u8),
            Port = port,
            PortCount = count,
            Protocol = protocol,
            Transport = SdpTransports.Read(buffer.Slice(protocol.Offset, protocol.Length)),
            Formats = SdpSlice.Between(format.Offset, end),
            Connection = into.Connection,
            Direction = into.Direction,
            HasFingerprint = into.HasFingerprint,
            FirstLine = into.LineCount,
        });
        return SdpFault.None;
    }

    private static bool TryReadPorts(ReadOnlySpan<byte> text, out ushort port, out int count)
    {
        var slash = text.IndexOf((byte)'/');
        var isPort = SdpTokens.TryReadNumber(slash < 0 ? text : text[..slash], ushort.MaxValue, out var number);
        port = (ushort)number;
        count = 1;
        return isPort && (slash < 0 || (SdpTokens.TryReadNumber(text[(slash + 1)..], ushort.MaxValue, out count) && count > 0));
    }
}
