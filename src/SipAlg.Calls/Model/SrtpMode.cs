namespace SipAlg.Calls.Model;

/// <summary>Whether SRTP with keys in SDP (RFC 4568) ends at the gateway on a side.</summary>
public enum SrtpMode : byte
{
    /// <summary>It does not: towards another such side it crosses as it is, towards any other the side has plain RTP.</summary>
    Off,

    /// <summary>If the far side can (RFC 8643).</summary>
    Optional,

    /// <summary>No RTP without.</summary>
    Required,
}
