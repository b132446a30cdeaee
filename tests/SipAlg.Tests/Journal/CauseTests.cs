using System.Text.RegularExpressions;
using SipAlg.Calls.Calls;
using SipAlg.Tests.Configuration;

namespace SipAlg.Tests.Journal;

/// <summary>One vocabulary of ends of calls: what the code has is what docs/cdr.md lists, word by word.</summary>
public sealed partial class CauseTests
{
    [Fact]
    public async Task The_documentation_lists_every_cause_and_who_ended_the_call()
    {
        var text = await File.ReadAllTextAsync(Repository.File("docs", "cdr.md"));
        var documented = Rows().Matches(text[text.IndexOf("## Causes", StringComparison.Ordinal)..]).Select(match => (match.Groups[1].Value, match.Groups[2].Value));
        var known = Enum.GetValues<CallCause>().Where(cause => cause != CallCause.None).Select(cause => (CallCauses.Text(cause), CallCauses.Text(CallCauses.By(cause))));

        Assert.Equal(known.Order(), documented.Order());
    }

    [Fact]
    public void No_two_causes_have_the_same_word() =>
        Assert.Equal(CallCauses.Count, Enum.GetValues<CallCause>().Select(CallCauses.Text).Distinct().Count());

    [GeneratedRegex("^\\| `([a-z_]+)` \\| ([a-z]+) \\|", RegexOptions.Multiline)]
    private static partial Regex Rows();
}
