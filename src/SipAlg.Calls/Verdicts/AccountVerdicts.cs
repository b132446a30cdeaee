using SipAlg.Calls.Calls;
using SipAlg.Calls.Fraud;

namespace SipAlg.Calls.Verdicts;

/// <summary>Calls that a limit against toll fraud has refused or ended.</summary>
internal static class AccountVerdicts
{
    public static Verdict Of(CallRecord record, LimitBreach? breach) => new VerdictText(VerdictCode.AccountLimit)
        .With("account", breach?.Account).With("limit", breach is null ? null : Word(breach.Limit)).With("level", breach?.Level ?? 0).With("numbers", breach?.Numbers)
        .With("called", record.Called).With("status", record.Status)
        .Of(record.Answered is null
            ? $"The call was refused: {breach?.ToString() ?? "an account has used up what it may use"} (limits against toll fraud)."
            : $"The call was ended: {breach?.ToString() ?? "an account has used up what it may use"} (limits against toll fraud).");

    private static string Word(AccountLimit limit) => limit switch
    {
        AccountLimit.Calls => "calls",
        AccountLimit.CallsPerHour => "calls_per_hour",
        _ => "minutes_per_day",
    };
}
