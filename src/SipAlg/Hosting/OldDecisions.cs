using SipAlg.Calls.Calls;
using SipAlg.Journal;

namespace SipAlg.Hosting;

/// <summary>
/// Writes down what dialplans have decided that are let go, of the calls that stand and of those that are listed: each once, by a thread of
/// the pool that rests in between, while the old dialplans are still there to be asked. With 10,000 routes and 2,000 calls that is a second
/// or two of work, of which neither a lane nor the reload takes part.
/// </summary>
internal sealed class OldDecisions(Gateway gateway, CallJournal journal, ILogger log, TimeProvider time) : IAsyncDisposable
{
    /// <summary>One part in five of a processor.</summary>
    private static readonly TimeSpan Piece = TimeSpan.FromMilliseconds(2);
    private static readonly TimeSpan Rest = TimeSpan.FromMilliseconds(8);

    /// <summary>For a lane's answer; a healthy one takes milliseconds.</summary>
    private static readonly TimeSpan LaneWait = TimeSpan.FromSeconds(2);

    /// <summary>Calls of one look at the messages that are kept.</summary>
    private const int Page = 1000;

    private readonly CancellationTokenSource _stopping = new();
    private readonly LiveCalls _live = new(gateway);
    private volatile TaskCompletionSource _hurry = new();
    private Task _work = Task.CompletedTask;

    /// <summary>Another dialplan has taken effect, on every lane. Does not wait.</summary>
    public void Begin()
    {
        _hurry = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _work = Task.Run(RunAsync);
    }

    /// <summary>Another dialplan is about to take effect: what is under way comes to its end without rests, so that the old ones do not gather.</summary>
    public async Task FinishAsync()
    {
        _hurry.TrySetResult();
        await _work.ConfigureAwait(false);
    }

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync().ConfigureAwait(false);
        await _work.ConfigureAwait(false);
        _stopping.Dispose();
    }

    private async Task RunAsync()
    {
        try
        {
            for (LiveCursor? from = default(LiveCursor); from is { } at;)
            {
                var (calls, next) = await _live.ListAsync(at, Page, journal.Recent.IsOutdated).WaitAsync(LaneWait, time, _stopping.Token).ConfigureAwait(false);
                await WriteAsync([.. calls.Select(call => call.Fixed)]).ConfigureAwait(false);
                from = next;
            }

            // No call of an old dialplan has begun since; those that have ended meanwhile are in the list now.
            await journal.CatchUpAsync(_stopping.Token).ConfigureAwait(false);
            foreach (var page in journal.Recent.Outdated().Chunk(Page))
            {
                await WriteAsync(page).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException) when (_stopping.IsCancellationRequested)
        {
            // They end with the process.
        }
        catch (Exception fault)
        {
            HostingLog.OldDecisionsFailed(log, fault);
        }
    }

    private async Task WriteAsync(CallRecord[] records)
    {
        var inviteOf = KeptInvites.Of(records, gateway);
        var began = time.GetTimestamp();
        foreach (var record in records)
        {
            record.Forget(DecisionNote.Write(record, inviteOf(record)));
            if (time.GetElapsedTime(began) >= Piece)
            {
                await RestAsync().ConfigureAwait(false);
                began = time.GetTimestamp();
            }
        }
    }

    private async Task RestAsync()
    {
        await _hurry.Task.WaitAsync(Rest, time, _stopping.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _stopping.Token.ThrowIfCancellationRequested();
    }
}
