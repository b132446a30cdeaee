using SipAlg.Commands;
using SipAlg.Hosting;

return await GatewayCommands.InvokeAsync(args, GatewayProgram.RunAsync, TimeProvider.System).ConfigureAwait(false);
