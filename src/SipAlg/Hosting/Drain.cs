namespace SipAlg.Hosting;

/// <summary>When the calls that still stand in a drain are ended.</summary>
/// <param name="HasPassed">They have been.</param>
internal sealed record DrainDeadline(DateTimeOffset At, bool HasPassed);

/// <summary>
/// The gateway drains: it takes no new calls until that is lifted, and ends those that still stand when a deadline comes. A stop has a
/// deadline of its own.
/// </summary>
internal sealed class Drain(Gateway gateway, ILogger log, TimeProvider time) : IAsyncDisposable
{
    private static readonly TimeSpan Period = TimeSpan.FromSeconds(1);

    private readonly Lock _lock = new();
    private readonly CancellationTokenSource _stopping = new();
    private Task _loop = Task.CompletedTask;
    private DrainDeadline? _deadline;

    /// <summary>A timestamp: the clock on the wall may be set meanwhile.</summary>
    private long _due;

    /// <summary>Null: calls may last as long as they do.</summary>
    public DrainDeadline? Deadline => Volatile.Read(ref _deadline);

    public void Start() => _loop = Task.Run(RunAsync);

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync().ConfigureAwait(false);
        await _loop.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _stopping.Dispose();
    }

    /// <summary>From now on new calls are refused. A deadline that was set before stays.</summary>
    public void Begin()
    {
        lock (_lock)
        {
            gateway.TryDrain(true);
        }
    }

    /// <summary>As the other, with another deadline than before.</summary>
    /// <param name="deadline">From now; null: without one.</param>
    public void Begin(TimeSpan? deadline)
    {
        lock (_lock)
        {
            _due = time.GetTimestamp() + (long)((deadline ?? default).TotalSeconds * time.TimestampFrequency);
            Volatile.Write(ref _deadline, deadline is { } wait ? new DrainDeadline(time.GetUtcNow() + wait, HasPassed: false) : null);
            gateway.TryDrain(true);
        }
    }

    /// <summary>New calls are taken again.</summary>
    /// <returns>false: the gateway stops, which is not taken back.</returns>
    public bool TryEnd()
    {
        lock (_lock)
        {
            if (!gateway.TryDrain(false))
            {
                return false;
            }

            Volatile.Write(ref _deadline, null);
            return true;
        }
    }

    /// <summary>Ends the calls that stand if it is time for that: one look of those that are taken each second.</summary>
    internal void Look()
    {
        lock (_lock)
        {
            if (_deadline is not { HasPassed: false } deadline || time.GetTimestamp() < _due || gateway.IsStopping)
            {
                return;
            }

            Volatile.Write(ref _deadline, deadline with { HasPassed = true });
            HostingLog.DrainDeadline(log, gateway.ActiveCalls);
            gateway.ForEachLane(static lane => lane.EndDrained());
        }
    }

    private async Task RunAsync()
    {
        using var period = new PeriodicTimer(Period, time);
        while (await period.WaitForNextTickAsync(_stopping.Token).ConfigureAwait(false))
        {
            Look();
        }
    }
}
