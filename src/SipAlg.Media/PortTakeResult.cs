namespace SipAlg.Media;

/// <summary>What became of the wish for a pair of ports.</summary>
public enum PortTakeResult : byte
{
    Taken,

    /// <summary>Every pair of the pool is taken, but perhaps those of the reserve.</summary>
    Exhausted,

    /// <summary>Every pair that was tried is in use by another program; those are tried again later.</summary>
    InUseElsewhere,

    /// <summary>The process or the system has no descriptor left (RLIMIT_NOFILE, fs.file-max).</summary>
    NoDescriptors,

    /// <summary>The system has no memory for another socket.</summary>
    NoMemory,

    /// <summary>The address to bind is not this host's, or its family is switched off.</summary>
    NoSuchAddress,

    /// <summary>The system forbids the port or the socket option.</summary>
    Forbidden,

    /// <summary>The relay is stopping.</summary>
    Stopped,
}
