namespace SipAlg.Configuration;

/// <summary>How media ports get their packets.</summary>
internal enum MediaSockets : byte
{
    /// <summary>Shared where the descriptors are too few for a socket each, and the system allows it.</summary>
    Auto,

    /// <summary>A socket each.</summary>
    PerPort,

    /// <summary>Many on one socket, where the system allows it.</summary>
    Shared,
}
