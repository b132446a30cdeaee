using SipAlg.Commands;
using SipAlg.Hosting;

// Before any other thread of ours begins: what it has, they have.
Privileges.Narrow();
return await GatewayCommands.InvokeAsync(args, GatewayProgram.RunAsync, TimeProvider.System).ConfigureAwait(false);
