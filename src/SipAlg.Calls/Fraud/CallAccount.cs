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

    /// <summary>By the name of the numbers; of all calls under the empty name.</summary>
    public IReadOnlyDictionary<string, CallUsage> Usages => _usages;

    /// <summary>Under the lock, or before anybody else has it.</summary>
    public CallUsage Of(string numbers)
    {
        if (!_usages.TryGetValue(numbers, out var usage))
        {
            _usages[numbers] = usage = new CallUsage();
        }

        return usage;
    }
}
