using System.Collections.Immutable;
using SipAlg.Calls.Dialplan;
using SipAlg.Configuration.Problems;

namespace SipAlg.Configuration.Dialplans;

/// <summary>The lists that a dialplan refers to, read from files of their own.</summary>
/// <param name="Tables">By name; a table with errors is not among them.</param>
/// <param name="Holidays">By where a dialplan names them; a file with errors is not among them.</param>
internal sealed record DialplanLists(IReadOnlyDictionary<string, NumberTable> Tables, IReadOnlyDictionary<SourcePosition, Holidays> Holidays)
{
    /// <summary>The numbers that <c>called</c> or <c>caller</c> asks for; its table has no errors.</summary>
    public NumberPattern PatternOf(NumbersOptions numbers) => numbers.Pattern ?? new TableNumbers(Tables[numbers.Table!.Value]);

    /// <summary>Names that a condition on a number captures.</summary>
    public IEnumerable<string> CaptureNames(NumbersOptions numbers) => numbers.Pattern?.CaptureNames
        ?? (Tables.TryGetValue(numbers.Table!.Value, out var table) ? table.CaptureNames : ImmutableArray<string>.Empty);
}
