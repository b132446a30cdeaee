using SipAlg.Signaling.Resolution;

namespace SipAlg.Calls.Peers;

/// <summary>How the gateway's registration with a peer stands. Immutable: the lane that registers puts another one in its place.</summary>
public sealed record RegistrationStatus
{
    /// <summary>Nothing has been asked yet.</summary>
    public static RegistrationStatus Begun { get; } = new();

    /// <summary>Until when the registrar's last 2xx holds, by the clock that all lanes share; 0 without one.</summary>
    public long Until { get; init; }

    /// <summary>The same as time of day.</summary>
    public DateTimeOffset? RegisteredUntil { get; init; }

    /// <summary>Of the last answer; 0 where none came.</summary>
    public int Status { get; init; }

    /// <summary>What became of the last attempt.</summary>
    public RegistrationOutcome Outcome { get; init; }

    /// <summary>When the last attempt ended; null before that.</summary>
    public DateTimeOffset? Answered { get; init; }

    /// <summary>When it is asked next; null while an answer is waited for, and at the end.</summary>
    public DateTimeOffset? Next { get; init; }

    /// <summary>Attempts that failed since the last 2xx.</summary>
    public int Failures { get; init; }

    /// <summary>Who answered, or was asked last.</summary>
    public SipHop? Place { get; init; }

    /// <summary>The Contact URI as it was sent last, without a user part that is a secret; empty before that.</summary>
    public string Contact { get; init; } = "";

    public bool IsRegistered(TimeProvider time) => Until != 0 && Until > time.GetTimestamp();
}

/// <summary>What became of a REGISTER.</summary>
public enum RegistrationOutcome : byte
{
    None,
    Registered,

    /// <summary>It was removed since the gateway stops.</summary>
    Removed,

    /// <summary>The registrar does not want this user: 403, 404, a wrong password, another 4xx or 6xx.</summary>
    Refused,

    /// <summary>The registrar cannot do it now: 408, 5xx.</summary>
    Failed,

    /// <summary>No response.</summary>
    TimedOut,

    /// <summary>The network could not deliver it.</summary>
    Unreachable,

    /// <summary>The host of the peer has no known address, or the realm no way there.</summary>
    NoAddress,

    /// <summary>A 2xx that does not name the contact that was registered.</summary>
    NotNamed,
}

/// <summary>The words of the log and the API for <see cref="RegistrationOutcome"/>.</summary>
public static class RegistrationOutcomes
{
    public static string Text(RegistrationOutcome outcome) => outcome switch
    {
        RegistrationOutcome.Registered => "registered",
        RegistrationOutcome.Removed => "removed",
        RegistrationOutcome.Refused => "refused",
        RegistrationOutcome.Failed => "failed",
        RegistrationOutcome.TimedOut => "no answer",
        RegistrationOutcome.Unreachable => "unreachable",
        RegistrationOutcome.NoAddress => "no known address",
        RegistrationOutcome.NotNamed => "the answer does not name the contact",
        _ => "not asked yet",
    };
}
