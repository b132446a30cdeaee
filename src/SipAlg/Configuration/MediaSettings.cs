namespace SipAlg.Configuration;

/// <summary>How media are relayed on this host.</summary>
internal readonly record struct MediaSettings(FastPath FastPath, MediaSockets Sockets, RelayPriority Priority);

/// <summary>What the system serves before what.</summary>
internal enum RelayPriority : byte
{
    /// <summary>Relay threads are preferred, and all get their share.</summary>
    Fair,

    /// <summary>Relay threads before all others (SCHED_FIFO), which get what they leave.</summary>
    Fifo,
}
