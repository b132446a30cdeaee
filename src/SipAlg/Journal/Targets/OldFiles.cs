using System.Globalization;
using System.IO.Compression;
using SipAlg.Configuration;

namespace SipAlg.Journal.Targets;

/// <summary>
/// Files of call records that are over: named by the time of their last record, compressed, and deleted when they are too many or too old.
/// Compressing goes on beside the writing, one file at a time; what a crash interrupted is done with the next one.
/// </summary>
internal sealed class OldFiles(ILogger log, TimeProvider time)
{
    private const string Compressed = ".gz";
    private const string Unfinished = ".gz.new";

    /// <summary>A time that is over is noticed so much later at most.</summary>
    private static readonly TimeSpan Period = TimeSpan.FromMinutes(10);

    private readonly Lock _lock = new();
    private DateTimeOffset? _looked;
    private Task _tidied = Task.CompletedTask;

    /// <summary>Completes when all that was added is compressed.</summary>
    public Task Tidied
    {
        get
        {
            lock (_lock)
            {
                return _tidied;
            }
        }
    }

    /// <summary>What holds for those that are there; null: they are left alone.</summary>
    public CdrRotation? Rotation { get; set; }

    /// <summary>Gives a file that is over its name.</summary>
    /// <param name="path">Of the file that is written.</param>
    /// <param name="ended">The time of its last record, as it stands in the name.</param>
    /// <exception cref="IOException">It cannot be renamed.</exception>
    /// <exception cref="UnauthorizedAccessException">Likewise.</exception>
    public void Add(string path, string ended)
    {
        var (folder, stem, extension) = (Path.GetDirectoryName(path)!, Path.GetFileNameWithoutExtension(path), Path.GetExtension(path));
        var name = Path.Combine(folder, $"{stem}-{ended}");
        var (free, more) = ($"{name}{extension}", 1);
        while (File.Exists(free) || File.Exists(free + Compressed))
        {
            free = string.Create(CultureInfo.InvariantCulture, $"{name}-{++more:000}{extension}");
        }

        File.Move(path, free);
        Begin(path);
    }

    /// <summary>Their time may be over, though no other comes: called whenever the file is looked at, at a start too.</summary>
    /// <param name="path">Of the file that is written.</param>
    public void Look(string path)
    {
        if (Rotation?.KeepFor is not null && (_looked is not { } looked || (time.GetUtcNow() - looked).Duration() >= Period) && Directory.Exists(Path.GetDirectoryName(path)))
        {
            Begin(path);
        }
    }

    private void Begin(string path)
    {
        _looked = time.GetUtcNow();
        lock (_lock)
        {
            _tidied = _tidied.ContinueWith(
                _ => Tidy(Path.GetDirectoryName(path)!, Path.GetFileNameWithoutExtension(path), Path.GetExtension(path)), CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
        }
    }

    private void Tidy(string folder, string stem, string extension)
    {
        if (Rotation is not { } rotation)
        {
            return;
        }

        try
        {
            foreach (var file in Named(folder, $"{stem}-*{extension}").Where(_ => rotation.Compresses))
            {
                Compress(file.FullName);
            }

            Delete([.. Named(folder, $"{stem}-*{extension}").Concat(Named(folder, $"{stem}-*{extension}{Compressed}")).OrderByDescending(file => file.LastWriteTimeUtc).ThenByDescending(file => file.Name, StringComparer.Ordinal)], rotation);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            JournalLog.NotTidied(log, Path.Combine(folder, stem + extension), fault.Message);
        }
    }

    /// <summary>Names with a time behind the stem: <c>calls-extra.jsonl</c> is somebody else's.</summary>
    private static IEnumerable<FileInfo> Named(string folder, string pattern)
    {
        var digits = pattern.IndexOf('*', StringComparison.Ordinal);
        return new DirectoryInfo(folder).EnumerateFiles(pattern).Where(file => file.Name.Length > digits + 15 && file.Name.AsSpan(digits, 8).IndexOfAnyExceptInRange('0', '9') < 0 && file.Name[digits + 8] == '-');
    }

    private static void Compress(string path)
    {
        var last = File.GetLastWriteTimeUtc(path);
        using (var from = File.OpenRead(path))
        using (var to = new FileStream(path + Unfinished, FileMode.Create, FileAccess.Write))
        {
            using (var gzip = new GZipStream(to, CompressionLevel.Fastest, leaveOpen: true))
            {
                from.CopyTo(gzip);
            }

            // Before the other one goes.
            to.Flush(flushToDisk: true);
        }

        File.SetLastWriteTimeUtc(path + Unfinished, last);
        File.Move(path + Unfinished, path + Compressed, overwrite: true);
        File.Delete(path);
    }

    private void Delete(FileInfo[] newestFirst, CdrRotation rotation)
    {
        var oldest = rotation.KeepFor is { } age ? time.GetUtcNow() - age : DateTimeOffset.MinValue;
        foreach (var file in newestFirst.Skip(rotation.Keep).Concat(newestFirst.Take(rotation.Keep).Where(file => file.LastWriteTimeUtc < oldest)))
        {
            file.Delete();
        }
    }
}
