using Spectre.Console;
using SipAlg.Configuration.Problems;

namespace SipAlg.Commands;

/// <summary>
/// Writes for people on a terminal and for programs elsewhere: colours only there (and none where <c>NO_COLOR</c> is set), tables as wide as
/// the terminal, and never a line broken or cut elsewhere.
/// </summary>
internal sealed class Terminal
{
    private const int NeverWrapped = 1 << 16;
    private readonly IAnsiConsole _console;

    public Terminal(TextWriter output)
    {
        IsTerminal = (ReferenceEquals(output, Console.Out) && !Console.IsOutputRedirected) || (ReferenceEquals(output, Console.Error) && !Console.IsErrorRedirected);
        var hasColors = IsTerminal && string.IsNullOrEmpty(Environment.GetEnvironmentVariable("NO_COLOR"));
        _console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Out = new AnsiConsoleOutput(output),
            Ansi = hasColors ? AnsiSupport.Detect : AnsiSupport.No,
            ColorSystem = hasColors ? ColorSystemSupport.Detect : ColorSystemSupport.NoColors,
            Interactive = InteractionSupport.No,
        });
        if (!IsTerminal)
        {
            _console.Profile.Width = NeverWrapped;
        }
    }

    /// <summary>Somebody looks at it.</summary>
    public bool IsTerminal { get; }

    /// <summary>Characters in a line.</summary>
    public int Width => _console.Profile.Width;

    /// <summary>One line, or several as a message has them. Of what a far side has sent no character is an order to the terminal: those that would be are shown.</summary>
    public void Line(string text, Color? color = null) => _console.WriteLine(Shown(text), color is { } chosen ? new Style(chosen) : Style.Plain);

    public void Problems(IEnumerable<Problem> problems)
    {
        foreach (var problem in problems)
        {
            Line(problem.ToString(), problem.Severity == Severity.Error ? Color.Red : Color.Yellow);
            if (problem.Hint is { } hint)
            {
                Line($"    hint: {hint}", Color.Grey);
            }
        }
    }

    /// <summary>Rows of cells, under each other.</summary>
    public void Table(IEnumerable<string[]> rows)
    {
        foreach (var line in TextTable.Lines([.. rows], Width))
        {
            Line(line);
        }
    }

    /// <summary>The same below the names of their columns.</summary>
    public void Table(string[] head, IEnumerable<string[]> rows)
    {
        var color = (Color?)Color.Grey;
        foreach (var line in TextTable.Lines([head, .. rows], Width))
        {
            Line(line, color);
            color = null;
        }
    }

    private static string Shown(string text) => !text.Any(character => char.IsControl(character) || TurnsText(character)) ? text
        : string.Concat(text.Select((character, at) => IsOrder(text, at) ? Picture(character) : character));

    /// <summary>Ends of lines and tabs are none; a CR alone goes back to the beginning of its line.</summary>
    private static bool IsOrder(string text, int at) => text[at] switch
    {
        '\n' or '\t' => false,
        '\r' => at + 1 == text.Length || text[at + 1] != '\n',
        var character => char.IsControl(character) || TurnsText(character),
    };

    /// <summary>
    /// Separators of lines, and what writes the text behind it from right to left (UAX #9): a caller could show itself under another number.
    /// </summary>
    private static bool TurnsText(char character) => character is '\u061c' or '\u200e' or '\u200f' or (>= '\u2028' and <= '\u202e') or (>= '\u2066' and <= '\u2069');

    /// <summary>Of those of ASCII Unicode has pictures.</summary>
    private static char Picture(char control) => control switch { < ' ' => (char)('\u2400' + control), '\u007f' => '\u2421', _ => '\ufffd' };
}
