namespace SipAlg.Calls.Calls;

/// <summary>Why a call ended: one vocabulary for CDR, log, metric and API; docs/cdr.md says what each means.</summary>
public enum CallCause : byte
{
    None,
    CallerHungUp,
    CalleeHungUp,
    CallerCancelled,
    NoRoute,
    RejectedByRoute,
    LimitReached,
    NoMediaPorts,
    BadOffer,
    NoCodec,
    NoSrtp,
    PrivacyUnavailable,
    MessageTooLarge,
    CalleeRefused,
    NoAnswer,
    TargetTimedOut,
    TargetUnreachable,
    NoTargetUsable,
    NoSecureTarget,
    UnknownUser,
    NotRegistered,
    RedirectUnroutable,
    RedirectLoop,
    NoSdpAnswer,
    NothingToReplace,
    AckMissing,
    PrackMissing,
    DialogLost,
    Transferred,
    Replaced,
    TransferFailed,
    MaxDuration,
    SessionExpired,
    MediaTimeout,
    HoldTimeout,
    GatewayStopped,

    /// <summary>The gateway drained, and the deadline of that came.</summary>
    DrainDeadline,
    HungUpByOperator,
    Fault,

    /// <summary>An INVITE was refused before it became a call.</summary>
    NotAdmitted,

    /// <summary>Whoever triggered it has used up what the configuration allows (against toll fraud).</summary>
    AccountLimit,
}

/// <summary>Who ended a call.</summary>
public enum EndedBy : byte
{
    Caller,
    Callee,
    Gateway,
    Operator,
}

/// <summary>How a call ended, in the metric's words.</summary>
public enum CallOutcome : byte
{
    Answered,
    Cancelled,
    Rejected,
    Failed,
}

public static class CallCauses
{
    /// <summary>The cause in the words of CDR and API: snake_case, stable.</summary>
    public static string Text(CallCause cause) => cause switch
    {
        CallCause.CallerHungUp => "caller_hung_up",
        CallCause.CalleeHungUp => "callee_hung_up",
        CallCause.CallerCancelled => "caller_cancelled",
        CallCause.NoRoute => "no_route",
        CallCause.RejectedByRoute => "rejected_by_route",
        CallCause.LimitReached => "limit_reached",
        CallCause.NoMediaPorts => "no_media_ports",
        CallCause.BadOffer => "bad_offer",
        CallCause.NoCodec => "no_codec",
        CallCause.NoSrtp => "no_srtp",
        CallCause.PrivacyUnavailable => "privacy_unavailable",
        CallCause.MessageTooLarge => "message_too_large",
        CallCause.CalleeRefused => "callee_refused",
        CallCause.NoAnswer => "no_answer",
        CallCause.TargetTimedOut => "target_timed_out",
        CallCause.TargetUnreachable => "target_unreachable",
        CallCause.NoTargetUsable => "no_target_usable",
        CallCause.NoSecureTarget => "no_secure_target",
        CallCause.UnknownUser => "unknown_user",
        CallCause.NotRegistered => "not_registered",
        CallCause.RedirectUnroutable => "redirect_unroutable",
        CallCause.RedirectLoop => "redirect_loop",
        CallCause.NoSdpAnswer => "no_sdp_answer",
        CallCause.NothingToReplace => "nothing_to_replace",
        CallCause.AckMissing => "ack_missing",
        CallCause.PrackMissing => "prack_missing",
        CallCause.DialogLost => "dialog_lost",
        CallCause.Transferred => "transferred",
        CallCause.Replaced => "replaced",
        CallCause.TransferFailed => "transfer_failed",
        CallCause.MaxDuration => "max_duration",
        CallCause.SessionExpired => "session_expired",
        CallCause.MediaTimeout => "media_timeout",
        CallCause.HoldTimeout => "hold_timeout",
        CallCause.GatewayStopped => "gateway_stopped",
        CallCause.DrainDeadline => "drain_deadline",
        CallCause.HungUpByOperator => "hung_up_by_operator",
        CallCause.Fault => "fault",
        CallCause.NotAdmitted => "not_admitted",
        CallCause.AccountLimit => "account_limit",
        _ => "none",
    };

    /// <summary>Causes there are, <see cref="CallCause.None"/> included.</summary>
    public static int Count { get; } = Enum.GetValues<CallCause>().Length;

    /// <summary>A side that went away or refused did; what a side failed to do is ended by the gateway.</summary>
    public static EndedBy By(CallCause cause) => cause switch
    {
        CallCause.CallerHungUp or CallCause.CallerCancelled => EndedBy.Caller,
        CallCause.CalleeHungUp or CallCause.CalleeRefused => EndedBy.Callee,
        CallCause.HungUpByOperator => EndedBy.Operator,
        _ => EndedBy.Gateway,
    };

    public static string Text(EndedBy side) => side switch
    {
        EndedBy.Caller => "caller",
        EndedBy.Callee => "callee",
        EndedBy.Operator => "operator",
        _ => "gateway",
    };

    /// <summary>Whether users end calls so when nothing is wrong.</summary>
    public static bool IsUsual(CallCause cause) => cause is
        CallCause.CallerHungUp or CallCause.CalleeHungUp or CallCause.CallerCancelled or CallCause.Transferred or CallCause.Replaced;

    /// <summary>Of a call that was never answered.</summary>
    public static CallOutcome Outcome(CallCause cause) => cause switch
    {
        CallCause.CallerCancelled => CallOutcome.Cancelled,
        CallCause.NotAdmitted or CallCause.NoRoute or CallCause.RejectedByRoute or CallCause.LimitReached or CallCause.AccountLimit or CallCause.NoMediaPorts or CallCause.NothingToReplace or
        CallCause.BadOffer or CallCause.NoCodec or CallCause.NoSrtp or CallCause.PrivacyUnavailable or CallCause.MessageTooLarge or CallCause.GatewayStopped or CallCause.DrainDeadline or CallCause.HungUpByOperator => CallOutcome.Rejected,
        _ => CallOutcome.Failed,
    };

    public static string Text(CallOutcome outcome) => outcome switch
    {
        CallOutcome.Answered => "answered",
        CallOutcome.Cancelled => "cancelled",
        CallOutcome.Rejected => "rejected",
        _ => "failed",
    };
}
