using SipAlg.Calls.Calls;
using SipAlg.Media;

namespace SipAlg.Journal;

/// <summary>What became of a source of a call's media; docs/cdr.md is its description.</summary>
internal sealed record SourceDetails
{
    public DateTimeOffset At { get; init; }
    public required string Realm { get; init; }

    /// <summary>The gateway's.</summary>
    public int Port { get; init; }

    /// <summary>settled, took_over, refused or leads_back.</summary>
    public required string Change { get; init; }

    /// <summary>Where the packets came from; of leads_back where they would have gone.</summary>
    public required string Source { get; init; }

    /// <summary>The source before; of the first what SDP says; null if that says nothing.</summary>
    public string? Other { get; init; }

    public static SourceDetails Of(CallSource source) => new()
    {
        At = source.At,
        Realm = source.Realm,
        Port = source.Told.Port,
        Change = source.Told.Change switch
        {
            SourceChange.Settled => "settled",
            SourceChange.TookOver => "took_over",
            SourceChange.LeadsBack => "leads_back",
            _ => "refused",
        },
        Source = source.Told.Source.ToString(),
        Other = source.Told.Other.IsNone ? null : source.Told.Other.ToString(),
    };
}
