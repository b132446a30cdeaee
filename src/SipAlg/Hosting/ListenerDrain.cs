using SipAlg.Calls.Calls;
using SipAlg.Signaling.Transports;

namespace SipAlg.Hosting;

/// <summary>
/// Closes the listeners that are configured no more: each when no call, subscription or registration has gone over it for 64·T1, in which what was
/// under way is over (RFC 3261 §17). After the longest that a call may last its calls are ended, and it closes all the same.
/// </summary>
internal sealed class ListenerDrain(Gateway gateway, ILogger log, TimeProvider time) : IAsyncDisposable
{
    /// <summary>Where calls may last for ever.</summary>
    private static readonly TimeSpan Longest = TimeSpan.FromHours(4);
    private static readonly TimeSpan Period = TimeSpan.FromSeconds(1);

    private readonly Dictionary<int, Closing> _closing = [];
    private readonly CancellationTokenSource _stopping = new();
    private Task _loop = Task.CompletedTask;

    /// <param name="lanes">How many there are.</param>
    /// <param name="since">When it was removed.</param>
    private sealed class Closing(int lanes, long since)
    {
        public long Since => since;

        /// <summary>Since when nothing goes over it; null while something does.</summary>
        public long? IdleSince { get; set; }

        /// <summary>When its calls were ended, if they were.</summary>
        public long? EndedAt { get; set; }

        /// <summary>By lane, where its use was found last: mostly it is still there.</summary>
        public int[] Found { get; } = new int[lanes];
    }

    public void Start() => _loop = Task.Run(RunAsync);

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync().ConfigureAwait(false);
        await _loop.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _stopping.Dispose();
    }

    private TimeSpan Linger => 64 * gateway.Model.Sip.T1;

    private async Task RunAsync()
    {
        while (true)
        {
            await Task.Delay(Period, time, _stopping.Token).ConfigureAwait(false);
            try
            {
                await LookAsync().ConfigureAwait(false);
            }
            catch (Exception fault) when (!_stopping.IsCancellationRequested)
            {
                HostingLog.ListenerDrainFailed(log, fault);
            }
        }
    }

    private async Task LookAsync()
    {
        int[] closing = [.. gateway.ClosingListeners];
        foreach (var back in _closing.Keys.Except(closing).ToArray())
        {
            _closing.Remove(back);
        }

        foreach (var listener in closing)
        {
            await LookAsync(listener).ConfigureAwait(false);
        }
    }

    private async Task LookAsync(int listener)
    {
        var now = time.GetTimestamp();
        if (!_closing.TryGetValue(listener, out var state))
        {
            _closing[listener] = state = new Closing(gateway.LaneCount, now);
            HostingLog.ListenerRemoved(log, NameOf(listener), AddressOf(listener));
        }

        state.IdleSince = await IsUsedAsync(listener, state.Found).ConfigureAwait(false) ? null : state.IdleSince ?? now;
        if (HasPassed(state.IdleSince) || HasPassed(state.EndedAt))
        {
            await CloseAsync(listener).ConfigureAwait(false);
        }
        else if (state.EndedAt is null && time.GetElapsedTime(state.Since, now) >= (gateway.Model.Calls.MaxDuration ?? Longest))
        {
            state.EndedAt = now;
            await EndCallsAsync(listener).ConfigureAwait(false);
        }

        bool HasPassed(long? since) => since is { } began && time.GetElapsedTime(began, now) >= Linger;
    }

    private async Task CloseAsync(int listener)
    {
        if (await gateway.TryCloseAsync(listener).WaitAsync(_stopping.Token).ConfigureAwait(false))
        {
            HostingLog.ListenerClosed(log, NameOf(listener), AddressOf(listener));
        }
    }

    private async Task EndCallsAsync(int listener)
    {
        var ended = 0;
        for (var number = 0; number < gateway.LaneCount; number++)
        {
            ended += await gateway.AskAsync(number, lane => lane.HangUpBy(listener, CallCause.HungUpByOperator)).WaitAsync(_stopping.Token).ConfigureAwait(false);
        }

        HostingLog.ListenerEnded(log, NameOf(listener), AddressOf(listener), ended);
    }

    private async Task<bool> IsUsedAsync(int listener, int[] found)
    {
        for (var lane = 0; lane < found.Length; lane++)
        {
            if (await IsUsedAsync(lane, listener, found).ConfigureAwait(false))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>First from where it was found last, then everywhere; each page is a turn of the lane.</summary>
    private async Task<bool> IsUsedAsync(int number, int listener, int[] found)
    {
        foreach (var begin in new[] { found[number], 0 })
        {
            for (var from = begin; from >= 0;)
            {
                var at = from;
                var use = await gateway.AskAsync(number, lane => lane.FindUse(listener, at)).WaitAsync(_stopping.Token).ConfigureAwait(false);
                if (use.IsUsed)
                {
                    found[number] = use.Next;
                    return true;
                }

                from = use.Next;
            }
        }

        return false;
    }

    private string NameOf(int listener) => gateway.Listeners[listener].Name;

    private string AddressOf(int listener) => $"{TransportNames.Text(gateway.Listeners[listener].Transport)}://{gateway.Network.Bound(listener)}";
}
