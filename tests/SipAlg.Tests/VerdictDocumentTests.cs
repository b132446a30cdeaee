using System.Text.RegularExpressions;
using SipAlg.Calls.Verdicts;
using SipAlg.Tests.Configuration;

namespace SipAlg.Tests;

/// <summary>docs/why.md has a row for each verdict of the code, and the test that it names brings that verdict about.</summary>
public sealed partial class VerdictDocumentTests
{
    private static readonly (string Code, string Test)[] Rows =
        [.. Row().Matches(File.ReadAllText(Repository.File("docs", "why.md"))).Select(match => (match.Groups[1].Value, match.Groups[2].Value))];

    private static readonly Dictionary<string, string> Sources = Directory.GetFiles(Repository.File("tests", "SipAlg.Calls.Tests", "Verdicts"), "*Tests.cs")
        .ToDictionary(file => Path.GetFileNameWithoutExtension(file), File.ReadAllText);

    [Fact]
    public void Every_verdict_has_a_row_and_no_other() =>
        Assert.Equal(Enum.GetValues<VerdictCode>().Select(VerdictCodes.Text).Order(), Rows.Select(row => row.Code).Order());

    [Fact]
    public void The_catalogue_is_large_enough() => Assert.True(Enum.GetValues<VerdictCode>().Count(code => !VerdictCodes.IsWell(code)) >= 25);

    [Fact]
    public void Every_row_names_a_test_that_has_its_verdict() => Assert.All(Rows, row =>
    {
        var code = Enum.GetValues<VerdictCode>().Single(code => VerdictCodes.Text(code) == row.Code);
        Assert.Matches($@"\bVerdictCode\.{code}\b(?=\]| =|\)|,)", Sources[row.Test]);
    });

    [GeneratedRegex(@"^\| `([a-z_]+)` \|.*\| `(\w+)` \|$", RegexOptions.Multiline)]
    private static partial Regex Row();
}
