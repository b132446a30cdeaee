using SipAlg.Calls.Fraud;
using SipAlg.Configuration.Options;
using SipAlg.Configuration.Problems;

namespace SipAlg.Configuration.Checks;

/// <summary>What must hold for limits against toll fraud, and what is probably not meant.</summary>
internal static class FraudChecks
{
    public static void Run(GatewayOptions options, IReadOnlyList<Named<UserOptions>> users, NameTable names, ProblemList problems)
    {
        foreach (var numbers in options.Fraud?.Numbers ?? [])
        {
            names.Table(numbers.Value.Table);
        }

        Account(options, options.Fraud?.Users, problems);
        Account(options, options.Fraud?.Peers, problems);
        foreach (var user in users)
        {
            Account(options, user.Value.Fraud, problems);
        }

        foreach (var peer in options.Peers)
        {
            Account(options, peer.Value.Fraud, problems);
        }
    }

    private static void Account(GatewayOptions options, AccountOptions? account, ProblemList problems)
    {
        // Most users have none of their own.
        if (account is null)
        {
            return;
        }

        var known = (options.Fraud?.Numbers ?? []).Select(numbers => numbers.Name).ToArray();
        foreach (var to in account.To)
        {
            if (!known.Contains(to.Name))
            {
                problems.Error(to.At, $"there is no list of numbers '{to.Name}'", Suggestion.Hint(to.Name, known) ?? "write it under fraud.numbers");
            }

            Levels(to.Value, to.At, problems);
        }
    }

    private static void Levels(CallLimitOptions limits, SourcePosition at, ProblemList problems)
    {
        foreach (var levels in new[] { limits.Calls, limits.CallsPerHour, limits.MinutesPerDay }.OfType<LimitLevels>())
        {
            if (levels is { Alarm: { } alarm, Block: { } block } && alarm > block)
            {
                problems.Warn(at, $"the alarm level {alarm} is above the block level {block}: nobody is told before calls are refused", "write an alarm level below it");
            }
        }
    }
}
