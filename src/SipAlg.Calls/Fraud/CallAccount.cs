namespace SipAlg.Calls.Fraud;

/// <summary>What a user or a peer has used; kept over reloads, and over restarts by whoever keeps the ledger. All lanes may use it.</summary>
public sealed class CallAccount(string name)
{
    private readonly Dictionary<string, CallUsage> _usages = new(StringComparer.Ordinal);

    /// <summary>"user alice" or "peer pbx".</summary>
    public string Name => name;

    /// <summary>It has changed since it was kept last.</summary>
    public bool IsChanged { get; set; }

    internal Lock Lock { get; } = new();

    /// <summary>What is to be kept of it, by the name of the numbers; from now on it is as it was kept.</summary>
    public IReadOnlyList<(string Numbers, KeptUsage Usage)> Copy()
    {
        lock (Lock)
        {
            IsChanged = false;
            return [.. _usages.Select(usage => (usage.Key, usage.Value.Kept()))];
        }
    }

    /// <summary>What it has used by now.</summary>
    /// <param name="limits">Those that hold for it.</param>
    /// <param name="now">UTC.</param>
    /// <param name="day">As <see cref="CallLedger.Today"/>.</param>
    internal AccountStatement Statement(AccountLimits limits, DateTimeOffset now, int day)
    {
        lock (Lock)
        {
            var lines = limits.To.Select(to => Line(to.Numbers.Name, to.Limits, now, day));
            return new AccountStatement(name, [.. limits.All is { } all ? lines.Prepend(Line(null, all, now, day)) : lines]);
        }
    }

    /// <summary>What it has used in this hour and on this day counts no more.</summary>
    internal void Forget()
    {
        lock (Lock)
        {
            foreach (var usage in _usages.Values)
            {
                usage.Forget();
            }

            IsChanged = true;
        }
    }

    private StatementLine Line(string? numbers, CallLimits limits, DateTimeOffset now, int day)
    {
        var usage = Of(numbers ?? "");
        return new StatementLine(
            numbers, new UsedOf(usage.Active, limits.Calls), new UsedOf(usage.BegunWithinHour(now), limits.CallsPerHour), new UsedOf(usage.SecondsOn(day) / 60, limits.MinutesPerDay));
    }

    /// <summary>What it has used of these numbers; of all calls under the empty name. Under the lock, or before anybody else has it.</summary>
    public CallUsage Of(string numbers)
    {
        if (!_usages.TryGetValue(numbers, out var usage))
        {
            _usages[numbers] = usage = new CallUsage();
        }

        return usage;
    }
}
