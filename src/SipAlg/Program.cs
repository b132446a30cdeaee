using SipAlg.Commands;

return await GatewayCommands.InvokeAsync(args, RunGatewayAsync, TimeProvider.System).ConfigureAwait(false);

static async Task<int> RunGatewayAsync(RunRequest request, CancellationToken cancellation)
{
    await Console.Error.WriteLineAsync("this build holds the configuration and dialplan commands only".AsMemory(), cancellation).ConfigureAwait(false);
    return ExitCode.Fault;
}
