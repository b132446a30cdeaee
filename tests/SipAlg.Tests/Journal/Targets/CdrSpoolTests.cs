using System.Text;
using SipAlg.Journal.Targets;

namespace SipAlg.Tests.Journal.Targets;

/// <summary>Records that wait for a server: in their order, over restarts, within bounds.</summary>
public sealed class CdrSpoolTests : IDisposable
{
    private readonly string _folder = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName());
    private int _dropped;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Gives_the_oldest_first_until_the_server_has_them()
    {
        var spool = Open();
        spool.Append(Records.Lines("abc"), 3);
        spool.Append(Records.Lines("d"), 1);

        Assert.Equal(("ab", "ab"), (Oldest(spool, 2), Oldest(spool, 2)));
        Assert.Equal(("ab", "cd", ""), (Take(spool, 2), Take(spool, 9), Take(spool, 9)));
        Assert.Equal(0, spool.Records);
        Assert.Empty(Directory.EnumerateFiles(_folder, "*.jsonl"));

        spool.Append(Records.Lines("e"), 1);
        Assert.Equal("e", Take(spool, 9));
    }

    [Fact]
    public void Goes_on_after_a_restart_where_it_was()
    {
        var spool = Open();
        spool.Append(Records.Lines("abc"), 3);
        Take(spool, 1);

        var next = Open();
        next.Append(Records.Lines("d"), 1);
        Assert.Equal(("bc", "d", ""), (Take(next, 9), Take(next, 9), Take(next, 9)));
        Open().Append(Records.Lines("e"), 1);
        Assert.Equal("e", Take(Open(), 9));
    }

    /// <summary>Killed between the answer and the note of it.</summary>
    [Fact]
    public void What_was_not_noted_as_taken_is_given_once_more()
    {
        Open().Append(Records.Lines("ab"), 2);
        Assert.Equal(("a", "a"), (Oldest(Open(), 1), Oldest(Open(), 1)));
    }

    [Fact]
    public void A_line_that_was_cut_short_is_no_record_and_spoils_none()
    {
        Open().Append(Records.Lines("a"), 1);
        File.AppendAllText(Directory.EnumerateFiles(_folder, "*.jsonl").Single(), "{\"id\":\"0");

        var spool = Open();
        spool.Append(Records.Lines("b"), 1);
        Assert.Equal(2, spool.Records);
        Assert.Equal(("a", "b", ""), (Take(spool, 9), Take(spool, 9), Take(spool, 9)));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void What_somebody_deletes_is_counted_and_holds_up_nothing(bool withItsFolder)
    {
        var spool = Open();
        spool.Append(Records.Lines("abc"), 3);
        Take(spool, 1);
        if (withItsFolder)
        {
            Directory.Delete(_folder, recursive: true);
        }
        else
        {
            File.Delete(Directory.EnumerateFiles(_folder, "*.jsonl").Single());
        }

        spool.Append(Records.Lines("d"), 1);
        Assert.Equal(("d", ""), (Take(spool, 9), Take(spool, 9)));
        Assert.Equal((2, 0), (_dropped, spool.Records));
    }

    [Fact]
    public void What_somebody_has_cut_short_is_counted_and_spoils_nothing()
    {
        var spool = Open();
        spool.Append(Records.Lines("ab"), 2);
        using (var file = File.OpenWrite(Directory.EnumerateFiles(_folder, "*.jsonl").Single()))
        {
            file.SetLength(0);
        }

        spool.Append(Records.Lines("c"), 1);
        Assert.Equal(("c", ""), (Take(spool, 9), Take(spool, 9)));
        Assert.Equal((2, 0), (_dropped, spool.Records));
    }

    [Fact]
    public void What_is_too_much_goes_from_the_oldest_on_and_is_counted()
    {
        var spool = Open();
        spool.Bound(40_000, isSynced: true);
        var line = Encoding.ASCII.GetBytes(new string('x', 999) + "\n");
        for (var index = 0; index < 100; index++)
        {
            line[0] = (byte)index;
            spool.Append(line, 1);
        }

        Assert.InRange(spool.Records, 30, 40);
        Assert.Equal(100, spool.Records + _dropped);
        Assert.True(Directory.EnumerateFiles(_folder, "*.jsonl").Sum(file => new FileInfo(file).Length) <= 40_000);
        Assert.Equal(_dropped, spool.Oldest(1)!.Lines[0]);
    }

    [Fact]
    public void What_was_dropped_while_it_was_sent_takes_nothing_else_with_it()
    {
        var spool = Open();
        spool.Bound(8_000, isSynced: false);
        var line = Encoding.ASCII.GetBytes(new string('x', 3_999) + "\n");
        spool.Append(line, 1);
        var sending = spool.Oldest(1)!;
        for (var index = 0; index < 4; index++)
        {
            spool.Append(line, 1);
        }

        Assert.False(spool.Taken(sending));
        Assert.Equal(5 - _dropped, spool.Records);
    }

    private CdrSpool Open() => new(_folder, records => _dropped += records, () => { });

    private static string Oldest(CdrSpool spool, int most) => spool.Oldest(most) is { } found ? Encoding.ASCII.GetString(found.Lines).Replace("\n", "", StringComparison.Ordinal) : "";

    private static string Take(CdrSpool spool, int most)
    {
        var found = spool.Oldest(most);
        Assert.True(found is null || spool.Taken(found));
        return found is null ? "" : Encoding.ASCII.GetString(found.Lines).Replace("\n", "", StringComparison.Ordinal);
    }
}
