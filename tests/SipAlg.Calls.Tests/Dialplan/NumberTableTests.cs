using System.Globalization;
using System.Text;
using SipAlg.Calls.Dialplan;
using SipAlg.Testing;
using static SipAlg.Calls.Tests.Dialplan.DialplanBench;

namespace SipAlg.Calls.Tests.Dialplan;

public sealed class NumberTableTests
{
    private const int Million = 1_000_000;

    [Theory]
    [InlineData("+4930123", "alice")]
    [InlineData("+49301234", null)]
    [InlineData("+493012", null)]
    [InlineData("echo", "bob")]
    [InlineData("ECHO", null)]
    [InlineData("müller", "carol")]
    [InlineData("*67#", "dave")]
    [InlineData("", null)]
    public void An_exact_table_holds_whole_numbers(string number, string? user) =>
        Assert.Equal(user, User(Numbers(isPrefix: false, ("+4930123", "alice"), ("echo", "bob"), ("müller", "carol"), ("*67#", "dave")), number));

    [Theory]
    [InlineData("+49", "germany")]
    [InlineData("+4989", "germany")]
    [InlineData("+49301", "berlin")]
    [InlineData("+493012345678901234567890123456789012345678901234567890123456789012345", "berlin")]
    [InlineData("+4", null)]
    [InlineData("0049", null)]
    [InlineData("*67#0123", "hidden")]
    [InlineData("müllerin", "a name")]
    [InlineData("", null)]
    public void Of_a_prefix_table_the_longest_key_decides(string number, string? user) =>
        Assert.Equal(user, User(Numbers(isPrefix: true, ("+49", "germany"), ("+4930", "berlin"), ("*67#", "hidden"), ("müller", "a name")), number));

    [Fact]
    public void A_number_that_is_longer_than_any_key_is_in_no_exact_table()
    {
        var longest = new string('1', NumberTable.MostKeyOctets);

        Assert.Equal("x", User(Numbers(isPrefix: false, (longest, "x")), longest));
        Assert.Null(User(Numbers(isPrefix: false, (longest, "x")), longest + "1"));
        Assert.Equal("x", User(Numbers(isPrefix: true, (longest, "x")), longest + "1"));
    }

    [Fact]
    public void A_key_is_taken_once()
    {
        var builder = new NumberTableBuilder("t", isPrefix: false, ["number"]);

        Assert.True(builder.TryBegin("1"u8, out _));
        Assert.True(builder.TryBegin("2"u8, out _));
        Assert.False(builder.TryBegin("1"u8, out var earlier));
        Assert.Equal((0, 2), (earlier, builder.Build().Rows));
    }

    [Fact]
    public void An_empty_table_holds_nothing()
    {
        Assert.Equal(-1, new NumberTableBuilder("t", isPrefix: true, ["number"]).Build().Find("1"));
        Assert.Equal(-1, new NumberTableBuilder("t", isPrefix: false, ["number"]).Build().Find("1"));
    }

    [Fact]
    public void A_row_says_what_is_in_its_columns()
    {
        var builder = new NumberTableBuilder("dids", isPrefix: false, ["number", "user", "note", "empty"]);
        var note = new string('n', 20_000);
        builder.TryBegin("+49"u8, out _);
        builder.Append("alice"u8);
        builder.Append(Encoding.UTF8.GetBytes(note));
        builder.Append(""u8);
        builder.TryBegin("+1"u8, out _);
        builder.Append("bob"u8);
        builder.Append(""u8);
        builder.Append("e"u8);
        var table = builder.Build();

        Assert.Equal(["dids.number", "dids.user", "dids.note", "dids.empty"], table.CaptureNames.AsEnumerable());
        Assert.Equal(["+49", "alice", note, ""], Enumerable.Range(0, 4).Select(column => table.Value(table.Find("+49"), column)));
        Assert.Equal(["+1", "bob", "", "e"], Enumerable.Range(0, 4).Select(column => table.Value(table.Find("+1"), column)));
    }

    /// <summary>The bound that the documentation states.</summary>
    [Fact]
    public void A_million_rows_are_found_in_bounded_memory_and_without_allocating()
    {
        var builder = new NumberTableBuilder("dids", isPrefix: true, ["number", "user"]);
        for (var row = 0; row < Million; row++)
        {
            Assert.True(builder.TryBegin(Encoding.ASCII.GetBytes(Number(row)), out _));
            builder.Append(Encoding.ASCII.GetBytes($"user{row}"));
        }

        var table = builder.Build();

        Assert.Equal(Million, table.Rows);
        Assert.InRange(table.Octets, 1, 48_000_000);
        for (var row = 0; row < Million; row += 9973)
        {
            Assert.Equal($"user{row}", table.Value(table.Find(Number(row)), 1));
            Assert.Equal($"user{row}", table.Value(table.Find(Number(row) + "99"), 1));
        }

        Assert.Equal(-1, table.Find("+4831" + Million.ToString(CultureInfo.InvariantCulture)));
        Assert.Equal(0, Allocations.Of(() => table.Find("+4930000999999")));
    }

    [Fact]
    public void A_route_takes_what_the_row_of_its_number_says()
    {
        var dids = Numbers(isPrefix: true, ("+4930", "alice"), ("+4931", "bob@\n"));
        var edits = new RouteEdits { Called = Template("${dids.number}-${dids.user}"), Headers = [new HeaderTemplate("X-None", Template("${dids.none}"))] };
        var table = Table(Set(Head("in", new NumberCondition(isCalled: true, new TableNumbers(dids))), edits, To(Pbx)));

        var decision = table.Decide(new RouteRequest { Realm = 0, Called = "+49301" });

        Assert.Equal(("+4930-alice", new HeaderEdit("X-None", "")), (decision.Called, decision.Headers[0]));
        Assert.Equal("+4931-bob@", table.Decide(new RouteRequest { Realm = 0, Called = "+49315" }).Called);
        Assert.Equal(404, table.Decide(new RouteRequest { Realm = 0, Called = "+1" }).Rejection!.Status);
    }

    [Fact]
    public void A_dry_run_says_that_a_number_is_not_in_the_table()
    {
        var table = Table(To(Head("in", new NumberCondition(isCalled: false, new TableNumbers(Numbers(isPrefix: false, ("1", "a"))))), To(Pbx)));

        Assert.Equal("caller '4711' is not in table dids", table.DecideWithReasons(new RouteRequest { Realm = 0, Caller = "4711" }).Passed[0].Reason);
    }

    [Fact]
    public void What_a_table_holds_a_later_route_never_sees()
    {
        var dids = Numbers(isPrefix: true, ("+49", "a"));
        Route On(NumberPattern pattern) => To(Head("r", new NumberCondition(isCalled: true, pattern)), To(Pbx));

        Assert.True(RouteCoverage.Covers(On(new TableNumbers(dids)), On(new TableNumbers(dids))));
        Assert.True(RouteCoverage.Covers(On(new TableNumbers(dids)), On(new ListedNumbers(["+491", "+492"]))));
        Assert.False(RouteCoverage.Covers(On(new TableNumbers(dids)), On(new ListedNumbers(["+491", "+1"]))));
        Assert.False(RouteCoverage.Covers(On(new TableNumbers(dids)), On(new TableNumbers(Numbers(isPrefix: true, ("+49", "a"))))));
        Assert.False(RouteCoverage.Covers(On(new NumberPrefixes(["+49"])), On(new TableNumbers(dids))));
    }

    private static string Number(int row) => $"+4930{row.ToString("D9", CultureInfo.InvariantCulture)}";

    private static string? User(NumberTable table, string number) => table.Find(number) is >= 0 and var row ? table.Value(row, 1) : null;

    private static NumberTable Numbers(bool isPrefix, params (string Number, string User)[] rows)
    {
        var builder = new NumberTableBuilder("dids", isPrefix, ["number", "user"]);
        foreach (var (number, user) in rows)
        {
            Assert.True(builder.TryBegin(Encoding.UTF8.GetBytes(number), out _));
            builder.Append(Encoding.UTF8.GetBytes(user));
        }

        return builder.Build();
    }
}
