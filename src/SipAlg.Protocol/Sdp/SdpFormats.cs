using System.Text;

namespace SipAlg.Protocol.Sdp;

/// <summary>What a format is good for.</summary>
internal enum SdpFormatKind : byte
{
    /// <summary>Carries the media by itself.</summary>
    Codec,

    /// <summary>Stands beside the codecs of its clock rate: events (RFC 4733), comfort noise (RFC 3389), forward error correction.</summary>
    Companion,

    /// <summary>Redundancy of the formats that its parameters list (RFC 2198).</summary>
    Redundancy,

    /// <summary>Retransmission of the format that its parameters name (RFC 4588).</summary>
    Retransmission,
}

/// <summary>The formats of one RTP stream by payload type. Made once and read again and again.</summary>
internal sealed class SdpFormats
{
    public const int Count = 128;

    private readonly SdpRtpmap[] _maps = new SdpRtpmap[Count];
    private readonly SdpSlice[] _parameters = new SdpSlice[Count];
    private UInt128 _mapped;
    private SdpDescription _description = null!;

    /// <summary>The payload types of the m= line.</summary>
    public UInt128 Listed { get; private set; }

    public static UInt128 Bit(int payloadType) => UInt128.One << payloadType;

    public void Read(SdpDescription description, int index)
    {
        _description = description;
        _mapped = Listed = 0;
        Array.Clear(_parameters);
        foreach (ref readonly var line in description.MediaLines(index))
        {
            if (line.Attribute == SdpAttribute.Rtpmap && SdpRtpmap.TryRead(description.Buffer, in line, out var map) && (_mapped & Bit(map.PayloadType)) == 0)
            {
                _maps[map.PayloadType] = map;
                _mapped |= Bit(map.PayloadType);
            }
            else if (line.Attribute == SdpAttribute.Fmtp && TryValue(description.Buffer, in line, out var type, out var value) && _parameters[type].IsEmpty)
            {
                _parameters[type] = value;
            }
        }

        var formats = description.Formats(index);
        while (formats.Next(out var format))
        {
            Listed |= TryType(description, format, out var type) ? Bit(type) : 0;
        }
    }

    public static bool TryType(SdpDescription description, SdpSlice format, out int payloadType) =>
        SdpTokens.TryReadNumber(description.Bytes(format), Count - 1, out payloadType);

    /// <summary>By its rtpmap, else by the static payload types; empty for neither.</summary>
    public ReadOnlySpan<byte> Encoding(int payloadType) =>
        (_mapped & Bit(payloadType)) != 0 ? _description.Bytes(_maps[payloadType].Encoding) : SdpStaticTypes.Encoding(payloadType);

    public int ClockRate(int payloadType) => (_mapped & Bit(payloadType)) != 0 ? _maps[payloadType].ClockRate : SdpStaticTypes.ClockRate(payloadType);

    public SdpFormatKind Kind(int payloadType)
    {
        var encoding = Encoding(payloadType);
        return encoding.Length switch
        {
            2 when Is(encoding, "CN"u8) => SdpFormatKind.Companion,
            3 when Is(encoding, "red"u8) => SdpFormatKind.Redundancy,
            3 when Is(encoding, "rtx"u8) => SdpFormatKind.Retransmission,
            15 when Is(encoding, "telephone-event"u8) => SdpFormatKind.Companion,
            4 when Is(encoding, "tone"u8) => SdpFormatKind.Companion,
            6 when Is(encoding, "ulpfec"u8) => SdpFormatKind.Companion,
            7 when Is(encoding, "flexfec"u8) => SdpFormatKind.Companion,
            9 when Is(encoding, "parityfec"u8) => SdpFormatKind.Companion,
            10 when Is(encoding, "flexfec-03"u8) => SdpFormatKind.Companion,
            _ => SdpFormatKind.Codec,
        };
    }

    /// <summary>"96/97" or "96 / 97" of a=fmtp (RFC 2198 §5): the payload types that it lists; none if it lists no such thing.</summary>
    public UInt128 Redundant(int payloadType)
    {
        UInt128 types = 0;
        var text = _description.Bytes(_parameters[payloadType]);
        foreach (var part in text.Split((byte)'/'))
        {
            types |= SdpTokens.TryReadNumber(text[part].Trim(" \t"u8), Count - 1, out var type) ? Bit(type) : 0;
        }

        return types;
    }

    /// <summary>"apt=96" of a=fmtp (RFC 4588 §8.1); −1 without it.</summary>
    public int Retransmitted(int payloadType)
    {
        var text = _description.Bytes(_parameters[payloadType]);
        foreach (var part in text.Split((byte)';'))
        {
            var parameter = text[part].Trim(" \t"u8);
            if (parameter.Length > 4 && Is(parameter[..4], "apt="u8) && SdpTokens.TryReadNumber(parameter[4..].Trim(" \t"u8), Count - 1, out var type))
            {
                return type;
            }
        }

        return -1;
    }

    /// <summary>"fmtp:96 …": the payload type of an a= line, and what stands behind it.</summary>
    public static bool TryValue(ReadOnlySpan<byte> buffer, in SdpLine line, out int payloadType, out SdpSlice value)
    {
        value = default;
        var start = line.ValueStart + buffer[line.ValueStart..line.End].IndexOf((byte)':') + 1;
        var tokens = new SdpTokens(buffer, start, line.End);
        if (!tokens.Next(out var type) || !SdpTokens.TryReadNumber(buffer.Slice(type.Offset, type.Length), Count - 1, out payloadType))
        {
            payloadType = -1;
            return false;
        }

        value = SdpSlice.Between(type.End, line.End);
        return true;
    }

    private static bool Is(ReadOnlySpan<byte> encoding, ReadOnlySpan<byte> name) => Ascii.EqualsIgnoreCase(encoding, name);
}
