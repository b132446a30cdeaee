using SipAlg.Configuration;
using SipAlg.Configuration.Reloading;
using SipAlg.Hosting;

namespace SipAlg.Tests.Hosting;

/// <summary>When <c>reload: auto</c> asks for a reload: each look is one of its seconds.</summary>
public sealed class FileWatchTests : IAsyncDisposable, IAsyncLifetime
{
    private readonly string _folder = Directory.CreateTempSubdirectory("sipalg-").FullName;
    private readonly FileWatch _watch;
    private NotedFiles _files = new(new DiskFiles());
    private int _reloads;

    public FileWatchTests()
    {
        _watch = new FileWatch(() => _files.Stamps, ReadAsync, TimeProvider.System);
        File.WriteAllText(Main, "a");
    }

    private string Main => Path.Combine(_folder, "sipalg.yaml");

    Task IAsyncLifetime.InitializeAsync() => Task.CompletedTask;

    // xUnit disposes of no test class by its ValueTask.
    Task IAsyncLifetime.DisposeAsync() => DisposeAsync().AsTask();

    public async ValueTask DisposeAsync()
    {
        await _watch.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task Nothing_has_changed()
    {
        Read(Main);
        Assert.Equal([false, false, false], await LooksAsync(3));
    }

    [Fact]
    public async Task A_change_is_read_when_nobody_writes_any_more()
    {
        Read(Main);
        await File.WriteAllTextAsync(Main, "ab");
        Assert.False(await _watch.LookAsync());
        await File.AppendAllTextAsync(Main, "c");
        Assert.False(await _watch.LookAsync());
        Assert.True(await _watch.LookAsync());
        Assert.Equal([false, false], await LooksAsync(2));
    }

    [Fact]
    public async Task A_file_that_changed_while_it_was_read_is_read_again()
    {
        Read(Main);
        await File.WriteAllTextAsync(Main, "changed after the stamp was taken");
        Assert.Equal([false, true, false], await LooksAsync(3));
    }

    [Fact]
    public async Task A_file_that_takes_the_place_of_another_is_a_change()
    {
        Read(Main);
        await File.WriteAllTextAsync(Main + ".new", "b");
        File.SetLastWriteTimeUtc(Main + ".new", File.GetLastWriteTimeUtc(Main).AddSeconds(-100));
        File.Move(Main + ".new", Main, overwrite: true);
        Assert.Equal([false, true, false], await LooksAsync(3));
    }

    /// <summary>As Kubernetes does: the files are links into a folder that is a link itself, and only that one is swapped.</summary>
    [Fact]
    public async Task A_swapped_link_of_a_folder_is_a_change()
    {
        foreach (var version in new[] { "1", "22" })
        {
            Directory.CreateDirectory(Path.Combine(_folder, version));
            await File.WriteAllTextAsync(Path.Combine(_folder, version, "d.yaml"), version);
        }

        var data = Path.Combine(_folder, "..data");
        Directory.CreateSymbolicLink(data, "1");
        var linked = Path.Combine(_folder, "d.yaml");
        File.CreateSymbolicLink(linked, "..data/d.yaml");
        Read(linked);
        Assert.Equal([false, false], await LooksAsync(2));

        Directory.Delete(data);
        Directory.CreateSymbolicLink(data, "22");
        Assert.Equal([false, true], await LooksAsync(2));
    }

    /// <summary>Stores that keep every version (Nix), images made reproducibly and <c>rsync --times</c> give files of the same length the same time.</summary>
    [Fact]
    public async Task A_swapped_link_to_a_file_of_the_same_length_and_time_is_a_change()
    {
        foreach (var version in new[] { "1", "2" })
        {
            await File.WriteAllTextAsync(Path.Combine(_folder, version), version);
            File.SetLastWriteTimeUtc(Path.Combine(_folder, version), DateTime.UnixEpoch.AddSeconds(1));
        }

        var linked = Path.Combine(_folder, "d.yaml");
        File.CreateSymbolicLink(linked, "1");
        Read(linked);
        Assert.Equal([false, false], await LooksAsync(2));

        File.CreateSymbolicLink(linked + ".new", "2");
        File.Move(linked + ".new", linked, overwrite: true);
        Assert.Equal([false, true, false], await LooksAsync(3));
    }

    [Fact]
    public async Task A_file_written_in_place_that_keeps_its_time_is_a_change()
    {
        var time = File.GetLastWriteTimeUtc(Main);
        Read(Main);
        await File.WriteAllTextAsync(Main, "b");
        File.SetLastWriteTimeUtc(Main, time);
        Assert.Equal([false, true, false], await LooksAsync(3));
    }

    [Fact]
    public async Task A_file_that_was_not_there_is_waited_for()
    {
        Read(Path.Combine(_folder, "none.csv"));
        Assert.False(await _watch.LookAsync());
        await File.WriteAllTextAsync(Path.Combine(_folder, "none.csv"), "x");
        Assert.Equal([false, true], await LooksAsync(2));
    }

    [Fact]
    public async Task Another_file_in_a_folder_is_a_change()
    {
        ((ISourceFiles)_files).ListYaml(_folder);
        await File.WriteAllTextAsync(Path.Combine(_folder, "more.txt"), "x");
        Assert.Equal([false, false], await LooksAsync(2));
        await File.WriteAllTextAsync(Path.Combine(_folder, "more.yaml"), "x");
        Assert.Equal([false, true], await LooksAsync(2));
    }

    /// <summary>Of large tables a reload takes seconds, and who mends a file that was refused waits for the next look.</summary>
    [Fact]
    public async Task What_a_reload_takes_holds_up_no_look()
    {
        var time = new NotedPauses();
        await using var watch = new FileWatch(
            () => _files.Stamps,
            reason =>
            {
                time.Now += 10_000;
                return ReadAsync(reason);
            },
            time);
        Read(Main);
        await File.WriteAllTextAsync(Main, "ab");
        watch.Start();
        await Eventually.True(() => _reloads == 1 && time.Pauses.Count > 3, "it has looked again after the reload");
        Assert.All(time.Pauses, pause => Assert.Equal(TimeSpan.FromSeconds(1), pause));
    }

    /// <summary>A clock that is moved by hand, and pauses that are over at once.</summary>
    private sealed class NotedPauses : TimeProvider
    {
        public long Now { get; set; }

        public System.Collections.Concurrent.ConcurrentQueue<TimeSpan> Pauses { get; } = [];

        public override long TimestampFrequency => 1000;

        public override long GetTimestamp() => Now;

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            Pauses.Enqueue(dueTime);
            return base.CreateTimer(callback, state, TimeSpan.Zero, period);
        }
    }

    private void Read(string path) => _files.TryRead(path, out _, out _);

    private Task ReadAsync(string reason)
    {
        _reloads++;
        Assert.Equal("files changed", reason);
        var again = new NotedFiles(new DiskFiles());
        foreach (var path in Directory.GetFiles(_folder))
        {
            again.TryRead(path, out _, out _);
        }

        again.ListYaml(_folder);
        _files = again;
        return Task.CompletedTask;
    }

    private async Task<IEnumerable<bool>> LooksAsync(int count)
    {
        var looks = new bool[count];
        for (var look = 0; look < count; look++)
        {
            var before = _reloads;
            looks[look] = await _watch.LookAsync();
            Assert.Equal(looks[look], _reloads > before);
        }

        return looks;
    }
}
