using Spectre.Console;
using SipAlg.Configuration.Problems;

namespace SipAlg.Commands;

/// <summary>Writes for people on a terminal and for programs elsewhere: colours only there, never a line broken elsewhere.</summary>
internal sealed class Terminal
{
    private const int NeverWrapped = 1 << 16;
    private readonly IAnsiConsole _console;

    public Terminal(TextWriter output)
    {
        var isTerminal = (ReferenceEquals(output, Console.Out) && !Console.IsOutputRedirected) || (ReferenceEquals(output, Console.Error) && !Console.IsErrorRedirected);
        _console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Out = new AnsiConsoleOutput(output),
            Ansi = isTerminal ? AnsiSupport.Detect : AnsiSupport.No,
            ColorSystem = isTerminal ? ColorSystemSupport.Detect : ColorSystemSupport.NoColors,
            Interactive = InteractionSupport.No,
        });
        if (!isTerminal)
        {
            _console.Profile.Width = NeverWrapped;
        }
    }

    public void Line(string text, Color? color = null) => _console.WriteLine(text, color is { } chosen ? new Style(chosen) : Style.Plain);

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

    public void Table(IEnumerable<string[]> rows)
    {
        var table = rows.ToArray();
        var grid = new Grid();
        var columns = table.FirstOrDefault()?.Length ?? 0;
        for (var column = 1; column <= columns; column++)
        {
            grid.AddColumn(new GridColumn().PadLeft(0).PadRight(column < columns ? 2 : 0));
        }

        foreach (var row in table)
        {
            grid.AddRow([.. row.Select(cell => new Text(cell))]);
        }

        _console.Write(grid);
    }
}
