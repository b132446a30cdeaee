using System.CommandLine;
using System.Text.Json;
using System.Text.Json.Nodes;
using Spectre.Console;

namespace SipAlg.Commands;

/// <summary>What a command that asks the gateway has at hand.</summary>
/// <param name="Client">Asks.</param>
/// <param name="Arguments">The command line.</param>
/// <param name="IsJson">The answer is for a program.</param>
/// <param name="Output">For the answer.</param>
/// <param name="Errors">For why there is none.</param>
internal sealed record AdminRequest(AdminClient Client, ParseResult Arguments, bool IsJson, Terminal Output, Terminal Errors, CancellationToken Cancellation)
{
    public T? Value<T>(Option<T> option) => Arguments.GetValue(option);

    /// <summary>As a part of a path.</summary>
    public string Escaped(Argument<string> argument) => Uri.EscapeDataString(Arguments.GetValue(argument)!);

    public Task<AdminAnswer> AskAsync(HttpMethod method, string path, JsonObject? body = null) => Client.AskAsync(method, path, Cancellation, body);

    public Task<AdminAnswer> GetAsync(string path) => AskAsync(HttpMethod.Get, path);

    /// <summary>Says what came of it.</summary>
    /// <param name="answer">The gateway's.</param>
    /// <param name="write">For people.</param>
    /// <returns>The exit code.</returns>
    public int Show(AdminAnswer answer, Action<JsonNode> write)
    {
        if (!answer.IsSuccess)
        {
            return Fail(Client.FaultOf(answer));
        }

        if (IsJson)
        {
            WriteJson(answer.Body);
        }
        else
        {
            write(answer.Body ?? new JsonObject());
        }

        return ExitCode.Success;
    }

    public int Fail(string fault)
    {
        Errors.Line(fault, Color.Red);
        return ExitCode.Fault;
    }

    public void WriteJson(JsonNode? body) => Arguments.InvocationConfiguration.Output.WriteLine(JsonText.Of(body));
}

/// <summary>A command that asks the running gateway: all take <c>--config</c> and <c>--json</c>, and fail in the same words.</summary>
internal sealed class AdminCommand : Command
{
    private static readonly TimeSpan UsualPatience = TimeSpan.FromSeconds(5);

    /// <param name="run">Asks, and returns the exit code.</param>
    /// <param name="symbols">What it takes besides.</param>
    /// <param name="patience">For each answer; null: five seconds.</param>
    public AdminCommand(string name, string description, Func<AdminRequest, Task<int>> run, Symbol[] symbols, TimeSpan? patience = null)
        : base(name, description)
    {
        foreach (var symbol in symbols)
        {
            Add(symbol);
        }

        var config = ConfigurationFile.Option();
        var json = JsonText.Option();
        Add(config);
        Add(json);
        SetAction((result, cancellation) => RunAsync(result, result.GetValue(config), result.GetValue(json), run, patience ?? UsualPatience, cancellation));
    }

    private void Add(Symbol symbol)
    {
        switch (symbol)
        {
            case Argument argument:
                Arguments.Add(argument);
                break;
            case Option option:
                Options.Add(option);
                break;
        }
    }

    private static async Task<int> RunAsync(ParseResult result, string? config, bool isJson, Func<AdminRequest, Task<int>> run, TimeSpan patience, CancellationToken cancellation)
    {
        var errors = new Terminal(result.InvocationConfiguration.Error);
        if (AdminAddress.Find(ConfigurationFile.Choose(config), out var fault) is not { } admin)
        {
            errors.Line(fault.Text, Color.Red);
            return fault.ExitCode;
        }

        using var client = new AdminClient(admin, patience);
        try
        {
            return await run(new AdminRequest(client, result, isJson, new Terminal(result.InvocationConfiguration.Output), errors, cancellation)).ConfigureAwait(false);
        }
        catch (TaskCanceledException) when (cancellation.IsCancellationRequested)
        {
            return ExitCode.Fault;
        }
        catch (Exception silence) when (silence is HttpRequestException or TaskCanceledException or JsonException)
        {
            errors.Line(client.FaultOf(silence), Color.Red);
            return ExitCode.Fault;
        }
    }
}
