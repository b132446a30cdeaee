using System.Collections.Immutable;

namespace SipAlg.Configuration.Problems;

/// <summary>Collects every problem of a configuration, so that all are mended in one go.</summary>
internal sealed class ProblemList
{
    private readonly List<Problem> _problems = [];

    public bool HasErrors => _problems.Exists(problem => problem.Severity == Severity.Error);

    public void Error(SourcePosition at, string message, string? hint = null) => Add(new Problem(Severity.Error, at, message, hint));

    public void Warn(SourcePosition at, string message, string? hint = null) => Add(new Problem(Severity.Warning, at, message, hint));

    /// <summary>In the order of the files' first problems, then by position.</summary>
    public ImmutableArray<Problem> Sorted()
    {
        var files = _problems.Select(problem => problem.At.File).Distinct().ToList();
        return [.. _problems.OrderBy(problem => files.IndexOf(problem.At.File)).ThenBy(problem => problem.At.Line).ThenBy(problem => problem.At.Column)];
    }

    public void AddRange(IEnumerable<Problem> problems)
    {
        foreach (var problem in problems)
        {
            Add(problem);
        }
    }

    /// <summary>An alias is read at each of its uses; its problem is one.</summary>
    private void Add(Problem problem)
    {
        if (!_problems.Contains(problem))
        {
            _problems.Add(problem);
        }
    }
}
