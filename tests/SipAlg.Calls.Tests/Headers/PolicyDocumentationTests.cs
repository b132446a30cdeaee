using System.Text;
using SipAlg.Calls.Headers;
using SipAlg.Protocol.Sip;

namespace SipAlg.Calls.Tests.Headers;

/// <summary>The policy that people read is the one that the gateway follows: docs/headers.md has each field once, with its fate.</summary>
public sealed class PolicyDocumentationTests
{
    private static readonly Dictionary<HeaderFate, string> Words = new()
    {
        [HeaderFate.Cross] = "crosses",
        [HeaderFate.Renew] = "made anew",
        [HeaderFate.Hide] = "hosts hidden",
        [HeaderFate.Translate] = "translated",
        [HeaderFate.Remove] = "removed",
    };

    public static TheoryData<HeaderId> Fields() => [.. Enum.GetValues<HeaderId>().Where(id => id is not (HeaderId.Other or HeaderId.Count))];

    [Theory]
    [MemberData(nameof(Fields))]
    public void Each_field_stands_in_one_row_with_its_fate(HeaderId id)
    {
        var row = Assert.Single(Rows(), row => row.Names.Contains(Encoding.ASCII.GetString(HeaderNames.Name(id))));
        Assert.Equal(Words[HeaderPolicy.Of(id)], row.Fate);
    }

    [Fact]
    public void No_row_names_a_field_that_is_not_understood()
    {
        var names = Rows().SelectMany(row => row.Names).Where(name => !name.StartsWith("all others", StringComparison.Ordinal) && name != "known and unknown");
        Assert.DoesNotContain(names, name => HeaderNames.Find(Encoding.ASCII.GetBytes(name)) == HeaderId.Other);
        Assert.Equal(Words[HeaderPolicy.Of(HeaderId.Other)], Rows()[^1].Fate);
    }

    private static (string[] Names, string Fate)[] Rows()
    {
        var text = File.ReadAllText(Path.Combine(Root(), "docs", "headers.md"));
        var start = text.IndexOf("## Header fields", StringComparison.Ordinal);
        var section = text[start..text.IndexOf("\n## ", start, StringComparison.Ordinal)];
        return [.. section.Split('\n').Where(line => line.StartsWith('|')).Skip(2).Select(line => line.Split('|')).Select(cells => (cells[1].Split(',', StringSplitOptions.TrimEntries), cells[2].Trim()))];
    }

    private static string Root()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "SipAlg.sln")))
        {
            folder = folder.Parent!;
        }

        return folder.FullName;
    }
}
