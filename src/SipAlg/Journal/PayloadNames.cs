namespace SipAlg.Journal;

/// <summary>The codecs of payload types that mean one without SDP's saying so (RFC 3551 §6).</summary>
internal static class PayloadNames
{
    /// <returns>As SDP writes it; null for a type that has none of its own.</returns>
    public static string? Of(byte payloadType) => payloadType switch
    {
        0 => "PCMU",
        3 => "GSM",
        4 => "G723",
        8 => "PCMA",
        9 => "G722",
        15 => "G728",
        18 => "G729",
        26 => "JPEG",
        31 => "H261",
        34 => "H263",
        _ => null,
    };
}
