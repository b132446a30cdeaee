using System.CommandLine;
using System.Text.RegularExpressions;
using SipAlg.Commands;
using SipAlg.Tests.Configuration;

namespace SipAlg.Tests.Commands;

/// <summary>docs/commands.md and <c>--help</c> name every command, and their examples are command lines that are understood.</summary>
public sealed partial class CommandDocumentTests
{
    private static readonly RootCommand Root = GatewayCommands.Create((_, _) => Task.FromResult(0), TimeProvider.System);
    private static readonly string Text = File.ReadAllText(Repository.File("docs", "commands.md"));

    public static TheoryData<string> Commands => [.. Root.Subcommands.Select(command => command.Name)];

    [Theory]
    [MemberData(nameof(Commands))]
    public async Task A_command_has_a_row_its_options_and_examples(string name)
    {
        var command = Root.Subcommands.Single(command => command.Name == name);
        Assert.Contains($"\n| `{name}", Text, StringComparison.Ordinal);
        var section = Section(name);
        Assert.All(command.Options, option => Assert.Contains($"`{option.Name}", option.Name is "--config" or "--json" ? Text : section, StringComparison.Ordinal));
        Assert.Equal(Examples.Of(name), Lines(section).Where(line => line.Contains($"sipalg {name}", StringComparison.Ordinal)));
        Assert.NotEmpty(Examples.Of(name));

        var output = new StringWriter();
        Assert.Equal(0, await GatewayCommands.InvokeAsync([name, "--help"], (_, _) => Task.FromResult(0), TimeProvider.System, output, output));
        Assert.Contains(command.Description!, string.Join(' ', output.ToString().Split([' ', '\n', '\r'], StringSplitOptions.RemoveEmptyEntries)), StringComparison.Ordinal);
        Assert.All(output.ToString().Split('\n'), line => Assert.True(line.Length < 200, line));
        Assert.EndsWith($"Examples:\n{string.Concat(Examples.Of(name).Select(example => $"  {example}\n"))}\n", output.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Every_example_is_understood()
    {
        var lines = Lines(Text).Where(line => Shell().IsMatch(line)).ToArray();
        Assert.True(lines.Length >= Root.Subcommands.Count);
        Assert.All(lines, line => Assert.Empty(Root.Parse(Shell().Match(line).Groups[1].Value).Errors));
    }

    [Fact]
    public void No_section_is_of_a_command_that_is_none() => Assert.Equal(
        Root.Subcommands.Select(command => command.Name).Order(), Sections().Matches(Text).Select(match => match.Groups[1].Value).Order());

    private static string Section(string name)
    {
        var start = Text.IndexOf($"\n### {name}\n", StringComparison.Ordinal);
        Assert.True(start >= 0, $"docs/commands.md has no section '### {name}'");
        var end = Text.IndexOf("\n##", start + 1, StringComparison.Ordinal);
        return Text[start..(end < 0 ? Text.Length : end)];
    }

    /// <summary>Those of the blocks that show a shell.</summary>
    private static IEnumerable<string> Lines(string text) => Blocks().Matches(text).SelectMany(block => block.Groups[1].Value.Split('\n', StringSplitOptions.RemoveEmptyEntries));

    [GeneratedRegex("^```sh\n(.*?)^```$", RegexOptions.Singleline | RegexOptions.Multiline)]
    private static partial Regex Blocks();

    [GeneratedRegex("(?:^|[(])sipalg ([^>|)]*)")]
    private static partial Regex Shell();

    [GeneratedRegex("^### (.*)$", RegexOptions.Multiline)]
    private static partial Regex Sections();
}
