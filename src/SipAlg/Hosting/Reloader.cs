using System.Collections.Immutable;
using SipAlg.Configuration;
using SipAlg.Configuration.Problems;
using SipAlg.Configuration.Reloading;

namespace SipAlg.Hosting;

/// <summary>
/// Reads the configuration again: everything is read and checked and the dialplan's tests are run before anything changes; then all of it
/// changes at once. One reload at a time; who asks meanwhile waits for one of his own.
/// </summary>
/// <param name="running">What runs from the start.</param>
/// <param name="load">Reads the configuration, for the model that it is to take the place of.</param>
/// <param name="apply">Lets it take effect, or says what stands against it.</param>
internal sealed class Reloader(
    LoadedConfiguration running, Func<LoadedConfiguration, NotedFiles, LoadResult> load, Func<LoadedConfiguration, Task<ImmutableArray<Problem>>> apply, ILogger log, TimeProvider time) : IAsyncDisposable
{
    /// <summary>For a reload that is under way to end before the gateway does.</summary>
    private static readonly TimeSpan EndWait = TimeSpan.FromSeconds(1);

    private readonly SemaphoreSlim _turn = new(1);
    private volatile bool _isOver;
    private LoadedConfiguration _running = running;
    private LastReload _last = new(true, time.GetUtcNow());
    private FileStamps? _read;

    /// <summary>What runs.</summary>
    public LoadedConfiguration Running => Volatile.Read(ref _running);

    /// <summary>Read from any thread.</summary>
    public LastReload Last => Volatile.Read(ref _last);

    /// <summary>The files of the last reading, as they were then; null before the first reload.</summary>
    public FileStamps? Read => Volatile.Read(ref _read);

    /// <param name="reason">Who asks, for the log.</param>
    public async Task<ReloadResult> ReloadAsync(string reason)
    {
        await _turn.WaitAsync().ConfigureAwait(false);
        try
        {
            return await RunAsync(reason).ConfigureAwait(false);
        }
        catch (Exception fault)
        {
            // Nobody of those who ask by signal or by file waits for this.
            HostingLog.ReloadFailed(log, reason, fault);
            Note(isSuccess: false);
            throw;
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <summary>Nothing is reloaded any more.</summary>
    public async ValueTask DisposeAsync()
    {
        _isOver = true;
        if (await _turn.WaitAsync(EndWait).ConfigureAwait(false))
        {
            _turn.Release();
        }
    }

    private async Task<ReloadResult> RunAsync(string reason)
    {
        if (_isOver)
        {
            return new ReloadResult(false, []);
        }

        var began = time.GetTimestamp();
        var files = new NotedFiles(new DiskFiles());
        var loaded = load(Running, files).WithTests(time);
        Volatile.Write(ref _read, files.Stamps);
        var problems = loaded.Configuration is { } read ? loaded.Problems.AddRange(RestartChecks.Of(Running, read)) : loaded.Problems;
        if (loaded.Configuration is not { } next || HasErrors(problems))
        {
            return Refused(reason, problems);
        }

        problems = problems.AddRange(await apply(next).ConfigureAwait(false));
        if (HasErrors(problems))
        {
            return Refused(reason, problems);
        }

        Volatile.Write(ref _running, next);
        Note(isSuccess: true);
        var model = next.Model;
        HostingLog.Reloaded(
            log, reason, (long)time.GetElapsedTime(began).TotalMilliseconds, model.Dialplan.Routes.Length, model.Peers.Count(peer => !peer.IsRemoved), model.Users.Users.Count(user => !user.IsRemoved));
        foreach (var warning in problems)
        {
            HostingLog.ConfigurationWarning(log, warning.WithHint);
        }

        return new ReloadResult(true, problems);
    }

    private ReloadResult Refused(string reason, ImmutableArray<Problem> problems)
    {
        Note(isSuccess: false);
        HostingLog.ReloadRefused(log, reason, string.Join("; ", problems.Where(problem => problem.Severity == Severity.Error).Select(problem => problem.WithHint)));
        return new ReloadResult(false, problems);
    }

    private static bool HasErrors(ImmutableArray<Problem> problems) => problems.Any(problem => problem.Severity == Severity.Error);

    private void Note(bool isSuccess) => Volatile.Write(ref _last, new LastReload(isSuccess, time.GetUtcNow()));
}
