using System.Text.RegularExpressions;
using SipAlg.Tests.Configuration;

namespace SipAlg.Tests;

/// <summary>docs/faults.md and docs/overload.md name tests that there are, for every fault and every bound, and metrics that there are.</summary>
public sealed partial class FaultDocumentTests
{
    private static readonly HashSet<string> Tests = [.. Directory.GetFiles(Repository.File("tests"), "*.cs", SearchOption.AllDirectories)
        .Where(file => !file.Contains("/obj/", StringComparison.Ordinal)).Select(File.ReadAllText).SelectMany(Named)];

    private static readonly HashSet<string> Series = [.. Metric().Matches(File.ReadAllText(Repository.File("docs", "metrics.md"))).Select(match => match.Groups[1].Value)];

    private static IEnumerable<string> Named(string source) =>
        from Match of in Class().Matches(source)
        from Match method in Method().Matches(source)
        select $"{of.Groups[1].Value}.{method.Groups[1].Value}";

    private static string[] Rows(string page, string header) =>
        [.. File.ReadAllText(Repository.File("docs", page)).Split($"\n| {header} |")[1..].SelectMany(table => table.Split('\n').Skip(2).TakeWhile(line => line.StartsWith('|')))];

    [Theory]
    [InlineData("faults.md", "fault", 15)]
    [InlineData("overload.md", "bound", 25)]
    public void Each_row_names_tests_that_there_are(string page, string header, int least)
    {
        var rows = Rows(page, header);
        Assert.True(rows.Length >= least, $"{rows.Length} rows");
        Assert.All(rows, row =>
        {
            var named = Test().Matches(row).Select(match => match.Groups[1].Value).ToArray();
            Assert.True(named.Length > 0, row);
            Assert.Equal([], named.Except(Tests));
        });
    }

    [Theory]
    [InlineData("faults.md")]
    [InlineData("overload.md")]
    public void Metrics_that_are_named_are_there(string page) =>
        Assert.Equal([], Used().Matches(File.ReadAllText(Repository.File("docs", page))).Select(match => match.Groups[1].Value).Except(Series));

    [GeneratedRegex(@"\bclass (\w+(?:Tests|Properties))\b")]
    private static partial Regex Class();

    [GeneratedRegex(@"\bpublic (?:async |unsafe )*(?:Task|void) (\w+)\(")]
    private static partial Regex Method();

    [GeneratedRegex(@"`(\w+(?:Tests|Properties)\.\w+)`")]
    private static partial Regex Test();

    [GeneratedRegex(@"^\| `(\w+)` \|", RegexOptions.Multiline)]
    private static partial Regex Metric();

    [GeneratedRegex(@"`((?:sipalg|process)_\w+)")]
    private static partial Regex Used();
}
