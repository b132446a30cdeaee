using System.Text.RegularExpressions;
using SipAlg.Tests.Configuration;

namespace SipAlg.Tests;

/// <summary>What docs/security.md promises is shown by tests that are there.</summary>
public sealed class SecurityDocumentTests
{
    [Fact]
    public void Every_test_that_it_names_is_there()
    {
        var sources = new[] { "tests" }.SelectMany(folder => Directory.EnumerateFiles(Repository.File(folder), "*.cs", SearchOption.AllDirectories))
            .Where(file => !file.Contains("/obj/", StringComparison.Ordinal)).Select(File.ReadAllText).ToArray();
        var named = Regex.Matches(File.ReadAllText(Repository.File("docs", "security.md")), @"`(?<type>[A-Z]\w+(?:Tests|Properties))(?:\.(?<test>\w+))?`")
            .Select(match => (Type: match.Groups["type"].Value, Test: match.Groups["test"].Value)).Distinct().ToArray();

        Assert.True(named.Length > 30);
        Assert.All(named, name => Assert.Contains(sources, source => Regex.IsMatch(source, $@"\bclass {name.Type}\b") && source.Contains(name.Test, StringComparison.Ordinal)));
    }
}
