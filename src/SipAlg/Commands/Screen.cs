namespace SipAlg.Commands;

/// <summary>A picture that is drawn over the one before, on the terminal's second screen; the first is given back at the end.</summary>
internal sealed class Screen : IDisposable
{
    private const string Begin = "\e[?1049h\e[?25l";
    private const string End = "\e[?25h\e[?1049l";
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(50);

    private readonly TextWriter _output;

    public Screen(TextWriter output)
    {
        _output = output;
        _output.Write(Begin);
    }

    /// <summary>Each line is written over the old one and its rest wiped, so that nothing flickers.</summary>
    public void Show(IEnumerable<string> lines)
    {
        _output.Write($"\e[H{string.Join("\r\n", lines.Select(line => line + "\e[K"))}\e[J");
        _output.Flush();
    }

    /// <summary>Waits, and ends it when q is pressed.</summary>
    public static async Task RestAsync(TimeSpan interval, CancellationTokenSource ended)
    {
        for (var rested = TimeSpan.Zero; rested < interval && !ended.IsCancellationRequested; rested += Look)
        {
            if (!Console.IsInputRedirected && Console.KeyAvailable && Console.ReadKey(intercept: true).KeyChar is 'q' or 'Q')
            {
                await ended.CancelAsync().ConfigureAwait(false);
            }

            await Task.Delay(Look, ended.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    public void Dispose()
    {
        _output.Write(End);
        _output.Flush();
    }
}
