using System.Collections.Concurrent;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging.Abstractions;
using SipAlg.Calls.Registrations;
using SipAlg.Protocol.Addresses;
using SipAlg.Signaling.Transports;
using SipAlg.State;
using SipAlg.Tests.Hosting;
using SipAlg.Tests.State;

namespace SipAlg.Tests.Faults;

/// <summary>The file of registrations cannot be had, cannot be written, is damaged or hangs: phones register all the same, and it heals by itself.</summary>
public sealed class StateFaultTests : IDisposable
{
    private const string Users = "users: { alice: { password: a } }";

    private readonly string _folder = Directory.CreateTempSubdirectory("sipalg-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private string FilePath => Path.Combine(_folder, BindingState.FileName);

    private Task<RunningHost> StartAsync() => RunningHost.StartAsync(more: $"{Users}\nstate: {{ folder: {_folder} }}", realm: "domain: example.com");

    private static async Task RegisterAsync(RunningHost host)
    {
        using var phone = host.Phone();
        Assert.StartsWith("SIP/2.0 200 ", await phone.RegisterAsync("alice", "a"), StringComparison.Ordinal);
    }

    private static async Task<long> MetricAsync(RunningHost host, string name)
    {
        var text = await host.Http.GetStringAsync(new Uri("metrics", UriKind.Relative));
        return long.Parse(text.Split('\n').Single(line => line.StartsWith(name + " ", StringComparison.Ordinal)).Split(' ')[1], System.Globalization.CultureInfo.InvariantCulture);
    }

    private string[] Kept()
    {
        using var rows = new BindingRows(FilePath);
        return [.. rows.All(DateTimeOffset.UtcNow).Select(binding => binding.Aor)];
    }

    [Fact]
    public async Task A_file_that_another_program_holds_is_had_when_it_lets_go()
    {
        var other = Sqlite.Open(FilePath);
        Sqlite.Execute(other, "BEGIN EXCLUSIVE");
        await using (var host = await StartAsync())
        {
            await RegisterAsync(host);
            await Eventually.True(async () => await MetricAsync(host, "sipalg_state_failures_total") > 0, "it was tried");
            Sqlite.Execute(other, "ROLLBACK");
            other.Dispose();
            await Eventually.True(async () => await MetricAsync(host, "sipalg_state_waiting") == 0, "it is written");
        }

        Assert.Equal(["alice@example.com"], Kept());
    }

    [Fact]
    public async Task A_file_that_is_no_database_is_put_aside_with_all_that_belongs_to_it()
    {
        await File.WriteAllTextAsync(FilePath, new string('x', 8192));
        await File.WriteAllTextAsync(FilePath + "-wal", new string('x', 8192));
        await using (var host = await StartAsync())
        {
            await RegisterAsync(host);
        }

        Assert.Equal(["alice@example.com"], Kept());
        Assert.Single(Directory.GetFiles(_folder, "*.unreadable"));
    }

    /// <summary>As root, as CI is: the folder is a disk of its own, which is full.</summary>
    [Fact]
    public async Task A_full_disk_keeps_no_phone_waiting_and_has_all_when_there_is_room()
    {
        await Mounts.RunAsync("mount", "-t", "tmpfs", "-o", "size=256k", "tmpfs", _folder);
        try
        {
            var ballast = Path.Combine(_folder, "ballast");
            await using (var host = await StartAsync())
            {
                Mounts.Fill(ballast);
                await RegisterAsync(host);
                await Eventually.True(async () => await MetricAsync(host, "sipalg_state_failures_total") > 0, "the disk is full");
                Assert.Equal(1, host.Gateway.Registrar.Active(0));
                File.Delete(ballast);
                await Eventually.True(async () => await MetricAsync(host, "sipalg_state_waiting") == 0, "it is written");
            }

            Assert.Equal(["alice@example.com"], Kept());
        }
        finally
        {
            await Mounts.RunAsync("umount", _folder);
        }
    }

    /// <summary>A file that is found to be damaged while the gateway runs is begun anew with everything that stands, whatever was written of it before.</summary>
    [Theory]
    [InlineData(11, true)]
    [InlineData(26, true)]
    [InlineData(8, false)]
    [InlineData(10, false)]
    public async Task A_file_that_is_lost_is_begun_anew_with_all_that_stands(int error, bool isUnreadable)
    {
        var opened = new ConcurrentQueue<bool>();
        var rows = new BindingRows(FilePath);
        var (isLost, standing) = (false, new[] { Binding(1), Binding(2) });
        var recovery = new BindingRecovery(
            unreadable =>
            {
                opened.Enqueue(unreadable);
                Volatile.Write(ref isLost, false);
                return rows = new BindingRows(FilePath, isEmptied: true);
            },
            () => standing);
        using (var store = new BindingStore(rows, NullLogger.Instance, _ => "phones", changes => Write(changes), recovery))
        {
            var kept = 0L;
            store.Start(write => Volatile.Write(ref kept, write));
            store.Keep(Binding(1));
            store.Keep(Binding(9));
            await Eventually.True(() => Volatile.Read(ref kept) == 2, "they are kept");
            Volatile.Write(ref isLost, true);
            store.Keep(Binding(2));
            store.Forget(9);
            await Eventually.True(() => Volatile.Read(ref kept) == 4, "nobody waits for it");
            await Eventually.True(() => store.Waiting == 0 && !opened.IsEmpty, "all is written");
        }

        Assert.Equal([isUnreadable], opened);
        using var again = new BindingRows(FilePath);
        Assert.Equal([1L, 2L], again.All(Now).Select(binding => binding.Id));

        void Write(IEnumerable<BindingChange> changes)
        {
            if (Volatile.Read(ref isLost))
            {
                throw new SqliteException("lost", error);
            }

            rows.Write(changes);
        }
    }

    /// <summary>A write that does not come back (a network file system, a dying disk) holds up no answer for longer than two seconds.</summary>
    [Fact]
    public async Task A_write_that_hangs_holds_up_no_phone_and_little_memory()
    {
        using var goOn = new ManualResetEventSlim();
        var rows = new BindingRows(FilePath);
        BindingRecord[] standing = [Binding(BindingStore.MostQueued + 7)];
        var recovery = new BindingRecovery(_ => rows = new BindingRows(FilePath, isEmptied: true), () => standing);
        using (var store = new BindingStore(rows, NullLogger.Instance, _ => "phones", changes => Write(changes), recovery))
        {
            var kept = 0L;
            store.Start(write => Volatile.Write(ref kept, write));
            store.Keep(Binding(1));
            await Eventually.True(() => Volatile.Read(ref kept) == 1, "the answer goes");
            Assert.True(store.Failures > 0);
            for (var id = 2; id < BindingStore.MostQueued + 1000; id++)
            {
                store.Refresh(id, 1, Now);
            }

            Assert.InRange(store.Waiting, BindingStore.MostQueued, BindingStore.MostQueued + 10);
            goOn.Set();
            await Eventually.True(() => store.Waiting == 0, "what stands is written");
        }

        using var again = new BindingRows(FilePath);
        Assert.Equal([standing[0].Id], again.All(Now).Select(binding => binding.Id));

        void Write(IEnumerable<BindingChange> changes)
        {
            goOn.Wait();
            rows.Write(changes);
        }
    }

    private static DateTimeOffset Now { get; } = DateTimeOffset.UtcNow;

    private static BindingRecord Binding(long id) => new(
        id, $"user{id}@example.com", $"sip:user{id}@192.0.2.7", "call", 1, Now.AddHours(1), new Flow(Transport.Udp, 0, IpEndpoint.Parse("192.0.2.1:5060"), IpEndpoint.Parse("192.0.2.7:5060")), default, 1000, "", 0, "", "");
}
