using System.Net;
using System.Net.Http.Headers;
using System.Net.Mime;
using System.Threading.Channels;
using SipAlg.Configuration;

namespace SipAlg.Journal.Targets;

/// <summary>
/// Posts call records to a server, in their order, a batch at a time: an answer 2xx says that it has them, anything else and they are sent
/// once more, later and later. So each comes at least once.
/// </summary>
internal sealed class CdrWebhook : IAsyncDisposable
{
    private static readonly TimeSpan FirstWait = TimeSpan.FromSeconds(1);

    private readonly CdrSpool _spool;
    private readonly ILogger _log;
    private readonly TimeProvider _time;
    private readonly Backoff _backoff;
    private readonly Channel<bool> _more = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
    private readonly CancellationTokenSource _ended = new();
    private readonly HttpClient _http;
    private readonly Task _loop;
    private volatile WebhookSettings? _settings;
    private long _delivered;
    private long _failures;
    private int _most = int.MaxValue;
    private bool _isFailing;

    /// <param name="settings">Of the server.</param>
    /// <param name="spool">What waits for it.</param>
    /// <param name="wait">After the first failure; null: a second.</param>
    public CdrWebhook(WebhookSettings settings, CdrSpool spool, ILogger log, TimeProvider time, TimeSpan? wait = null)
    {
        (_settings, _spool, _log, _time, _backoff) = (settings, spool, log, time, new Backoff(wait ?? FirstWait, Random.Shared));
        _http = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false, PooledConnectionLifetime = Backoff.Most }) { Timeout = Timeout.InfiniteTimeSpan };
        _loop = Task.Run(RunAsync);
    }

    /// <summary>Records that the server has.</summary>
    public long Delivered => Volatile.Read(ref _delivered);

    /// <summary>Requests that failed.</summary>
    public long Failures => Volatile.Read(ref _failures);

    /// <summary>Another server, or none: then what waits stays.</summary>
    public void MoveTo(WebhookSettings? settings)
    {
        _settings = settings;
        Wake();
    }

    /// <summary>Something waits.</summary>
    public void Wake() => _more.Writer.TryWrite(true);

    public async ValueTask DisposeAsync()
    {
        await _ended.CancelAsync().ConfigureAwait(false);
        await _loop.ConfigureAwait(false);
        _http.Dispose();
        _ended.Dispose();
    }

    private async Task RunAsync()
    {
        while (!_ended.IsCancellationRequested)
        {
            var pause = await TurnAsync().ConfigureAwait(false) is { } wait ? Task.Delay(wait, _time, _ended.Token) : _more.Reader.ReadAsync(_ended.Token).AsTask();
            await pause.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <returns>How long to wait; null: until there is something.</returns>
    private async Task<TimeSpan?> TurnAsync()
    {
        try
        {
            if (_settings is not { } settings || _spool.Oldest(Math.Min(settings.Batch, _most)) is not { } records)
            {
                return null;
            }

            using var answer = await PostAsync(settings, records).ConfigureAwait(false);
            if (answer.IsSuccessStatusCode)
            {
                Succeeded(settings, records);
                return TimeSpan.Zero;
            }

            return Refused(settings, records, answer);
        }
        catch (OperationCanceledException) when (_ended.IsCancellationRequested)
        {
            return TimeSpan.Zero;
        }
        catch (OperationCanceledException)
        {
            return Failed("no answer in time");
        }
        catch (Exception fault) when (fault is HttpRequestException or IOException or UnauthorizedAccessException)
        {
            return Failed(fault.Message);
        }
    }

    private async Task<HttpResponseMessage> PostAsync(WebhookSettings settings, SpooledRecords records)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(_ended.Token);
        patience.CancelAfter(settings.Timeout);
        using var request = new HttpRequestMessage(HttpMethod.Post, settings.Url) { Content = new ByteArrayContent(AsArray(records.Lines)) };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue(MediaTypeNames.Application.Json);
        request.Headers.Authorization = settings.Token is null ? null : new AuthenticationHeaderValue("Bearer", settings.Token);

        // The answer's body is nobody's concern, and may be without end.
        return await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, patience.Token).ConfigureAwait(false);
    }

    /// <summary>Lines end in a line feed, which becomes the comma or the end of the array.</summary>
    internal static byte[] AsArray(ReadOnlySpan<byte> lines)
    {
        var array = new byte[lines.Length + 1];
        array[0] = (byte)'[';
        lines.CopyTo(array.AsSpan(1));
        array.AsSpan(1).Replace((byte)'\n', (byte)',');
        array[^1] = (byte)']';
        return array;
    }

    private void Succeeded(WebhookSettings settings, SpooledRecords records)
    {
        _backoff.Succeeded();
        _most = _most > settings.Batch / 2 ? int.MaxValue : _most * 2;
        Volatile.Write(ref _delivered, _delivered + (_spool.Taken(records) ? records.Records : 0));
        if (_isFailing)
        {
            _isFailing = false;
            JournalLog.DeliveredAgain(_log, settings.Url, _spool.Records);
        }
    }

    private TimeSpan Refused(WebhookSettings settings, SpooledRecords records, HttpResponseMessage answer)
    {
        if (answer.StatusCode == HttpStatusCode.RequestEntityTooLarge && records.Records > 1)
        {
            _most = records.Records / 2;
            return TimeSpan.Zero;
        }

        var asked = answer.Headers.RetryAfter is { } after ? after.Delta ?? after.Date - _time.GetUtcNow() : null;
        return Failed($"it answered {(int)answer.StatusCode}", asked);
    }

    private TimeSpan Failed(string reason, TimeSpan? asked = null)
    {
        Volatile.Write(ref _failures, _failures + 1);
        if (!_isFailing && _settings is { } settings)
        {
            _isFailing = true;
            JournalLog.NotDelivered(_log, settings.Url, reason);
        }

        return _backoff.Failed(asked);
    }
}
