namespace SipAlg.Calls.Media;

/// <summary>What the streams of a session are to do by what was agreed on, of the liveliest of them.</summary>
internal enum MediaAgreement : byte
{
    /// <summary>There is none, none that comes to the gateway, or one that may be quiet while it is in use (BFCP, a data channel).</summary>
    None,

    /// <summary>None flows both ways: held, one way or inactive.</summary>
    Held,

    /// <summary>One of RTP or fax flows both ways.</summary>
    Active,
}
