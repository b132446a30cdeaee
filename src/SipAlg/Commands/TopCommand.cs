using System.CommandLine;
using System.Runtime.InteropServices;
using System.Text.Json.Nodes;

namespace SipAlg.Commands;

/// <summary><c>sipalg top</c>: how a running gateway is, again and again in the same place; one plain picture where nobody looks.</summary>
internal static class TopCommand
{
    private const int MostCalls = 200;
    private const int PlainHeight = 60;

    public static AdminCommand Create()
    {
        var once = new Option<bool>("--once") { Description = "One picture, and end; also without a terminal, and with --json." };
        var interval = new Option<double>("--interval") { Description = "Seconds between two pictures, 0.5 to 60.", DefaultValueFactory = _ => 2 };
        interval.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<double>() is not (>= 0.5 and <= 60))
            {
                result.AddError("--interval is a number of seconds from 0.5 to 60");
            }
        });
        return new AdminCommand("top", "Show calls, peers and load of the running gateway as they change; q ends it.", request =>
            request.IsJson || request.Value(once) || !request.Output.IsTerminal ? OnceAsync(request) : LiveAsync(request, TimeSpan.FromSeconds(request.Value(interval))), [once, interval]);
    }

    private static async Task<int> OnceAsync(AdminRequest request) => request.Show(await ReadAsync(request).ConfigureAwait(false), picture =>
    {
        foreach (var line in TopPicture.Lines(picture, request.Output.Width, PlainHeight))
        {
            request.Output.Line(line);
        }
    });

    private static async Task<int> LiveAsync(AdminRequest request, TimeSpan interval)
    {
        var answer = await ReadAsync(request).ConfigureAwait(false);
        if (!answer.IsSuccess)
        {
            return request.Show(answer, _ => { });
        }

        // Whoever ends it by a signal gets his screen back too.
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(request.Cancellation);
        using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, End);
        using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, End);
        using var screen = new Screen(Console.Out);
        while (!ended.IsCancellationRequested)
        {
            screen.Show(answer.IsSuccess ? TopPicture.Lines(answer.Body!, Console.WindowWidth, Console.WindowHeight) : [request.Client.FaultOf(answer)]);
            await Screen.RestAsync(interval, ended).ConfigureAwait(false);
            answer = await TryReadAsync(request).ConfigureAwait(false);
        }

        return ExitCode.Success;

        void End(PosixSignalContext signal)
        {
            signal.Cancel = true;
            ended.Cancel();
        }
    }

    private static async Task<AdminAnswer> TryReadAsync(AdminRequest request)
    {
        try
        {
            return await ReadAsync(request).ConfigureAwait(false);
        }
        catch (Exception silence) when (silence is HttpRequestException or TaskCanceledException)
        {
            // It may be on its way back.
            return new AdminAnswer(0, new JsonObject { ["message"] = request.Client.FaultOf(silence) });
        }
    }

    /// <summary>The answers of three lists as one.</summary>
    private static async Task<AdminAnswer> ReadAsync(AdminRequest request)
    {
        var picture = new JsonObject();
        foreach (var (member, path) in new[] { ("overview", "overview"), ("peers", "peers?limit=1000"), ("calls", $"calls?limit={MostCalls}") })
        {
            var answer = await request.GetAsync(path).ConfigureAwait(false);
            if (!answer.IsSuccess)
            {
                return answer;
            }

            picture[member] = (answer.Body!["items"] ?? answer.Body)?.DeepClone();
        }

        return new AdminAnswer(200, picture);
    }
}
