namespace SipAlg.Media;

/// <summary>How the relay learns where a stream comes from, and whether it answers there.</summary>
public enum Latching : byte
{
    /// <summary>Learns the true source (RFC 4961 symmetric RTP) and sends to it: SDP says where an end receives, not where it sends from.</summary>
    Symmetric,

    /// <summary>Takes packets only from the SDP's address or the peer's media networks; sends to the SDP's endpoint.</summary>
    Strict,

    /// <summary>Takes packets from anywhere; sends to the SDP's endpoint.</summary>
    Off,
}
