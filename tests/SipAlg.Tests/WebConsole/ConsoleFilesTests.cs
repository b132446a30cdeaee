using System.Text;
using System.Text.RegularExpressions;
using SipAlg.WebConsole;

namespace SipAlg.Tests.WebConsole;

/// <summary>What the console is made of: complete, from here alone, and without a way for text to become markup.</summary>
public sealed partial class ConsoleFilesTests
{
    private static readonly IReadOnlyDictionary<string, ConsoleFile> All = new ConsoleFiles().All;

    private static string Text(ConsoleFile file) => Encoding.UTF8.GetString(file.Octets.Span);

    public static TheoryData<string> Names => [.. All.Keys];

    [Fact]
    public void Whatever_a_file_names_is_there_and_every_file_is_named()
    {
        var named = All.SelectMany(file => Named().Matches(Text(file.Value)).Select(match => Resolve(file.Key, match.Groups[1].Value))).ToHashSet();
        Assert.Equal(All.Keys.Order(), named.Append("index.html").Order());
    }

    private static string Resolve(string from, string name) => name.StartsWith('/')
        ? name["/console/".Length..]
        : Path.GetRelativePath("/", Path.GetFullPath(Path.Combine("/", Path.GetDirectoryName(from)!, name)));

    [GeneratedRegex("""(?:from|src|href|src:)[ =]"((?:\./|\.\./|/console/)[a-z./-]+)""")]
    private static partial Regex Named();

    [Theory]
    [MemberData(nameof(Names))]
    public void No_text_becomes_markup_or_a_script(string name)
    {
        string[] ways = ["innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "DOMParser", "createContextualFragment", "srcdoc", "eval(", "new Function", "javascript:", "<style", " style="];
        Assert.DoesNotContain(ways, way => Text(All[name]).Contains(way, StringComparison.Ordinal));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Nothing_is_asked_of_anybody_else(string name) =>
        Assert.All(Elsewhere().Matches(Text(All[name])), match => Assert.Equal("http://www.w3.org/2000/svg", match.Value));

    [GeneratedRegex("""(?:https?:)?//[a-z0-9-]+\.[a-z0-9./-]+|@import|url\(""")]
    private static partial Regex Elsewhere();

    [Fact]
    public void The_page_has_no_script_of_its_own() => Assert.DoesNotMatch("""<script(?![^>]* src=)|\son[a-z]+=""", Text(All["index.html"]));

    [Fact]
    public void It_stays_small() => Assert.InRange(All.Sum(file => file.Value.Octets.Length), 20_000, 200_000);
}
