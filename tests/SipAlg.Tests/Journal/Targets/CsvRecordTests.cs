using System.Buffers;
using System.Text;
using SipAlg.Journal.Targets;
using SipAlg.Tests.Configuration;

namespace SipAlg.Tests.Journal.Targets;

/// <summary>Records as a table (RFC 4180).</summary>
public sealed class CsvRecordTests
{
    [Theory]
    [InlineData("600", "600")]
    [InlineData("+4930123", "+4930123")]
    [InlineData("-1", "-1")]
    [InlineData("a,b", "\"a,b\"")]
    [InlineData("a \"b\"", "\"a \"\"b\"\"\"")]
    [InlineData(" a", "\" a\"")]
    [InlineData("a\r\nb", "a  b")]
    [InlineData("=1+1", "'=1+1")]
    [InlineData("@SUM(A1)", "'@SUM(A1)")]
    [InlineData("+cmd|' /C calc'!A0", "'+cmd|' /C calc'!A0")]
    [InlineData("-2+3", "'-2+3")]
    [InlineData("\t=1,2", "\" =1,2\"")]
    [InlineData("=HYPERLINK(\"http://x\",1)", "\"'=HYPERLINK(\"\"http://x\"\",1)\"")]
    public void A_cell_is_quoted_where_it_must_be_and_never_a_formula(string text, string cell) => Assert.Equal(cell, CsvRecord.Cell(text));

    [Fact]
    public void A_record_has_a_cell_for_each_name_of_the_header()
    {
        var lines = new ArrayBufferWriter<byte>();
        CsvRecord.Write(Records.Of(0x1f), lines);
        var names = Encoding.ASCII.GetString(CsvRecord.Header).TrimEnd().Split(',');
        var cells = Encoding.UTF8.GetString(lines.WrittenSpan).TrimEnd().Replace("\"The call was answered, and", "The call was answered and", StringComparison.Ordinal).Split(',');

        Assert.Equal(names.Length, cells.Length);
        var row = names.Zip(cells).ToDictionary();
        Assert.Equal(("000000000000001f", "2026-03-02T12:00:02.000Z", "60", "+4930", "lan", "200", "completed"), (row["id"], row["answered"], row["duration_seconds"], row["caller"], row["from_peer"], row["status"], row["verdict"]));
        Assert.EndsWith("\r\n", Encoding.UTF8.GetString(lines.WrittenSpan), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_documentation_shows_the_header() => Assert.Contains(
        $"\n{Encoding.ASCII.GetString(CsvRecord.Header).TrimEnd()}\n", await File.ReadAllTextAsync(Repository.File("docs", "cdr.md")), StringComparison.Ordinal);
}
