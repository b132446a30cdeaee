using System.Collections.Immutable;

namespace SipAlg.Signaling.Resolution.Dns;

/// <summary>What became of a question; the metric's label.</summary>
internal enum DnsOutcome : byte
{
    Found,

    /// <summary>The name does not exist.</summary>
    NoName,

    /// <summary>The name exists, without records of this type.</summary>
    NoData,

    /// <summary>The servers refuse, fail, or cannot be reached.</summary>
    Failed,

    /// <summary>No server answered in time.</summary>
    TimedOut,
}

/// <param name="Outcome">What became of the question.</param>
/// <param name="Records">Of the type asked for; the name of an alias leads to stands in them.</param>
/// <param name="TimeToLive">How long it holds; of a failure nothing is said.</param>
internal sealed record DnsAnswer(DnsOutcome Outcome, ImmutableArray<DnsRecord> Records, TimeSpan TimeToLive)
{
    /// <summary>RFC 1035 §3.6.2 warns of loops; nobody needs as many.</summary>
    public const int MostAliases = 8;

    /// <summary>It held once, and the servers cannot say whether it still does (RFC 8767).</summary>
    public bool IsStale { get; init; }

    /// <summary>The name that the answer ends with without saying anything about it; null where it says all.</summary>
    public string? Alias { get; private init; }

    public bool IsFailure => Outcome is DnsOutcome.Failed or DnsOutcome.TimedOut;

    public static DnsAnswer Failure(DnsOutcome outcome) => new(outcome, [], TimeSpan.Zero);

    /// <summary>What a server said that understood the question: NOERROR or NXDOMAIN.</summary>
    public static DnsAnswer Of(DnsResponse response, DnsQuestion question)
    {
        var name = question.Name;
        var seconds = (uint)int.MaxValue;
        for (var aliases = 0; aliases <= MostAliases; aliases++)
        {
            var records = response.Answers.Where(record => record.Type == question.Type && record.Name == name).ToImmutableArray();
            if (records.Length > 0)
            {
                return new DnsAnswer(DnsOutcome.Found, records, TimeSpan.FromSeconds(Math.Min(seconds, records.Min(record => record.TimeToLive))));
            }

            if (response.Answers.OfType<AliasRecord>().FirstOrDefault(record => record.Name == name) is not { } alias)
            {
                return Negative(response, name == question.Name ? null : name, seconds);
            }

            (name, seconds) = (alias.Target, Math.Min(seconds, alias.TimeToLive));
        }

        return Failure(DnsOutcome.Failed);
    }

    /// <summary>RFC 2308 §5: as long as the zone's own record, and as its minimum says.</summary>
    private static DnsAnswer Negative(DnsResponse response, string? alias, uint seconds)
    {
        var outcome = response.Code == DnsCode.NameError ? DnsOutcome.NoName : DnsOutcome.NoData;
        var zone = response.Authorities.OfType<ZoneRecord>().FirstOrDefault();
        var most = zone is null ? 0 : Math.Min(zone.TimeToLive, zone.Minimum);
        var holds = TimeSpan.FromSeconds(Math.Min(most, seconds));
        return new DnsAnswer(outcome, [], holds) { Alias = outcome == DnsOutcome.NoData && zone is null ? alias : null };
    }
}
