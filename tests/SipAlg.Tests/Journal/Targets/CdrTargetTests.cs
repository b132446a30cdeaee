using System.Buffers;
using System.Diagnostics;
using System.Text;
using SipAlg.Configuration;
using SipAlg.Journal;
using SipAlg.Journal.Targets;
using SipAlg.Testing;
using SipAlg.Tests.Hosting;

namespace SipAlg.Tests.Journal.Targets;

/// <summary>A target that hangs or whose disk is full: nobody waits for it, and what can be kept is.</summary>
public sealed class CdrTargetTests
{
    private readonly KeptLog _log = new();

    [Fact]
    public async Task A_target_that_hangs_holds_nobody_up_and_what_is_too_much_is_counted()
    {
        using var sink = new HangingSink();
        var time = new ManualTime();
        using var target = new CdrTarget("file", Id, sink, _log, time);
        target.Add(Records.Of(0));
        await Eventually.True(() => sink.Appends == 1, "the write hangs");

        // A lane's side of it: as many as fit wait, the rest is dropped; were this to wait for the sink, it would never end.
        for (ulong id = 1; id <= CdrTarget.QueueLength + 10; id++)
        {
            target.Add(Records.Of(id));
        }

        Assert.Equal((CdrTarget.QueueLength + 1, 10), (target.Queued, target.Dropped));
        Assert.Contains("are lost", Assert.Single(_log.Lines), StringComparison.Ordinal);

        time.MoveTo(4_000);
        target.Watch();
        time.MoveTo(6_000);
        target.Watch();
        target.Watch();
        Assert.Contains("a write has lasted longer than 5 s", Assert.Single(_log.Lines.Skip(1)), StringComparison.Ordinal);

        target.End(TimeSpan.FromMilliseconds(1));
        Assert.Contains($"{CdrTarget.QueueLength + 1} are lost", Assert.Single(_log.Lines.Skip(2)), StringComparison.Ordinal);

        sink.Dispose();
        await Eventually.True(() => target.Written == CdrTarget.QueueLength + 1, "it goes on where it was");
        Assert.Equal(Enumerable.Range(0, CdrTarget.QueueLength + 1).Select(id => id.ToString(System.Globalization.CultureInfo.InvariantCulture)), sink.Lines);
    }

    [Fact]
    public async Task A_record_that_is_a_defect_takes_no_other_with_it()
    {
        using var sink = new HangingSink();
        sink.Dispose();
        using var target = new CdrTarget("file", (call, lines) =>
        {
            Id(call, lines);
            if (call.Record.Id == 2)
            {
                throw new InvalidOperationException("a defect");
            }
        }, sink, _log, TimeProvider.System);
        for (ulong id = 1; id <= 3; id++)
        {
            target.Add(Records.Of(id));
        }

        await Eventually.True(() => target.Written == 2, "the others are written");
        target.End(TimeSpan.FromSeconds(30));
        Assert.Equal(1, target.Lost);
        Assert.Equal(["1", "3"], sink.Lines);
    }

    /// <summary>As root, as CI is: a disk of 64 KiB.</summary>
    [Fact]
    public async Task A_full_disk_loses_nothing_writes_nothing_twice_and_heals()
    {
        var folder = Directory.CreateTempSubdirectory("sipalg-").FullName;
        await RunAsync("mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", folder);
        try
        {
            var path = Path.Combine(folder, "calls.jsonl");
            await File.WriteAllBytesAsync(Path.Combine(folder, "ballast"), new byte[40_000]);
            var file = new CdrFile(new CdrFileSettings(path), [], new OldFiles(_log, TimeProvider.System), TimeProvider.System);
            using var target = new CdrTarget("file", (call, lines) => lines.Write(Encoding.ASCII.GetBytes($"{call.Record.Id:d999}\n")), file, _log, TimeProvider.System, TimeSpan.FromMilliseconds(10));
            for (ulong id = 0; id < 40; id++)
            {
                target.Add(Records.Of(id));
            }

            await Eventually.True(() => target.Failures > 2, "the disk is full");
            Assert.Contains("No space left", Assert.Single(_log.Lines), StringComparison.Ordinal);
            File.Delete(Path.Combine(folder, "ballast"));
            await Eventually.True(() => target.Written == 40, "all are written");
            target.End(TimeSpan.FromSeconds(30));

            Assert.Equal(Enumerable.Range(0, 40), (await File.ReadAllLinesAsync(path)).Select(line => int.Parse(line, System.Globalization.CultureInfo.InvariantCulture)));
        }
        finally
        {
            await RunAsync("umount", folder);
            Directory.Delete(folder);
        }
    }

    private static void Id(JudgedCall call, IBufferWriter<byte> lines) => lines.Write(Encoding.ASCII.GetBytes($"{call.Record.Id}\n"));

    private static async Task RunAsync(string program, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardError = true })!;
        var error = await process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        Assert.True(process.ExitCode == 0, error);
    }

    private sealed class HangingSink : ICdrSink, IDisposable
    {
        private readonly ManualResetEventSlim _goOn = new();
        private int _appends;

        public List<string> Lines { get; } = [];

        public int Appends => Volatile.Read(ref _appends);

        public string Place => "a disk";

        public void Append(ReadOnlySpan<byte> lines, int records)
        {
            Interlocked.Increment(ref _appends);
            _goOn.Wait();
            Lines.AddRange(Encoding.ASCII.GetString(lines).Split('\n', StringSplitOptions.RemoveEmptyEntries));
        }

        public void Idle()
        {
        }

        /// <summary>Lets it go.</summary>
        public void Dispose() => _goOn.Set();
    }
}
