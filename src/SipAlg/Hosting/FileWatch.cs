using SipAlg.Configuration.Reloading;

namespace SipAlg.Hosting;

/// <summary>
/// <c>reload: auto</c>: looks at the files of the configuration every second, and asks for a reload when they have changed and then stayed
/// the same for a second. It looks at stamps instead of waiting for events: those are lost on network file systems, and editors and
/// orchestrators swap files and links in ways that differ.
/// </summary>
/// <param name="files">The files that were read last, as they were then; null before anything was read.</param>
/// <param name="reload">Reads them again; told who asks.</param>
internal sealed class FileWatch(Func<FileStamps?> files, Func<string, Task> reload, TimeProvider time) : IAsyncDisposable
{
    private static readonly TimeSpan Period = TimeSpan.FromSeconds(1);

    /// <summary>Looking at very many files must not take more than so much of the time.</summary>
    private const int LeastShare = 50;

    private readonly CancellationTokenSource _stopping = new();
    private FileStamps? _seen;
    private TimeSpan _looked;
    private Task _loop = Task.CompletedTask;

    public void Start() => _loop = Task.Run(RunAsync);

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync().ConfigureAwait(false);
        await _loop.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _stopping.Dispose();
    }

    /// <summary>Called once a second.</summary>
    /// <returns>Whether it has asked for a reload.</returns>
    internal async Task<bool> LookAsync()
    {
        var began = time.GetTimestamp();
        var isDue = HaveSettled();
        _looked = time.GetElapsedTime(began);
        if (isDue)
        {
            await reload("files changed").ConfigureAwait(false);
        }

        return isDue;
    }

    /// <summary>They have changed, and then stayed the same from one look to the next.</summary>
    private bool HaveSettled()
    {
        if (files() is not { } read || read.Hold())
        {
            _seen = null;
            return false;
        }

        var now = read.Now();
        if (_seen is null || !_seen.Equals(now))
        {
            // Somebody is writing: half a file is no configuration.
            _seen = now;
            return false;
        }

        _seen = null;
        return true;
    }

    private async Task RunAsync()
    {
        while (!_stopping.IsCancellationRequested)
        {
            try
            {
                await LookAsync().ConfigureAwait(false);
            }
            catch (Exception)
            {
                // The reload has told the log. Whatever it was, the next change is another attempt.
            }

            // A reload is no part of it: who mends what was refused waits for the next look.
            var pause = _looked * LeastShare;
            await Task.Delay(pause > Period ? pause : Period, time, _stopping.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }
}
