using SipAlg.Protocol.Sip;
using SipAlg.Signaling.Traces;

namespace SipAlg.Hep;

/// <summary>
/// Sends what the lanes have kept since the last time, ten times a second. While the collector cannot be reached the messages wait where
/// they are kept, as long as they are.
/// </summary>
internal sealed class HepSender : IAsyncDisposable
{
    private static readonly TimeSpan Period = TimeSpan.FromMilliseconds(100);

    /// <summary>How long nothing must fail until it is said that all is well again.</summary>
    private static readonly TimeSpan Calm = TimeSpan.FromSeconds(10);

    /// <summary>For what is left at the end.</summary>
    private static readonly TimeSpan LastWait = TimeSpan.FromMilliseconds(200);

    private readonly HepSettings _settings;
    private readonly TraceFeed[] _feeds;
    private readonly long[] _lost;
    private readonly HepLink _link;
    private readonly HepCounters _counters;
    private readonly ILogger _log;
    private readonly TimeProvider _time;
    private readonly HepCalls _calls;
    private readonly HepPacket _packet;
    private readonly byte[] _room = new byte[SipLimits.Message];
    private readonly CancellationTokenSource _stopping = new();
    private readonly PeriodicTimer _timer;
    private readonly Task _loop;
    private bool _isFailing;
    private long _failedAt;

    public HepSender(HepSettings settings, IEnumerable<MessageTrace> traces, HepLink link, HepCounters counters, ILogger log, TimeProvider time)
    {
        (_settings, _link, _counters, _log, _time) = (settings, link, counters, log, time);
        _feeds = [.. traces.Select(trace => trace.Feed())];
        _lost = new long[_feeds.Length];
        _calls = new HepCalls(time);
        _packet = new HepPacket(settings.Id, settings.Password);
        counters.State = HepState.Up;
        _timer = new PeriodicTimer(Period, time);
        _loop = Task.Run(RunAsync);
    }

    /// <summary>Sends what is left, for a bounded time, and ends.</summary>
    public async ValueTask DisposeAsync()
    {
        _timer.Dispose();
        _stopping.CancelAfter(LastWait);
        await _loop.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _link.Dispose();
        _counters.State = HepState.Off;
        _stopping.Dispose();
    }

    private async Task RunAsync()
    {
        do
        {
            await SendAllAsync().ConfigureAwait(false);
        }
        while (await _timer.WaitForNextTickAsync().ConfigureAwait(false));

        await SendAllAsync().ConfigureAwait(false);
    }

    private async Task SendAllAsync()
    {
        _calls.Forget();
        if (await _link.OpenAsync(_stopping.Token).ConfigureAwait(false) is { } fault)
        {
            Failed(fault);
            return;
        }

        for (var lane = 0; lane < _feeds.Length; lane++)
        {
            if (!await SendAllAsync(_feeds[lane]).ConfigureAwait(false))
            {
                return;
            }

            _counters.CountOverrun(_feeds[lane].Lost - _lost[lane]);
            _lost[lane] = _feeds[lane].Lost;
        }

        if (_isFailing && _time.GetElapsedTime(_failedAt) >= Calm)
        {
            _isFailing = false;
            _counters.State = HepState.Up;
            HepLog.Works(_log, _settings.Target);
        }
    }

    /// <returns>False: the connection is gone.</returns>
    private async ValueTask<bool> SendAllAsync(TraceFeed feed)
    {
        while (feed.TryNext(_room, out var message))
        {
            var call = _calls.Of(message);
            if (message.IsUnsent)
            {
                continue;
            }

            _packet.Write(message, _room.AsSpan(0, message.Length), call);
            if (_packet.Octets.Length > (_settings.IsStream ? HepPacket.Most : HepPacket.MostDatagram))
            {
                _counters.CountTooLong();
            }
            else if (await _link.SendAsync(_packet.Octets, _stopping.Token).ConfigureAwait(false) is { } fault)
            {
                // Over UDP this is the one before it, which has been counted as sent.
                _counters.CountUnsent();
                Failed(fault);
                if (_settings.IsStream)
                {
                    return false;
                }
            }
            else
            {
                _counters.CountSent();
            }
        }

        return true;
    }

    private void Failed(string fault)
    {
        _failedAt = _time.GetTimestamp();
        if (!_isFailing)
        {
            _isFailing = true;
            _counters.State = HepState.Down;
            HepLog.Fails(_log, _settings.Target, fault);
        }
    }
}
