using SipAlg.Commands;

namespace SipAlg.Tests.Commands;

/// <summary>Tables that fit the terminal.</summary>
public sealed class TextTableTests
{
    private static readonly string[][] Rows = [["id", "caller", "verdict"], ["5b1cf2aa", "+4930123456789012", "no_route_matched_at_all"], ["1", "2", "3"]];

    [Fact]
    public void Cells_stand_below_each_other() => Assert.Equal(
        ["id        caller             verdict", "5b1cf2aa  +4930123456789012  no_route_matched_at_all", "1         2                  3"], TextTable.Lines(Rows, 80));

    [Theory]
    [InlineData(51)]
    [InlineData(40)]
    [InlineData(30)]
    [InlineData(25)]
    public void What_is_too_wide_is_cut_at_the_widest(int width)
    {
        var lines = TextTable.Lines(Rows, width).ToArray();
        Assert.All(lines, line => Assert.True(line.Length <= width, line));
        Assert.Equal(width, lines[1].Length);
        Assert.EndsWith("…", lines[1], StringComparison.Ordinal);
        Assert.StartsWith(width > 25 ? "5b1cf2aa  " : "5b1cf2", lines[1], StringComparison.Ordinal);
    }

    /// <summary>What is listed is what <c>why</c> and <c>hangup</c> take.</summary>
    [Theory]
    [InlineData(80)]
    [InlineData(60)]
    [InlineData(20)]
    public void The_id_of_a_call_is_whole_as_long_as_there_is_room_for_it(int width)
    {
        string[] row = ["5b1cf2aa03d94e71", "2026-03-02 12:00:00", "+4930123456", "0301234567", "alice", "carrier", "answered", "1m 2s", "media_stopped"];
        var line = Assert.Single(TextTable.Lines([row], width));
        Assert.StartsWith($"{row[0]}  ", line, StringComparison.Ordinal);
        Assert.True(line.Length <= width, line);
    }

    [Fact]
    public void A_name_with_control_characters_breaks_no_line() => Assert.Equal(["a [2Jb  c"], TextTable.Lines([["a\u001b[2Jb", "c"]], 80));

    /// <summary>Of letters of two columns half as many have room, and columns stand below each other all the same.</summary>
    [Fact]
    public void Wide_letters_take_two_columns() =>
        Assert.Equal(["田中太郎  a", "x         b", "田中太…   c"], TextTable.Lines([["田中太郎", "a"], ["x", "b"], ["田中太…", "c"]], 80));

    [Theory]
    [InlineData("id  大阪市…  z", "大阪市中央区一丁目")]
    [InlineData("id  😀😀😀…  z", "😀😀😀😀😀😀😀😀😀")]
    [InlineData("id  e\u0301e\u0301e\u0301e\u0301e\u0301e\u0301…  z", "e\u0301e\u0301e\u0301e\u0301e\u0301e\u0301e\u0301e\u0301e\u0301e\u0301e\u0301e\u0301")]
    [InlineData("id  a😀b😀…  z", "a😀b😀c😀d😀e😀")]
    public void What_is_cut_is_cut_between_letters(string expected, string name) => Assert.Equal(expected, Assert.Single(TextTable.Lines([["id", name, "z"]], 14)));

    [Fact]
    public void No_rows_are_no_lines() => Assert.Empty(TextTable.Lines([], 80));
}
