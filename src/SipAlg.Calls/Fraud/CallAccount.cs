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
