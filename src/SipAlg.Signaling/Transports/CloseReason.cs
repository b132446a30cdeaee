namespace SipAlg.Signaling.Transports;

/// <summary>Why a connection was closed; the label of the counters too.</summary>
public enum CloseReason : byte
{
    /// <summary>The far side closed it.</summary>
    Remote,

    /// <summary>Reset, or another error of the network.</summary>
    NetworkError,

    /// <summary>Nothing came or went for <see cref="StreamOptions.IdleTimeout"/>.</summary>
    Idle,

    /// <summary>Accepted, but no whole message came within <see cref="StreamOptions.MessageTimeout"/>.</summary>
    NoMessage,

    /// <summary>A message was begun and not finished within <see cref="StreamOptions.MessageTimeout"/>.</summary>
    StalledMessage,

    /// <summary>More than <see cref="StreamOptions.MaxUnsentBytes"/> wait because the far side does not read.</summary>
    SlowReader,

    /// <summary>What came cannot be framed (see <see cref="FrameResult"/>).</summary>
    Unframed,

    /// <summary>The lane asked for it.</summary>
    Local,

    /// <summary>A fault of the gateway's, reported by <see cref="Lanes.ILaneUser.OnFault"/>.</summary>
    Fault,

    /// <summary>The gateway stops.</summary>
    Stopping,

    /// <summary>Accepted, but its TLS handshake did not succeed.</summary>
    Handshake,

    /// <summary>The far side refused it when the TLS handshake was over: by an alert, or by closing what we had opened before it said anything.</summary>
    TlsRefused,
}
