using System.Runtime.InteropServices;

namespace SipAlg.Hosting;

/// <summary>
/// SIGTERM and SIGINT: the first asks for a stop, the second for its end now. Registered with the system itself, since the runtime's
/// exit event would end the process under the calls.
/// </summary>
internal sealed class StopSignals : IDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private readonly CancellationTokenSource _endNow = new();
    private readonly PosixSignalRegistration[] _registrations;

    /// <param name="reload">Called on SIGHUP, on a thread of the pool.</param>
    public StopSignals(Action reload) => _registrations =
    [
        PosixSignalRegistration.Create(PosixSignal.SIGTERM, OnStop),
        PosixSignalRegistration.Create(PosixSignal.SIGINT, OnStop),
        PosixSignalRegistration.Create(PosixSignal.SIGHUP, context =>
        {
            context.Cancel = true;
            reload();
        }),
    ];

    public CancellationToken Stop => _stop.Token;
    public CancellationToken EndNow => _endNow.Token;

    public void Dispose()
    {
        Array.ForEach(_registrations, registration => registration.Dispose());
        _stop.Dispose();
        _endNow.Dispose();
    }

    private void OnStop(PosixSignalContext context)
    {
        context.Cancel = true;
        (_stop.IsCancellationRequested ? _endNow : _stop).Cancel();
    }
}
