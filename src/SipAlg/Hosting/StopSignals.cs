using System.Runtime.InteropServices;

namespace SipAlg.Hosting;

/// <summary>
/// SIGTERM and SIGINT: the first asks for a stop, the second for its end now. SIGHUP asks for a reload; one that comes before there is
/// anything to reload does nothing. Registered with the system itself, since the runtime's exit event would end the process under the
/// calls.
/// </summary>
internal sealed class StopSignals : IDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private readonly CancellationTokenSource _endNow = new();
    private readonly PosixSignalRegistration[] _registrations;
    private volatile Action? _reload;

    public StopSignals() => _registrations =
    [
        PosixSignalRegistration.Create(PosixSignal.SIGTERM, OnStop),
        PosixSignalRegistration.Create(PosixSignal.SIGINT, OnStop),
        PosixSignalRegistration.Create(PosixSignal.SIGHUP, context =>
        {
            context.Cancel = true;
            _reload?.Invoke();
        }),
    ];

    /// <param name="reload">Called on SIGHUP, on a thread of the pool.</param>
    /// <returns>Ends that.</returns>
    public IDisposable OnReload(Action reload)
    {
        _reload = reload;
        return new Registration(this);
    }

    private sealed class Registration(StopSignals signals) : IDisposable
    {
        public void Dispose() => signals._reload = null;
    }

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
