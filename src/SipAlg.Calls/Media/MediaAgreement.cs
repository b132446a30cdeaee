namespace SipAlg.Calls.Media;

/// <summary>What the streams of a session are to do by what was agreed on, of the liveliest of them.</summary>
internal enum MediaAgreement : byte
{
    /// <summary>There is none, or none that comes to the gateway.</summary>
    None,

    /// <summary>None flows both ways: held, one way or inactive.</summary>
    Held,

    /// <summary>One flows both ways.</summary>
    Active,
}
