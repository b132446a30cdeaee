namespace SipAlg.Protocol.Sessions;

public enum SessionTimerState : byte
{
    /// <summary>The session has no timer.</summary>
    Off,

    /// <summary>We refresh at half of the interval.</summary>
    Ours,

    /// <summary>Our refresh is under way.</summary>
    Refreshing,

    /// <summary>Our refresh was refused: the session lasts to its end, unless something else refreshes it.</summary>
    Refused,

    /// <summary>The far side refreshes.</summary>
    Theirs,

    /// <summary>Nobody has refreshed it in time.</summary>
    Expired,
}

public enum SessionTimerEvent : byte
{
    /// <summary>A 2xx to INVITE or UPDATE, of either side, says that we refresh.</summary>
    OursAgreed,

    /// <summary>It says that the far side does.</summary>
    TheirsAgreed,

    /// <summary>It says that there is no session timer.</summary>
    NoneAgreed,

    /// <summary>Our refresh was refused, by other than what says that the dialog is gone.</summary>
    RefreshRefused,

    /// <summary>The one timer.</summary>
    Due,

    /// <summary>The session is over.</summary>
    Ended,
}

/// <summary>What is to be done; carried out in the order in which the flags stand here.</summary>
[Flags]
public enum SessionTimerActions : byte
{
    None = 0,
    Stop = 1,

    /// <summary>Wait for half of the interval (RFC 4028 §7.2).</summary>
    AwaitRefresh = 2,

    /// <summary>Wait until shortly before the interval's end (RFC 4028 §10); from its beginning, not from now.</summary>
    AwaitExpiry = 4,

    Refresh = 8,

    /// <summary>Send BYE (RFC 4028 §10).</summary>
    Expire = 16,
}

public readonly record struct SessionTimerStep(SessionTimerState State, SessionTimerActions Actions);

/// <summary>The session timer of one dialog (RFC 4028 §7.2, §9, §10), apart from the messages that agree on it.</summary>
public static class SessionTimer
{
    public static SessionTimerStep Next(SessionTimerState state, SessionTimerEvent happened) => (state, happened) switch
    {
        (SessionTimerState.Expired, _) => new(state, SessionTimerActions.None),

        (_, SessionTimerEvent.OursAgreed) => new(SessionTimerState.Ours, SessionTimerActions.AwaitRefresh),
        (_, SessionTimerEvent.TheirsAgreed) => new(SessionTimerState.Theirs, SessionTimerActions.AwaitExpiry),
        (_, SessionTimerEvent.NoneAgreed or SessionTimerEvent.Ended) => new(SessionTimerState.Off, SessionTimerActions.Stop),

        (SessionTimerState.Ours, SessionTimerEvent.Due) => new(SessionTimerState.Refreshing, SessionTimerActions.AwaitExpiry | SessionTimerActions.Refresh),
        (SessionTimerState.Refreshing, SessionTimerEvent.RefreshRefused) => new(SessionTimerState.Refused, SessionTimerActions.None),
        (SessionTimerState.Refreshing or SessionTimerState.Refused or SessionTimerState.Theirs, SessionTimerEvent.Due) =>
            new(SessionTimerState.Expired, SessionTimerActions.Expire),

        _ => new(state, SessionTimerActions.None),
    };

    /// <summary>Whether it is our part to refresh; what a request of ours repeats, so that the parts stay (RFC 4028 §7.4).</summary>
    public static bool IsOurs(SessionTimerState state) => state is SessionTimerState.Ours or SessionTimerState.Refreshing or SessionTimerState.Refused;

    /// <summary>Milliseconds from the interval's beginning to the refresh.</summary>
    /// <param name="seconds">The session interval.</param>
    public static long RefreshAfter(uint seconds) => seconds * 500L;

    /// <summary>Milliseconds from the interval's beginning to the BYE: before its end by a third of it, at most 32 seconds (RFC 4028 §10).</summary>
    /// <param name="seconds">The session interval.</param>
    public static long ExpireAfter(uint seconds) => (seconds * 1000L) - Math.Min(32_000L, seconds * 1000L / 3);
}
