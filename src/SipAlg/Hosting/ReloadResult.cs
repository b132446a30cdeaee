using System.Collections.Immutable;
using SipAlg.Configuration.Problems;

namespace SipAlg.Hosting;

/// <param name="IsDone">False: nothing has changed.</param>
/// <param name="Problems">Why not, and warnings.</param>
internal sealed record ReloadResult(bool IsDone, ImmutableArray<Problem> Problems)
{
    /// <summary>The first thing that is wrong; null where it is done.</summary>
    public string? Refusal => IsDone ? null : Problems.FirstOrDefault(problem => problem.Severity == Severity.Error)?.ToString();
}

/// <summary>How the last reload went; a start counts as one.</summary>
internal sealed record LastReload(bool IsSuccess, DateTimeOffset At);
