using System.Text;

namespace SipAlg.Protocol.Rtp;

/// <summary>A codec of speech, as far as something is known of how it sounds.</summary>
public enum AudioCodec : byte
{
    Unknown,
    G711,
    G722,
    G723,
    G729,
    Gsm,
    GsmEfr,
    Ilbc,
    Amr,
    AmrWb,
    Opus,

    /// <summary>Stands beside a codec: telephone events (RFC 4733).</summary>
    Companion,

    /// <summary>Stands beside a codec too, and says that nobody speaks (RFC 3389).</summary>
    ComfortNoise,
}

/// <summary>Codecs by the names that SDP has for them (RFC 3551 §6, RFC 3952, RFC 4867, RFC 7587).</summary>
public static class AudioCodecs
{
    /// <param name="encoding">Of a=rtpmap; names know no case (RFC 8866 §6.6).</param>
    public static AudioCodec Of(ReadOnlySpan<byte> encoding) => encoding.Length switch
    {
        2 when Is(encoding, "CN"u8) => AudioCodec.ComfortNoise,
        3 when Is(encoding, "GSM"u8) => AudioCodec.Gsm,
        3 when Is(encoding, "AMR"u8) => AudioCodec.Amr,
        4 when Is(encoding, "PCMU"u8) || Is(encoding, "PCMA"u8) => AudioCodec.G711,
        4 when Is(encoding, "G722"u8) => AudioCodec.G722,
        4 when Is(encoding, "G723"u8) => AudioCodec.G723,
        4 when Is(encoding, "G729"u8) => AudioCodec.G729,
        4 when Is(encoding, "iLBC"u8) => AudioCodec.Ilbc,
        4 when Is(encoding, "opus"u8) => AudioCodec.Opus,
        6 when Is(encoding, "AMR-WB"u8) => AudioCodec.AmrWb,
        7 when Is(encoding, "GSM-EFR"u8) => AudioCodec.GsmEfr,
        15 when Is(encoding, "telephone-event"u8) => AudioCodec.Companion,
        _ => AudioCodec.Unknown,
    };

    private static bool Is(ReadOnlySpan<byte> encoding, ReadOnlySpan<byte> name) => Ascii.EqualsIgnoreCase(encoding, name);
}
