using System.Text;
using SipAlg.Calls.Dialplan;
using SipAlg.Configuration;
using SipAlg.Configuration.Tables;
using static SipAlg.Tests.Configuration.ConfigurationBench;

namespace SipAlg.Tests.Configuration;

/// <summary>Tables of numbers and files of holidays, as a dialplan uses them.</summary>
public sealed class TableLoaderTests
{
    private const string ByUser = "routes: [ { name: in, when: { called: { in: dids } }, set: { called: '${dids.user}' }, to: [ { service: echo } ] } ]";

    [Theory]
    [InlineData("number,user\n+4930,alice\n")]
    [InlineData("number,user\r\n+4930,alice\r\n")]
    [InlineData("number,user\n+4930,alice")]
    [InlineData("\uFEFFnumber,user\n+4930,alice\n")]
    [InlineData("# numbers of Berlin\n\nnumber,user\n\n  \n# the first\n+4930,alice\n\n")]
    [InlineData("user,number\nalice,+4930\n")]
    [InlineData("note,number,user\n,+4930,alice\n")]
    [InlineData("\"number\",\"user\"\r\n\"+4930\",\"alice\"\r\n")]
    [InlineData("number , user\n +4930 ,\talice\n")]
    [InlineData("number,user,note\n+4930,alice,\"a, \"\"quoted\"\"\nnote of two lines\"\n+4931,bob,\n")]
    [InlineData("number,user\n\"#1\",bob\n+4930,alice\n")]
    public void A_csv_file_is_read_as_rfc_4180_has_it(string csv) => Assert.Equal("alice", Called(csv, "exact", "+4930"));

    [Theory]
    [InlineData("exact", "+4930", "berlin")]
    [InlineData("exact", "+49301", null)]
    [InlineData("prefix", "+49301", "berlin")]
    [InlineData("prefix", "+49891", "germany")]
    [InlineData("prefix", "+1", null)]
    public void A_table_is_matched_exactly_or_by_the_longest_prefix(string match, string called, string? user) =>
        Assert.Equal(user, Called("number,user\n+49,germany\n+4930,berlin\n", match, called));

    [Fact]
    public void A_quoted_value_is_what_stands_within_its_quotes() =>
        Assert.Equal(" say \"hi\", then go ", Called("number,user\n1,\" say \"\"hi\"\", then go \"\n", "exact", "1"));

    [Theory]
    [InlineData("number,user\n1,a\n2,b\n§1,c\n", "'1' is in the table already", "the first is in line 2")]
    [InlineData("number,user\n# no row\n\n1,a\n§1,c\n", "'1' is in the table already", "the first is in line 4")]
    [InlineData("number,user\n1,\"a\nb\"\n§1,c\n", "'1' is in the table already", "the first is in line 2")]
    [InlineData("number,user\n1,a,§b\n", "this row has 3 columns, the header 2 columns", "put values with commas in quotes")]
    [InlineData("number,user\n§1\n", "this row has 1 column, the header 2 columns", "put values with commas in quotes")]
    [InlineData("number,user\n§,a\n", "this row has no key", null)]
    [InlineData("number,user\nä,b\n1,§\"a\n2,b\n", "this quote has no end", "write a quote within quotes as \"\"")]
    [InlineData("number,user\nä,\"a\" §b\n", "something follows the closing quote", "write a quote within quotes as \"\"")]
    [InlineData("number,user\n1,a§\r2,b\n", "a carriage return stands here without a line feed", "end lines by LF or CR LF")]
    [InlineData("number,§number\n1,a\n", "the column 'number' is written twice", null)]
    [InlineData("number,§a b\n1,a\n", "'a b' is no name of a column: letters, digits, '-' and '_'", "the first line names the columns")]
    [InlineData("number,§\n1,a\n", "'' is no name of a column: letters, digits, '-' and '_'", "the first line names the columns")]
    [InlineData("§number;user\n1;a\n", "'number;user' is no name of a column", "separate columns by commas, not by semicolons")]
    [InlineData("§", "the table is empty", "its first line names the columns: number,…")]
    [InlineData("§# only a comment\n", "the table is empty", "its first line names the columns: number,…")]
    public void A_fault_of_a_table_is_one_error_at_its_place(string marked, string message, string? hint)
    {
        var (csv, line, column) = Unmark(marked);
        var error = Assert.Single(Errors(Load(csv, "exact")));

        Assert.Equal(($"dids.csv:{line}:{column}", message, hint), (error.At.ToString(), error.Message, error.Hint));
    }

    [Fact]
    public void A_key_that_no_number_can_have_is_refused()
    {
        var error = Assert.Single(Errors(Load($"number,user\n{new string('1', NumberTable.MostKeyOctets + 1)},a\n", "exact")));
        Assert.Equal("dids.csv:2:1: a key has at most 63 octets", error.ToString());
    }

    [Fact]
    public void A_file_of_another_kind_does_not_flood_the_report()
    {
        var errors = Errors(Load("number,user\n" + string.Concat(Enumerable.Repeat("x\n", 1000)), "exact")).ToArray();

        Assert.Equal(21, errors.Length);
        Assert.Equal("dids.csv:21:1: 20 problems up to here; what follows was not read", errors[^1].ToString());
    }

    [Theory]
    [InlineData("tables: { dids: { file: §none.csv, key: number } }", "the table 'none.csv' cannot be read: there is no such file")]
    [InlineData("tables: { dids: { file: dids.csv, key: §nunber } }", "the table 'dids.csv' has no column 'nunber'")]
    [InlineData("tables: { dids: §{ file: dids.csv } }", "'dids' needs 'key'")]
    [InlineData("tables: { dids: §{ key: number } }", "'dids' needs 'file'")]
    [InlineData("tables: { dids: { file: dids.csv, key: number, match: §longest } }", "'match': 'longest' is not one of exact, prefix")]
    [InlineData("tables: { §'d ids': { file: dids.csv, key: number } }", "'d ids' is no name")]
    public void A_broken_table_is_one_error_at_its_place(string marked, string message)
    {
        var (text, line, column) = Unmark(marked);
        var bench = new ConfigurationBench();
        bench.Files["dids.csv"] = "number,user\n1,a\n";

        var error = Assert.Single(Errors(bench.LoadPart(text)));
        Assert.Contains(message, error.Message, StringComparison.Ordinal);
        Assert.Equal($"sipalg.yaml:{line}:{column}", error.At.ToString());
    }

    [Theory]
    [InlineData("routes: [ { when: { called: { in: dids } }, set: { called: §'${dids.usr}' }, to: [ { service: echo } ] } ]", "${dids.usr} is no capture of this route")]
    [InlineData("routes: [ { when: { not: { called: { in: dids } } }, set: { called: §'${dids.user}' }, to: [ { service: echo } ] } ]", "${dids.user} is no capture of this route")]
    [InlineData("routes: [ §{ when: { called: { in: dids }, caller: { in: dids } }, set: { called: '${dids.user}' }, to: [ { service: echo } ] } ]", "the capture 'dids.user' is named twice in this route")]
    public void A_route_may_take_what_its_table_has(string marked, string message)
    {
        var (dialplan, line, column) = Unmark(marked);

        var error = Assert.Single(Errors(Load("number,user\n1,a\n", "exact", dialplan)));
        Assert.Contains(message, error.Message, StringComparison.Ordinal);
        Assert.Equal($"d.yaml:{line}:{column}", error.At.ToString());
    }

    [Fact]
    public void Caller_and_called_may_be_looked_for_in_one_table() =>
        Assert.Empty(Errors(Load("number,user\n1,a\n", "exact", "routes: [ { when: { called: { in: dids }, caller: { in: dids } }, to: [ { service: echo } ] } ]")));

    [Fact]
    public void Of_a_table_with_errors_only_its_own_errors_are_told() =>
        Assert.All(Errors(Load("number,user\n1\n", "exact")), error => Assert.Equal("dids.csv", error.At.File));

    /// <summary>Of any size, whatever piece of it is in the buffer.</summary>
    [Fact]
    public void A_large_file_is_read_in_pieces()
    {
        var csv = new StringBuilder("number,user\n");
        for (var row = 0; row < 20_000; row++)
        {
            csv.Append(row).Append(",\"Müller, ").Append(row).Append("\"\r\n");
        }

        Assert.Equal("Müller, 19999", Called(csv.ToString(), "exact", "19999"));
        Assert.Equal("Müller, 7777", Called(csv.ToString(), "exact", "7777"));
    }

    [Fact]
    public void A_record_that_never_ends_is_not_read_to_its_end()
    {
        var reader = new CsvReader(new Endless());

        Assert.True(reader.TryRead());
        Assert.Equal((CsvFault.TooLong, (1, 1)), (reader.Fault, reader.FaultAt));
        Assert.False(reader.TryRead());
    }

    [Fact]
    public void What_is_no_utf_8_is_refused()
    {
        var reader = new CsvReader(new MemoryStream([(byte)'a', (byte)',', 0xFC, (byte)'\n', (byte)'b']));

        Assert.True(reader.TryRead());
        Assert.Equal((CsvFault.NotUtf8, (1, 3)), (reader.Fault, reader.FaultAt));
        Assert.True(reader.TryRead());
        Assert.Equal(CsvFault.None, reader.Fault);
    }

    [Theory]
    [InlineData("2026-12-25T12:00Z", 404)]
    [InlineData("2026-12-24T12:00Z", 0)]
    [InlineData("2027-01-01T12:00Z", 404)]
    [InlineData("2028-02-29T12:00Z", 404)]
    public void Holidays_are_dates_of_a_year_or_of_every_year(string at, int status)
    {
        var bench = new ConfigurationBench();
        bench.Files["days.txt"] = "\uFEFF# holidays\r\n\r\n2026-12-25 Christmas\r\n01-01, New Year  # each year\r\n  02-29\r\n";
        var result = bench.LoadDialplan($"routes: [ {{ when: {{ time: Mon-Sun UTC, holidays: days.txt }}, to: [ {{ service: echo }} ] }} ]\ntests: [ {{ request: {{ realm: inside, called: '1', at: '{at}' }}, expect: {{ {(status == 0 ? "to: echo" : $"status: {status}")} }} }} ]");

        Assert.Empty(Errors(result.WithTests(TimeProvider.System)));
    }

    [Theory]
    [InlineData("12-25\n§25.12. Christmas\n", "'25.12.' is no date")]
    [InlineData("  §2026-02-29\n", "'2026-02-29' is no date")]
    [InlineData("§13-01\n", "'13-01' is no date")]
    [InlineData("§1-1\n", "'1-1' is no date")]
    public void A_line_that_is_no_date_is_an_error_at_its_place(string marked, string message)
    {
        var (text, line, column) = Unmark(marked);
        var bench = new ConfigurationBench();
        bench.Files["days.txt"] = text;

        var error = Assert.Single(Errors(bench.LoadDialplan("routes: [ { when: { time: Mon-Fri, holidays: days.txt }, to: [ { service: echo } ] }, { when: { not: { time: Mon-Fri, holidays: days.txt } }, to: [ { service: tone } ] } ]")));
        Assert.Equal(($"days.txt:{line}:{column}", message), (error.At.ToString(), error.Message));
    }

    private static string? Called(string csv, string match, string called)
    {
        var result = Load(csv, match);
        Assert.Empty(Errors(result));
        return result.Configuration!.Model.Dialplan.Decide(new RouteRequest { Realm = 0, Called = called }).Called;
    }

    private static LoadResult Load(string csv, string match, string dialplan = ByUser)
    {
        var bench = new ConfigurationBench();
        bench.Files["dids.csv"] = csv;
        bench.Files["d.yaml"] = dialplan;
        return bench.Load($"{ConfigurationBench.Realms}\ntables: {{ dids: {{ file: dids.csv, key: number, match: {match} }} }}\ndialplan: d.yaml");
    }

    /// <summary>A value without an end.</summary>
    private sealed class Endless : Stream
    {
        public override bool CanRead => true;
        public override bool CanSeek => false;
        public override bool CanWrite => false;
        public override long Length => throw new NotSupportedException();
        public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

        public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

        public override int Read(Span<byte> buffer)
        {
            buffer.Fill((byte)'a');
            return buffer.Length;
        }

        public override void Flush()
        {
        }

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    }
}
