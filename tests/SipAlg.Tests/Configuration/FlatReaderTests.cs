using System.Text;
using SipAlg.Configuration.Problems;
using SipAlg.Configuration.Yaml;

namespace SipAlg.Tests.Configuration;

/// <summary>The quick reader gives what the reader of all YAML gives, or nothing.</summary>
public sealed class FlatReaderTests
{
    /// <summary>Ends a document, in words that the quick reader does not know.</summary>
    private const string End = "\n...\n";

    [Theory]
    [InlineData("alice: { password: secret }\n")]
    [InlineData("alice: { password: secret }\r\nbob:  {password: x,numbers: ['+4930', 101,\"102\"] }  \r\n")]
    [InlineData("# users\n\nalice: { password: 'a b: { # }, c' }\n# Büro\nbob: { password: \"its }\", numbers: [ '' ] }")]
    [InlineData("+49301: { a: ~ }\n", true)]
    [InlineData("a: { b: null, c: off, d: 0900, e: 1.5, f: +1, g: x@y.example/z=1 }\n")]
    public void Lines_of_users_are_the_same_as_by_all_of_YAML(string text, bool isLeft = false)
    {
        var quick = Read(text);

        Assert.Equal(isLeft, quick is null);
        if (quick is not null)
        {
            Assert.Equal(Full(text), Print(quick));
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData("# nobody\n")]
    [InlineData("alice:\n  password: secret\n")]
    [InlineData("alice: { password: ${SECRET} }\n")]
    [InlineData("alice: { password: '${SECRET}' }\n")]
    [InlineData("alice: { password: \"a\\n\" }\n")]
    [InlineData("alice: { password: 'it''s' }\n")]
    [InlineData("alice: { password: \"it's\" }\n")]
    [InlineData("alice: { password: two words }\n")]
    [InlineData("alice: { password: secret,\n  trusted: true }\n")]
    [InlineData("alice: { password: secret } # the first\n")]
    [InlineData("alice: { password:secret }\n")]
    [InlineData("alice: &a { password: secret }\n")]
    [InlineData("alice: { <<: *a }\n")]
    [InlineData("alice: { password: secret, password: other }\n")]
    [InlineData("alice: { password: secret\n")]
    [InlineData("alice: { numbers: [[1], 2] }\n")]
    [InlineData("# a\u2028bob: 1\nalice: { password: secret }\n")]
    [InlineData("---\nalice: { password: secret }\n")]
    public void Any_other_form_is_left_alone(string text) => Assert.Null(Read(text));

    [Fact]
    public void Whatever_it_reads_is_the_same_as_by_all_of_YAML()
    {
        string[] values = ["alice", "b-1", "+49", "0", "'a, b: {'", "\"# \"", "[1, '2' ]", "''", "x/y@z=1"];
        string[] parts = ["alice", "b-1", "+49", "0", ": ", ":", " ", "{ ", "{", " }", "}", ", ", ",", "[", "]", "'", "\"", "x y", "#", "\n", "\r\n", "secret", "~", "=", "..", "-", "'a, b'", "\"c: d\"", "[1, '2']", "k: v", "\t"];
        var random = new Random(20260405);
        var read = 0;
        for (var round = 0; round < 60_000; round++)
        {
            var text = Text(random, values, parts);
            if (Read(text) is not { } quick)
            {
                continue;
            }

            read++;
            Assert.Equal((text, Full(text)), (text, Print(quick)));
        }

        Assert.True(read > 1000, $"{read} of the texts were of this form");
    }

    /// <summary>Two lines that are mostly of the form.</summary>
    private static string Text(Random random, string[] values, string[] parts)
    {
        var text = new StringBuilder();
        for (var line = 0; line < 2; line++)
        {
            text.Append($"u{line}: {{ ");
            for (var count = random.Next(1, 4); count > 0; count--)
            {
                text.Append(random.Next(9) == 0 ? parts[random.Next(parts.Length)] : $"k{count}: {(random.Next(9) == 0 ? parts : values)[random.Next(values.Length)]}").Append(count > 1 ? ", " : "");
            }

            text.Append(" }").Append(random.Next(8) == 0 ? parts[random.Next(parts.Length)] : "").Append('\n');
        }

        return text.ToString();
    }

    private static string Full(string text)
    {
        var problems = new ProblemList();
        var node = YamlReader.Read("users.yaml", text + End, problems, (value, _) => value);
        Assert.Empty(problems.Sorted());
        return Print(node!);
    }

    /// <summary>All entries; null when the file is of another form.</summary>
    private static MappingNode? Read(string text)
    {
        var entries = new List<MappingEntry>();
        var reader = new FlatReader("users.yaml", text);
        while (reader.TryRead(out var entry))
        {
            entries.Add(entry);
        }

        return reader.IsOther || entries.Count == 0 ? null : new MappingNode(entries[0].At, [.. entries]);
    }

    private static string Print(ConfigNode node) => node switch
    {
        ScalarNode scalar => $"{node.At} {(scalar.IsEmpty ? "empty" : "")}{(scalar.IsNull ? "null" : "")}'{scalar.Text}' '{scalar.Written}'",
        SequenceNode list => $"{node.At} [{string.Join(", ", list.Items.Select(Print))}]",
        MappingNode mapping => $"{node.At} {{{string.Join(", ", mapping.Entries.Select(entry => $"{entry.At} {entry.Key}: {Print(entry.Value)}"))}}}",
        _ => throw new InvalidOperationException($"{node.Kind} at {node.At}"),
    };
}
