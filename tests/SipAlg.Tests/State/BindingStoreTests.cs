using System.Collections.Concurrent;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging.Abstractions;
using SipAlg.Calls.Registrations;
using SipAlg.Protocol.Addresses;
using SipAlg.Signaling.Transports;
using SipAlg.State;

namespace SipAlg.Tests.State;

public sealed class BindingStoreTests : IDisposable
{
    private static readonly DateTimeOffset Now = new(2026, 11, 21, 12, 0, 0, TimeSpan.Zero);
    private static readonly Flow Way = new(Transport.Tcp, 1, IpEndpoint.Parse("10.0.0.1:5060"), IpEndpoint.Parse("[2001:db8::5]:40000"), connection: 7);

    /// <summary>The same without its connection.</summary>
    private static readonly Flow Reached = new(Way.Transport, Way.Listener, Way.Local, Way.Remote);

    private readonly string _folder = Directory.CreateTempSubdirectory("sipalg-state").FullName;

    private string FilePath => Path.Combine(_folder, "registrations.db");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private static BindingRecord Binding(long id, uint cseq = 1, double minutes = 10) => new(id, "alice@example.com", $"sip:alice@192.0.2.{id};ob", "call", cseq,
        Now.AddMinutes(minutes), Way, BindingTraits.IsOutbound | BindingTraits.IsBehindNat, 700, "urn:uuid:1", 2, "<sip:edge;lr;ob>", "Phone 1.0 \"ü\"") { Since = 1_795_000_000_000 };

    /// <summary>A refresh that was answered here leaves the registrar's time as it was; a binding that ends leaves nothing.</summary>
    [Fact]
    public void How_a_binding_stands_with_its_registrar_is_kept_too()
    {
        var relayed = Binding(1) with { Token = 0xF234_5678_9ABC_DEF0, UpstreamExpires = Now.AddMinutes(10), Registrar = "pbx" };
        using (var store = Open(out var kept))
        {
            store.Keep(relayed);
            store.Keep(Plain);
            store.Keep(relayed with { Id = 2, Token = 7 });
            Assert.Equal(3, Last(kept, 3));
            store.Refresh(1, 5, Now.AddMinutes(1));
            store.Forget(2);
            Assert.Equal(5, Last(kept, 5));
        }

        using var rows = new BindingRows(FilePath);
        Assert.Equal([relayed with { CSeq = 5, Expires = Now.AddMinutes(1), Flow = Reached }, Plain with { Flow = Reached }], rows.All(Now));
    }

    /// <summary>What a phone without extensions registers.</summary>
    private static BindingRecord Plain => Binding(5) with { Traits = BindingTraits.None, Q = 1000, Instance = "", RegId = 0, Path = "", Agent = "" };

    [Fact]
    public void What_is_kept_is_read_again()
    {
        using (var store = Open(out var kept))
        {
            store.Keep(Binding(1));
            store.Keep(Binding(2));
            store.Refresh(1, 9, Now.AddMinutes(20));
            store.Keep(Binding(3));
            store.Forget(2);
            store.Keep(Binding(4, minutes: 0));
            store.Keep(Plain);
            Assert.Equal(7, Last(kept, 7));
        }

        using var rows = new BindingRows(FilePath);
        Assert.Equal([Binding(1, cseq: 9, minutes: 20) with { Flow = Reached }, Binding(3) with { Flow = Reached }, Plain with { Flow = Reached }], rows.All(Now));
    }

    /// <summary>Whoever wrote into the file: a start reads what can be read.</summary>
    [Fact]
    public void What_is_no_binding_is_passed_over()
    {
        using var octets = new BindingOctets();
        var whole = octets.Of(Binding(1), "phones").ToArray();
        var listeners = new KeptListeners([new ListenerOptions("phones", 0, Way.Transport, Way.Local)], _ => true, (_, _) => default);
        Assert.True(BindingOctets.TryRead(listeners, whole, 1, default, out _));
        for (var length = 0; length < whole.Length; length++)
        {
            // What earlier versions wrote said nothing of when its device registered.
            Assert.Equal(length == whole.Length - sizeof(long), BindingOctets.TryRead(listeners, whole.AsSpan(0, length), 1, default, out _));
        }

        Assert.False(BindingOctets.TryRead(new KeptListeners([], _ => true, (_, _) => default), whole, 1, default, out _));
        Assert.False(BindingOctets.TryRead(listeners, [0xff, 0xff, 0xff, 0xff, 0xff, 0xff, .. whole], 1, default, out _));
    }

    /// <summary>Each write is told of once it is in the file, in order; a crash right then loses nothing of it.</summary>
    [Fact]
    public void What_was_told_to_be_kept_survives_the_process()
    {
        using var store = Open(out var kept);
        for (var id = 1; id <= 500; id++)
        {
            store.Keep(Binding(id));
        }

        Last(kept, 500);
        Assert.Equal(kept.Order(), kept);

        // What a killed process leaves behind: the files as they are now, without the end of the one who has them open.
        var copy = Path.Combine(_folder, "copy.db");
        foreach (var suffix in new[] { "", "-wal" })
        {
            File.Copy(FilePath + suffix, copy + suffix);
        }

        using var rows = new BindingRows(copy);
        Assert.Equal(500, rows.All(Now).Count);
    }

    [Fact]
    public void Nobody_else_reads_the_file()
    {
        using var store = Open(out var kept);
        store.Keep(Binding(1));
        Last(kept, 1);
        Assert.All([FilePath, FilePath + "-wal"], file => Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, new FileInfo(file).UnixFileMode));
    }

    [Fact]
    public void One_gateway_a_file()
    {
        using var store = Open(out _);
        Assert.Throws<SqliteException>(() => new BindingRows(FilePath).Dispose());
    }

    [Fact]
    public void What_is_no_database_is_said_so()
    {
        File.WriteAllText(FilePath, new string('x', 8192));
        Assert.Equal(26, Assert.Throws<SqliteException>(() => new BindingRows(FilePath).Dispose()).SqliteErrorCode);
    }

    /// <summary>A file that cannot be written delays nobody, and has all of it when it can be.</summary>
    [Fact]
    public void A_failure_is_made_up_for()
    {
        var isFull = false;
        var rows = new BindingRows(FilePath);
        using (var store = Open(out var kept, rows, changes =>
        {
            if (Volatile.Read(ref isFull))
            {
                throw new SqliteException("database or disk is full", 13);
            }

            rows.Write(changes);
        }))
        {
            store.Keep(Binding(1));
            Last(kept, 1);
            Volatile.Write(ref isFull, true);
            store.Keep(Binding(2));
            store.Refresh(1, 5, Now.AddMinutes(30));
            Last(kept, 3);
            Assert.True(store.Failures > 0);
            Volatile.Write(ref isFull, false);
            store.Refresh(2, 6, Now.AddMinutes(30));
            Last(kept, 4);
        }

        using var again = new BindingRows(FilePath);
        Assert.Equal([5u, 6u], again.All(Now).Select(binding => binding.CSeq));
    }

    /// <summary>Phones come and go while the disk is full: what waits is no more than what stands, and what the file has of those that ended.</summary>
    [Fact]
    public void What_comes_and_goes_while_the_file_cannot_be_written_leaves_nothing_behind()
    {
        using (var before = Open(out var told))
        {
            before.Keep(Binding(1));
            before.Keep(Binding(2));
            Last(told, 2);
        }

        var (isFull, longest) = (true, 0);
        var rows = new BindingRows(FilePath);
        using (var store = Open(out var kept, rows, changes =>
        {
            longest = Math.Max(longest, changes.Count());
            if (Volatile.Read(ref isFull))
            {
                throw new SqliteException("database or disk is full", 13);
            }

            rows.Write(changes);
        }))
        {
            store.Forget(1);
            store.Keep(Binding(3));
            Last(kept, 2);
            for (var id = 4; id < 5000; id++)
            {
                store.Keep(Binding(id));
                store.Refresh(id, 2, Now.AddMinutes(20));
                store.Forget(id);
            }

            Last(kept, 2 + (3 * 4996));
            Volatile.Write(ref isFull, false);
        }

        Assert.InRange(longest, 2, 3);
        using var again = new BindingRows(FilePath);
        Assert.Equal([2L, 3L], again.All(Now).Select(binding => binding.Id));
    }

    [Fact]
    public void A_file_of_another_version_is_said_so()
    {
        new BindingRows(FilePath).Dispose();
        using (var connection = Sqlite.Open(FilePath))
        {
            Sqlite.Execute(connection, "PRAGMA user_version = 1");
        }

        var fault = Assert.Throws<SqliteException>(() => new BindingRows(FilePath).Dispose());
        Assert.Equal((26, "it is of version 1, and this program reads version 2"), (fault.SqliteErrorCode, fault.Message));
    }

    private BindingStore Open(out BlockingCollection<long> kept, BindingRows? rows = null, Action<IEnumerable<BindingChange>>? write = null)
    {
        var told = kept = [];
        var store = new BindingStore(rows ?? new BindingRows(FilePath), NullLogger.Instance, _ => "phones", write);
        store.Start(told.Add);
        return store;
    }

    private static long Last(BlockingCollection<long> kept, long write)
    {
        using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        while (kept.DefaultIfEmpty().Max() < write)
        {
            deadline.Token.ThrowIfCancellationRequested();
            Thread.Yield();
        }

        return kept.Max();
    }
}
