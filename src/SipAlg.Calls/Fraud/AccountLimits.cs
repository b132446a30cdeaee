using System.Collections.Immutable;
using SipAlg.Calls.Dialplan;

namespace SipAlg.Calls.Fraud;

/// <summary>What is limited; the metric's label.</summary>
public enum AccountLimit : byte
{
    /// <summary>Calls at once.</summary>
    Calls,

    /// <summary>Calls begun within the last hour.</summary>
    CallsPerHour,

    /// <summary>Minutes talked since midnight, in the time zone of this host.</summary>
    MinutesPerDay,
    Count,
}

/// <param name="Alarm">From here on operators are told; null: they are not.</param>
/// <param name="Block">No more than this; null: as much as they like.</param>
public readonly record struct LimitLevels(int? Alarm, int? Block)
{
    public bool IsEmpty => Alarm is null && Block is null;
}

/// <summary>What somebody may use of one kind of destination, or of all.</summary>
public sealed record CallLimits
{
    public LimitLevels Calls { get; init; }
    public LimitLevels CallsPerHour { get; init; }
    public LimitLevels MinutesPerDay { get; init; }

    public LimitLevels this[AccountLimit limit] => limit switch
    {
        AccountLimit.Calls => Calls,
        AccountLimit.CallsPerHour => CallsPerHour,
        _ => MinutesPerDay,
    };
}

/// <summary>Numbers that are limited together: premium numbers, foreign countries.</summary>
/// <param name="Name">As the configuration has it.</param>
/// <param name="Numbers">Which they are.</param>
public sealed record LimitedNumbers(string Name, NumberPattern Numbers);

/// <summary>What a user or a peer may use. Emergency calls are neither limited nor counted.</summary>
public sealed record AccountLimits
{
    /// <summary>Of all its calls; null: they are not limited together.</summary>
    public CallLimits? All { get; init; }

    /// <summary>Of calls to certain numbers.</summary>
    public ImmutableArray<(LimitedNumbers Numbers, CallLimits Limits)> To { get; init; } = [];
}

/// <summary>Whose limit was met.</summary>
/// <param name="Account">"user alice" or "peer pbx".</param>
/// <param name="Numbers">Of which numbers; null: of all calls.</param>
/// <param name="Limit">Which.</param>
/// <param name="IsBlock">The call is refused, or ends; else operators are told, and it goes on.</param>
/// <param name="Level">What it is.</param>
public sealed record LimitBreach(string Account, string? Numbers, AccountLimit Limit, bool IsBlock, int Level)
{
    public override string ToString() => $"{Account} has {(IsBlock ? "used up" : "reached")} {Words}{(Numbers is null ? "" : $" to '{Numbers}'")}";

    private string Words => Limit switch
    {
        AccountLimit.Calls => $"its {Level} calls at once",
        AccountLimit.CallsPerHour => $"its {Level} calls an hour",
        _ => $"its {Level} minutes a day",
    };
}

/// <summary>Told of limits that were met; called on lanes, must not block or throw.</summary>
public interface ILimitWatch
{
    /// <summary>Of alarms once each hour or day and limit; of blocks each time.</summary>
    void Met(LimitBreach breach);
}
