using SipAlg.Media.Statistics;
using SipAlg.Protocol.Rtp;

namespace SipAlg.Journal;

/// <summary>What a stream was encoded with, by its name in SDP.</summary>
internal static class CodecNames
{
    /// <returns>Null where that is not known.</returns>
    public static string? Of(in StreamStatistics figures) => OfType(figures.PayloadType) ?? figures.Codec switch
    {
        AudioCodec.G711 => "G711",
        AudioCodec.G722 => "G722",
        AudioCodec.G723 => "G723",
        AudioCodec.G729 => "G729",
        AudioCodec.Gsm => "GSM",
        AudioCodec.GsmEfr => "GSM-EFR",
        AudioCodec.Ilbc => "iLBC",
        AudioCodec.Amr => "AMR",
        AudioCodec.AmrWb => "AMR-WB",
        AudioCodec.Opus => "opus",
        _ => null,
    };

    /// <summary>Types that mean one without SDP's saying so (RFC 3551 §6).</summary>
    private static string? OfType(byte payloadType) => payloadType switch
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
