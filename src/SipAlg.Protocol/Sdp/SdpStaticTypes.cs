namespace SipAlg.Protocol.Sdp;

/// <summary>Payload types that mean an encoding without an a=rtpmap (RFC 3551 §6).</summary>
internal static class SdpStaticTypes
{
    /// <summary>The encoding name, empty for a type that has none of its own.</summary>
    public static ReadOnlySpan<byte> Encoding(int payloadType) => payloadType switch
    {
        0 => "PCMU"u8,
        3 => "GSM"u8,
        4 => "G723"u8,
        5 or 6 or 16 or 17 => "DVI4"u8,
        7 => "LPC"u8,
        8 => "PCMA"u8,
        9 => "G722"u8,
        10 or 11 => "L16"u8,
        12 => "QCELP"u8,
        13 => "CN"u8,
        14 => "MPA"u8,
        15 => "G728"u8,
        18 => "G729"u8,
        25 => "CelB"u8,
        26 => "JPEG"u8,
        28 => "nv"u8,
        31 => "H261"u8,
        32 => "MPV"u8,
        33 => "MP2T"u8,
        34 => "H263"u8,
        _ => default,
    };

    /// <summary>0 for a type that has no encoding of its own.</summary>
    public static int ClockRate(int payloadType) => payloadType switch
    {
        6 => 16_000,
        10 or 11 => 44_100,
        16 => 11_025,
        17 => 22_050,
        14 or 25 or 26 or 28 or (>= 31 and <= 34) => 90_000,
        0 or 3 or 4 or 5 or 7 or 8 or 9 or 12 or 13 or 15 or 18 => 8_000,
        _ => 0,
    };
}
