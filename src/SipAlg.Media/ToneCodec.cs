namespace SipAlg.Media;

/// <summary>What a tone is encoded in, both ITU-T G.711 at 8000 samples a second.</summary>
public enum ToneCodec : byte
{
    /// <summary>A-law, static payload type 8 (RFC 3551).</summary>
    Pcma,

    /// <summary>µ-law, static payload type 0 (RFC 3551).</summary>
    Pcmu,
}
