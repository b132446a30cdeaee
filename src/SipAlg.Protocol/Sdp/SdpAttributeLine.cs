namespace SipAlg.Protocol.Sdp;

/// <summary>Reads "rtcp:49171", the value of an a= line (RFC 8866 §5.13), and notes in its section what the gateway goes by.</summary>
internal static class SdpAttributeLine
{
    public static SdpAttribute Read(SdpDescription into, ReadOnlySpan<byte> buffer, int start, int end)
    {
        var text = buffer[start..end];
        var colon = text.IndexOf((byte)':');
        var name = (colon < 0 ? text : text[..colon]).Trim(" \t"u8);
        var value = colon < 0 ? default : text[(colon + 1)..];
        var attribute = SdpAttributes.Read(name, value);
        if (attribute is >= SdpAttribute.SendRecv and <= SdpAttribute.Inactive)
        {
            SetDirection(into, ToDirection(attribute));
        }
        else if (into.MediaCount == 0)
        {
            into.HasFingerprint |= attribute == SdpAttribute.Fingerprint;
        }
        else if (attribute != SdpAttribute.Other)
        {
            ReadMediaAttribute(ref into.LastMedia(), attribute, buffer, start + colon + 1, end);
        }

        return attribute;
    }

    private static void SetDirection(SdpDescription into, SdpDirection direction)
    {
        if (into.MediaCount == 0)
        {
            into.Direction = direction;
        }
        else
        {
            into.LastMedia().Direction = direction;
        }
    }

    private static SdpDirection ToDirection(SdpAttribute attribute) => attribute switch
    {
        SdpAttribute.SendRecv => SdpDirection.SendRecv,
        SdpAttribute.SendOnly => SdpDirection.SendOnly,
        SdpAttribute.RecvOnly => SdpDirection.RecvOnly,
        _ => SdpDirection.Inactive,
    };

    private static void ReadMediaAttribute(ref SdpMedia media, SdpAttribute attribute, ReadOnlySpan<byte> buffer, int start, int end)
    {
        switch (attribute)
        {
            case SdpAttribute.Rtcp:
                ReadRtcp(ref media, buffer, start, end);
                break;
            case SdpAttribute.RtcpMux:
                media.HasRtcpMux = true;
                media.LacksRtcpMux = false;
                break;
            case SdpAttribute.Fingerprint:
                media.HasFingerprint = true;
                break;
            case SdpAttribute.RtcpMuxOnly:
                // RFC 8858 §4.1: it goes along with rtcp-mux; who leaves that out means it all the same.
                media.LacksRtcpMux |= !media.HasRtcpMux;
                media.HasRtcpMux = media.HasRtcpMuxOnly = true;
                break;
            case SdpAttribute.Ptime:
                media.Ptime = ReadPtime(buffer[start..end]);
                break;
        }
    }

    /// <summary>RFC 3605; a port or address that cannot be read counts as not given, as the line is written anew anyway.</summary>
    private static void ReadRtcp(ref SdpMedia media, ReadOnlySpan<byte> buffer, int start, int end)
    {
        var tokens = new SdpTokens(buffer, start, end);
        if (!tokens.Next(out var token) || !SdpTokens.TryReadNumber(buffer.Slice(token.Offset, token.Length), ushort.MaxValue, out var port))
        {
            return;
        }

        media.RtcpPort = (ushort)port;
        media.RtcpAddress = SdpConnection.Read(buffer, token.End, end).Address;
    }

    private static int ReadPtime(ReadOnlySpan<byte> text)
    {
        text = text.Trim(" \t"u8);
        var dot = text.IndexOf((byte)'.');
        return SdpTokens.TryReadNumber(dot < 0 ? text : text[..dot], ushort.MaxValue, out var milliseconds) ? milliseconds : 0;
    }
}
