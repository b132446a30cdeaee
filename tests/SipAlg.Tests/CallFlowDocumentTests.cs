using System.Text.RegularExpressions;
using SipAlg.Tests.Configuration;

namespace SipAlg.Tests;

/// <summary>docs/call-flows.md names tests that there are, for every flow, and every flow that real agents play.</summary>
public sealed partial class CallFlowDocumentTests
{
    /// <summary>The methods of each class of tests, over all its files.</summary>
    private static readonly ILookup<string, string> Tests = Directory.GetFiles(Repository.File("tests"), "*.cs", SearchOption.AllDirectories)
        .Select(File.ReadAllText).SelectMany(Methods).ToLookup(test => test.Class, test => test.Method);

    private static IEnumerable<(string Class, string Method)> Methods(string source) =>
        from Match of in Class().Matches(source)
        from Match method in Method().Matches(source)
        select (of.Groups[1].Value, method.Groups[1].Value);

    private static string[] Rows =>
    [
        .. File.ReadLines(Repository.File("docs", "call-flows.md")).Where(line => line.StartsWith("| ", StringComparison.Ordinal) && !line.StartsWith("| flow ", StringComparison.Ordinal) && !line.StartsWith("| ---", StringComparison.Ordinal)),
    ];

    /// <summary>What stands in backquotes: a class, one of its tests, or a further test of the class named before.</summary>
    private static IEnumerable<(string Class, string Method)> Named(string row)
    {
        var last = "";
        foreach (Match name in Name().Matches(row))
        {
            last = name.Groups[1].Success ? name.Groups[1].Value : last;
            yield return (last, name.Groups[2].Value + name.Groups[3].Value);
        }
    }

    [Fact]
    public void Every_test_that_it_names_is_there()
    {
        var named = Rows.SelectMany(Named).ToArray();
        Assert.NotEmpty(named);
        var missing = named.Where(test => !Tests.Contains(test.Class) || (test.Method.Length > 0 && !Tests[test.Class].Contains(test.Method)));
        Assert.Empty(missing);
    }

    [Fact]
    public void Every_flow_has_a_test()
    {
        var bare = Rows.Where(row => !Named(row).Any());
        Assert.Empty(bare);
    }

    [Fact]
    public void Every_flow_that_real_agents_play_is_in_it()
    {
        var named = Rows.SelectMany(Named).Select(test => test.Method).ToHashSet();
        var flows = Directory.GetFiles(Repository.File("tests", "SipAlg.Interop.Tests", "Flows"), "*.cs").Select(File.ReadAllText)
            .SelectMany(source => Fact().Matches(source).Select(match => match.Groups[1].Value)).ToArray();
        Assert.NotEmpty(flows);
        Assert.Empty(flows.Except(named));
    }

    [GeneratedRegex(@"\bclass (\w+(?:Tests|Properties))\b")]
    private static partial Regex Class();

    [GeneratedRegex(@"\bpublic (?:async )?(?:Task|void) (\w+)\(")]
    private static partial Regex Method();

    [GeneratedRegex(@"\[(?:Fact|Theory)\](?:\s*\[[^\n]*)*\s*public (?:async )?(?:Task|void) (\w+)\(")]
    private static partial Regex Fact();

    // `SomeTests`, `SomeTests.Its_method` or `Its_method`; other words in backquotes are keys of the configuration and the like.
    [GeneratedRegex(@"`(?:(\w+(?:Tests|Properties))(?:\.(\w+))?|([A-Z]\w*_\w+))`")]
    private static partial Regex Name();
}
