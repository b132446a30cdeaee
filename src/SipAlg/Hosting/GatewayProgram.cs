using System.Runtime.InteropServices;
using SipAlg.Calls.Calls;
using SipAlg.Calls.Lanes;
using SipAlg.Commands;

namespace SipAlg.Hosting;

/// <summary><c>sipalg run</c>.</summary>
internal static class GatewayProgram
{
    public static async Task<int> RunAsync(RunRequest request, CancellationToken cancellation)
    {
        var stopping = new TaskCompletionSource();
        using var term = PosixSignalRegistration.Create(PosixSignal.SIGTERM, context => { context.Cancel = true; stopping.TrySetResult(); });
        using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, context => { context.Cancel = true; stopping.TrySetResult(); });
        await using var gateway = Gateway.Open(request.Configuration.Model, new NoJournal(), new ConsoleLog(), TimeProvider.System);
        gateway.Start();
        await stopping.Task.ConfigureAwait(false);
        gateway.Drain(true);
        gateway.HangUpAll(CallCause.GatewayStopped);
        return ExitCode.Success;
    }

    private sealed class NoJournal : ICallJournal
    {
        public void Ended(CallRecord record)
        {
        }
    }

    private sealed class ConsoleLog : ICallLog
    {
        public void LaneFault(int lane, Exception fault) => Console.Error.WriteLine(fault);
        public void NoMediaPorts(string realm) => Console.Error.WriteLine($"no media ports: {realm}");
    }
}
