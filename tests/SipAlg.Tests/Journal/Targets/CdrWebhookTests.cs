using System.Text;
using SipAlg.Configuration;
using SipAlg.Journal.Targets;
using SipAlg.Tests.Hosting;

namespace SipAlg.Tests.Journal.Targets;

/// <summary>Records that are posted to a real HTTP server which fails, hangs, and comes back.</summary>
public sealed class CdrWebhookTests : IAsyncDisposable, IAsyncLifetime
{
    private static readonly TimeSpan Soon = TimeSpan.FromMilliseconds(5);
    private readonly string _folder = Directory.CreateTempSubdirectory("sipalg-").FullName;
    private readonly BillingServer _server = new();
    private readonly KeptLog _log = new();
    private readonly CdrSpool _spool;
    private CdrWebhook? _webhook;

    public CdrWebhookTests() => _spool = new CdrSpool(_folder, _ => { }, () => _webhook?.Wake());

    Task IAsyncLifetime.InitializeAsync() => Task.CompletedTask;

    // xUnit disposes of no test class by its ValueTask.
    Task IAsyncLifetime.DisposeAsync() => DisposeAsync().AsTask();

    public async ValueTask DisposeAsync()
    {
        if (_webhook is not null)
        {
            await _webhook.DisposeAsync();
        }

        _server.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task Posts_batches_in_their_order_with_its_token()
    {
        Add(1, 25);
        _server.Start();
        _webhook = Open(batch: 10);
        await HasAsync(25);

        Assert.Equal(("Bearer secret", "application/json"), _server.Last);
        Assert.Equal(3, _server.Requests);
        await Eventually.True(() => _webhook.Delivered == 25 && _spool.Records == 0, "all are counted");
        Add(26, 30);
        await HasAsync(30);
        Assert.Equal(0, _webhook.Failures);
    }

    /// <summary>Not there, then busy, then hanging, then well: each record comes once here, in order.</summary>
    [Fact]
    public async Task A_server_that_fails_and_hangs_and_comes_back_gets_all_in_their_order()
    {
        Add(1, 3);
        _webhook = Open(batch: 2, timeout: TimeSpan.FromMilliseconds(100));
        await Eventually.True(() => _webhook.Failures >= 2, "nobody is there");
        Assert.Contains("are not delivered to http://", Assert.Single(_log.Lines), StringComparison.Ordinal);

        _server.Status = _ => 503;
        _server.RetryAfter = "0";
        _server.Start();
        await FailsAsync(2);
        _server.Status = _ => 302;
        await FailsAsync(1);
        _server.Status = _ => 0;
        await FailsAsync(2);
        Add(4, 5);
        // A busy machine may answer later than the 100 ms that the silence was waited for, and what is not answered in time comes again.
        _server.Status = _ => 503;
        _webhook.MoveTo(Settings(_server, 2, TimeSpan.FromSeconds(30)));
        await FailsAsync(2);
        _server.Status = _ => 200;
        await HasAsync(5);

        await Eventually.True(() => _webhook.Delivered == 5, "all are counted");
        Assert.Contains("are delivered to", _log.Lines.Last(), StringComparison.Ordinal);
        Assert.All(_log.Lines.Index(), line => Assert.Contains(line.Index % 2 == 0 ? "are not delivered to" : "are delivered to", line.Item, StringComparison.Ordinal));
        _server.Stop();
        Add(6, 6);
        await FailsAsync(1);
        _server.Start();
        await HasAsync(6);
    }

    [Fact]
    public async Task A_batch_that_is_too_large_is_halved()
    {
        Add(1, 20);
        _server.Status = records => records > 3 ? 413 : 200;
        _server.Start();
        _webhook = Open(batch: 16);
        await HasAsync(20);
    }

    [Fact]
    public async Task Without_a_server_they_wait_and_another_one_gets_them()
    {
        Add(1, 2);
        _server.Start();
        _webhook = Open(batch: 1);
        await HasAsync(2);
        _webhook.MoveTo(null);
        Add(3, 4);
        Assert.Equal(2, _spool.Records);

        using var other = new BillingServer().Start();
        _webhook.MoveTo(Settings(other, 10, TimeSpan.FromSeconds(30)));
        await Eventually.True(() => other.Ids.Length == 2, "the other one has them");
        Assert.Equal(["3", "4"], other.Ids);
    }

    [Fact]
    public async Task Stops_at_once_while_a_server_says_nothing()
    {
        Add(1, 1);
        _server.Status = _ => 0;
        _server.Start();
        _webhook = Open(batch: 1);
        await Eventually.True(() => _server.Requests == 1, "it is asked");
        await _webhook.DisposeAsync().AsTask().WaitAsync(TimeSpan.FromSeconds(30));
        _webhook = null;
        Assert.Equal(1, _spool.Records);
    }

    [Fact]
    public void Waits_longer_each_time_by_lot_and_as_long_as_it_is_asked_to()
    {
        var backoff = new Backoff(TimeSpan.FromSeconds(1), new Random(1));
        var waits = Enumerable.Range(0, 12).Select(_ => backoff.Failed().TotalSeconds).ToArray();
        Assert.All(waits.Select((wait, index) => (wait, most: Math.Min(300, Math.Pow(2, index)))), step => Assert.InRange(step.wait, step.most / 2, step.most));
        Assert.NotEqual(waits[10], waits[11]);

        backoff.Succeeded();
        Assert.InRange(backoff.Failed().TotalSeconds, 0.5, 1);
        Assert.Equal(60, backoff.Failed(TimeSpan.FromSeconds(60)).TotalSeconds);
        Assert.Equal(300, backoff.Failed(TimeSpan.FromDays(1)).TotalSeconds);
    }

    private void Add(int from, int to)
    {
        for (var id = from; id <= to; id++)
        {
            _spool.Append(Encoding.ASCII.GetBytes($"{{\"id\":\"{id}\"}}\n"), 1);
        }
    }

    private CdrWebhook Open(int batch, TimeSpan? timeout = null) => new(Settings(_server, batch, timeout ?? TimeSpan.FromSeconds(30)), _spool, _log, TimeProvider.System, Soon);

    private WebhookSettings Settings(BillingServer server, int batch, TimeSpan timeout) => new(server.Url, "secret", batch, timeout, _folder, long.MaxValue);

    private async Task HasAsync(int last)
    {
        await Eventually.True(() => _server.Ids.Length >= last, $"the server has {last}");
        Assert.Equal(Enumerable.Range(1, last).Select(id => id.ToString(System.Globalization.CultureInfo.InvariantCulture)), _server.Ids);
    }

    private async Task FailsAsync(int more)
    {
        var before = _webhook!.Failures;
        await Eventually.True(() => _webhook.Failures >= before + more, "it fails");
    }
}
