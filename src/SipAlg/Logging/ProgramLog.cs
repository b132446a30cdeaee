using Serilog;
using Serilog.Core;
using Serilog.Events;
using Serilog.Extensions.Logging;
using Serilog.Formatting.Json;
using Serilog.Sinks.Async;
using SipAlg.Configuration;

namespace SipAlg.Logging;

/// <summary>
/// The program's log. Lines are queued and written by a thread of their own, so that a console that nobody reads stops no lane:
/// when the queue is full, lines are dropped and counted.
/// </summary>
internal sealed class ProgramLog : IAsyncLogEventSinkMonitor, IDisposable
{
    private const int QueueLength = 10_000;
    private const string TextLine = "{Timestamp:yyyy-MM-ddTHH:mm:ss.fffzzz} {Level:u3} {Message:lj}{NewLine}{Exception}";

    /// <summary>How long the end of the program waits for a console that does not take its lines.</summary>
    private static readonly TimeSpan FlushWait = TimeSpan.FromSeconds(1);

    private readonly LoggingLevelSwitch _level;
    private readonly Logger _logger;
    private readonly SerilogLoggerFactory _factory;
    private IAsyncLogEventSinkInspector? _queue;

    /// <param name="level">The least severe that is logged.</param>
    public ProgramLog(LogLevel level, LogFormat format)
    {
        _level = new LoggingLevelSwitch(LevelConvert.ToSerilogLevel(level));
        _logger = new LoggerConfiguration()
            .MinimumLevel.ControlledBy(_level)
            .MinimumLevel.Override("Microsoft", LogEventLevel.Warning)
            .Enrich.With<LineKeeper>()
            .WriteTo.Async(sinks => Console(sinks, format), this, QueueLength, blockWhenFull: false)
            .CreateLogger();
        _factory = new SerilogLoggerFactory(_logger);
    }

    public ILoggerFactory Factory => _factory;

    /// <summary>Changes the least severe that is logged.</summary>
    public void SetLevel(LogLevel level) => _level.MinimumLevel = LevelConvert.ToSerilogLevel(level);

    /// <summary>Lines dropped because the queue was full.</summary>
    public long Dropped => _queue?.DroppedMessagesCount ?? 0;

    void IAsyncLogEventSinkMonitor.StartMonitoring(IAsyncLogEventSinkInspector inspector) => _queue = inspector;

    void IAsyncLogEventSinkMonitor.StopMonitoring(IAsyncLogEventSinkInspector inspector)
    {
        // The count of drops stays readable.
    }

    /// <summary>Writes what is queued, for a bounded time.</summary>
    public void Dispose()
    {
        _factory.Dispose();
        Task.Run(_logger.Dispose).Wait(FlushWait);
    }

    /// <summary>What ends the program goes to standard error, the rest to standard output.</summary>
    private static void Console(Serilog.Configuration.LoggerSinkConfiguration sinks, LogFormat format)
    {
        if (format == LogFormat.Json)
        {
            sinks.Console(new JsonFormatter(renderMessage: true), standardErrorFromLevel: LogEventLevel.Fatal);
        }
        else
        {
            sinks.Console(outputTemplate: TextLine, formatProvider: System.Globalization.CultureInfo.InvariantCulture, standardErrorFromLevel: LogEventLevel.Fatal);
        }
    }
}
