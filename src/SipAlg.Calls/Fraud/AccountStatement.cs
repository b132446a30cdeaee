using System.Collections.Immutable;

namespace SipAlg.Calls.Fraud;

/// <summary>How much of what it may use an account has used.</summary>
public enum AccountStanding : byte
{
    Fine,

    /// <summary>An alarm level is reached.</summary>
    Alarm,

    /// <summary>A block level is: what it is about is refused now.</summary>
    Blocked,
    Count,
}

/// <param name="Used">Calls, or minutes.</param>
/// <param name="Levels">What holds for it; both null: nothing.</param>
public readonly record struct UsedOf(double Used, LimitLevels Levels)
{
    /// <summary>Where nothing at all may be used, nothing is used up.</summary>
    public AccountStanding Standing => Used > 0 && Used >= Levels.Block ? AccountStanding.Blocked : Used > 0 && Used >= Levels.Alarm ? AccountStanding.Alarm : AccountStanding.Fine;
}

/// <summary>What was used of some numbers.</summary>
/// <param name="Numbers">The name of their list; null: of all calls.</param>
public sealed record StatementLine(string? Numbers, UsedOf Calls, UsedOf CallsPerHour, UsedOf MinutesPerDay)
{
    public AccountStanding Standing => (AccountStanding)Math.Max(Math.Max((byte)Calls.Standing, (byte)CallsPerHour.Standing), (byte)MinutesPerDay.Standing);
}

/// <summary>What an account has used by now of what is limited for it.</summary>
/// <param name="Account">"user alice" or "peer pbx".</param>
public sealed record AccountStatement(string Account, ImmutableArray<StatementLine> Lines)
{
    public AccountStanding Standing => Lines.Max(line => line.Standing);
}
