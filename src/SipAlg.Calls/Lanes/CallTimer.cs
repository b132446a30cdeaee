using SipAlg.Signaling.Lanes;

namespace SipAlg.Calls.Lanes;

/// <summary>The timers of a call.</summary>
internal enum CallTimer : byte
{
    /// <summary>The target has rung long enough.</summary>
    NoAnswer = LaneTimer.User,

    /// <summary>The 2xx to the caller is sent again, or its ACK given up.</summary>
    CallerSuccess,

    /// <summary>The 2xx to the callee's re-INVITE likewise.</summary>
    CalleeSuccess,

    /// <summary>A reliable provisional response is sent again, or its PRACK given up.</summary>
    Provisional,

    /// <summary>A leg that has left the call gets its BYE.</summary>
    Departure,

    /// <summary>The call has lasted as long as it may.</summary>
    MaxDuration,

    /// <summary>No media may have come for too long.</summary>
    Silence,

    /// <summary>An INVITE of the gateway's own to the caller may be sent, or is given up.</summary>
    CallerOwn,

    /// <summary>The same to the callee.</summary>
    CalleeOwn,

    /// <summary>The caller's session is to be refreshed, or has expired.</summary>
    CallerSession,

    /// <summary>The callee's likewise.</summary>
    CalleeSession,

    /// <summary>A subscription has had its time, or no NOTIFY came for it.</summary>
    Subscription,

    /// <summary>A binding has had its time; its slot is one of the registrar's.</summary>
    Binding,

    /// <summary>A peer is to be asked for a registration or pinged, or has had its time to answer.</summary>
    Trunk,

    /// <summary>The same of a binding that another registrar has accepted.</summary>
    RelayedBinding,

    /// <summary>A binding's NAT is to be kept open; its slot is one of the registrar's.</summary>
    KeepAlive,

    /// <summary>The same of a binding that another registrar has accepted.</summary>
    RelayedKeepAlive,

    /// <summary>How the call's media comes is to be looked at.</summary>
    Series,

    /// <summary>What was talked is to be put down on the accounts that the call goes on.</summary>
    Account,
}
