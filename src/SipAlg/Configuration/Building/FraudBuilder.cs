using SipAlg.Calls.Fraud;
using SipAlg.Configuration.Dialplans;
using SipAlg.Configuration.Options;

namespace SipAlg.Configuration.Building;

/// <summary>Turns what is written of limits against toll fraud into those of users and peers.</summary>
internal sealed class FraudBuilder(FraudOptions? fraud, DialplanLists lists)
{
    private readonly Dictionary<string, LimitedNumbers> _numbers = (fraud?.Numbers ?? [])
        .ToDictionary(named => named.Name, named => new LimitedNumbers(named.Name, lists.PatternOf(named.Value)), StringComparer.Ordinal);

    /// <param name="own">What is written at the user; null: what holds for all.</param>
    public AccountLimits? OfUser(AccountOptions? own) => Build(own ?? fraud?.Users);

    /// <param name="own">What is written at the peer; null: what holds for all.</param>
    public AccountLimits? OfPeer(AccountOptions? own) => Build(own ?? fraud?.Peers);

    private AccountLimits? Build(AccountOptions? account)
    {
        if (account is null)
        {
            return null;
        }

        var limits = new AccountLimits
        {
            All = account.All.Build(),
            To = [.. account.To.Select(to => (_numbers[to.Name], Limits: to.Value.Build())).Where(to => to.Limits is not null).Select(to => (to.Item1, to.Limits!))],
        };
        return limits is { All: null, To.IsEmpty: true } ? null : limits;
    }
}
