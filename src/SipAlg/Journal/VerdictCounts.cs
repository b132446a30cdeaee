using System.Collections.Concurrent;
using SipAlg.Calls.Verdicts;

namespace SipAlg.Journal;

/// <summary>
/// Calls by the caller's realm and verdict. Both are bounded: a realm is one of the configuration, a verdict one of the catalogue.
/// Written by the journal's loop, read by anybody.
/// </summary>
internal sealed class VerdictCounts
{
    private static readonly int Codes = Enum.GetValues<VerdictCode>().Length;
    private readonly ConcurrentDictionary<string, long[]> _realms = new(StringComparer.Ordinal);

    /// <summary>0 for what never came.</summary>
    public long this[string realm, VerdictCode code] => _realms.TryGetValue(realm, out var counts) ? Volatile.Read(ref counts[(int)code]) : 0;

    public void Count(JudgedCall call)
    {
        var counts = _realms.GetOrAdd(call.Record.FromRealm, static _ => new long[Codes]);
        Interlocked.Increment(ref counts[(int)call.Verdict.Code]);
    }
}
