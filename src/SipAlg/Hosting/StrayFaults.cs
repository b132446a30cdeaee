using SipAlg.Commands;
using SipAlg.Logging;

namespace SipAlg.Hosting;

/// <summary>Exceptions that nothing caught: on a thread they end the process, which first says why; on a task they are logged.</summary>
internal sealed class StrayFaults : IDisposable
{
    private readonly ProgramLog _programLog;
    private readonly ILogger _log;

    public StrayFaults(ProgramLog programLog, ILogger log)
    {
        (_programLog, _log) = (programLog, log);
        AppDomain.CurrentDomain.UnhandledException += OnThread;
        TaskScheduler.UnobservedTaskException += OnTask;
    }

    public void Dispose()
    {
        AppDomain.CurrentDomain.UnhandledException -= OnThread;
        TaskScheduler.UnobservedTaskException -= OnTask;
    }

    /// <summary>Left to itself the runtime would abort the process, with a code that says nothing.</summary>
    private void OnThread(object sender, UnhandledExceptionEventArgs arguments)
    {
        HostingLog.Fault(_log, arguments.ExceptionObject as Exception ?? new InvalidOperationException(arguments.ExceptionObject.ToString()));
        _programLog.Dispose();
        Environment.Exit(ExitCode.Fault);
    }

    private void OnTask(object? sender, UnobservedTaskExceptionEventArgs arguments)
    {
        HostingLog.Unobserved(_log, arguments.Exception);
        arguments.SetObserved();
    }
}
