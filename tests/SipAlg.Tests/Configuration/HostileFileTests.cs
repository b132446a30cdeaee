using System.Text;
using FsCheck;
using FsCheck.Fluent;
using static SipAlg.Tests.Configuration.ConfigurationBench;

namespace SipAlg.Tests.Configuration;

/// <summary>Whatever a file holds, loading ends with problems, never with an exception, an endless loop or all of memory.</summary>
public sealed class HostileFileTests
{
    [Fact]
    public void Aliases_that_multiply_are_bounded()
    {
        var text = new StringBuilder("x-0: &a0 [x, x, x, x, x, x, x, x, x, x]\n");
        for (var i = 1; i < 12; i++)
        {
            text.Append(System.Globalization.CultureInfo.InvariantCulture, $"x-{i}: &a{i} [{string.Join(", ", Enumerable.Repeat($"*a{i - 1}", 10))}]\n");
        }

        var error = Assert.Single(Errors(new ConfigurationBench().LoadPart(text.ToString())));
        Assert.Contains("aliases expand to more than 200000 values", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void What_is_written_out_may_be_more()
    {
        var text = "x-0:\n" + string.Concat(Enumerable.Range(0, 110_000).Select(number => $"  u{number}: {{ password: secret }}\n"));

        Assert.Empty(Errors(new ConfigurationBench().LoadPart(text)));
    }

    [Theory]
    [InlineData("[", "]")]
    [InlineData("{ a: ", "}")]
    public void Deep_nesting_is_bounded(string open, string close)
    {
        const int Depth = 5_000;
        var text = "x-a: " + string.Concat(Enumerable.Repeat(open, Depth)) + string.Concat(Enumerable.Repeat(close, Depth));

        var error = Assert.Single(Errors(new ConfigurationBench().LoadPart(text)));
        Assert.Contains("nested more than 64 deep", error.Message, StringComparison.Ordinal);
    }

    /// <summary>Read as if it were UTF-8, a password of Latin-1 would be another one, and nobody would be told.</summary>
    [Fact]
    public void What_is_no_Unicode_is_an_error_where_it_stands()
    {
        var folder = Directory.CreateTempSubdirectory("sipalg-").FullName;
        try
        {
            var file = Path.Combine(folder, "sipalg.yaml");
            File.WriteAllBytes(file, System.Text.Encoding.Latin1.GetBytes("# für das Büro\nx-a: 1\nx-b: { password: 'gr\u00fcn' }\nx-\u00fc: 1\nx-c: '${file:secret}'\n"));
            File.WriteAllBytes(Path.Combine(folder, "secret"), [0xfc]);
            Assert.True(new SipAlg.Configuration.DiskFiles().TryRead(file, out var text, out _));

            var problems = new SipAlg.Configuration.Problems.ProblemList();
            var interpolation = new SipAlg.Configuration.Yaml.Interpolation(file, new SipAlg.Configuration.DiskFiles(), _ => null, problems);
            SipAlg.Configuration.Yaml.YamlReader.Read(file, text, problems, interpolation.Configuration);

            Assert.Equal(["3:18", "4:1", "5:6"], problems.Sorted().Select(problem => $"{problem.At.Line}:{problem.At.Column}"));
            Assert.All(problems.Sorted(), problem => Assert.Contains("is no UTF-8", problem.Message, StringComparison.Ordinal));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Theory]
    [InlineData("...\nfoo: bar\n")]
    [InlineData("---\nfoo: bar\n")]
    public void A_second_document_is_an_error(string second)
    {
        var error = Assert.Single(Errors(new ConfigurationBench().LoadPart($"x-a: 1\n{Realms}\n{Peers}\ndialplan: d.yaml\n{second}")));
        Assert.Equal("a second document begins here", error.Message);
        Assert.Contains("'...'", error.Hint, StringComparison.Ordinal);
    }

    [Fact]
    public void A_damaged_configuration_is_a_problem_and_no_exception() =>
        Damaged(Realms + "\n" + Peers + "\ndialplan: d.yaml\nx-a: &a { b: [1, 'c', \"d\"] }\nx-b: { <<: *a }\nadmin: { token: '${NAME}' }\n", (bench, text) => bench.Load(text));

    [Fact]
    public void A_damaged_dialplan_is_a_problem_and_no_exception() =>
        Damaged(
            """
            routes:
              - { name: a, when: { realm: inside, called: '^(?<n>[0-9]+)$', time: 'Mon-Fri 08:00-18:00 UTC', not: { caller: { prefix: ['1'] } } },
                  set: { called: '+${n}', headers: { X-A: null } }, to: [ { peer: pbx, priority: 1, weight: 3 }, { uri: 'sip:${n}@a.example', realm: inside, priority: 2 } ],
                  try_next_on: [408, 500-599] }
            tests:
              - { request: { realm: inside, called: '1', at: '2026-03-02T09:00Z' }, expect: { route: a, to: [pbx] } }
            """, (bench, text) => bench.LoadDialplan(text));

    private static void Damaged(string sound, Func<ConfigurationBench, string, SipAlg.Configuration.LoadResult> load)
    {
        Assert.Empty(Errors(load(new ConfigurationBench(), sound)));
        var edit = from at in Gen.Choose(0, sound.Length - 1)
                   from removed in Gen.Choose(0, 6)
                   from inserted in Gen.Elements("", " ", "\n", "\t", ":", "- ", "[", "]", "{", "}", "'", "\"", "&a", "*a", "!x ", "|", ">", "<<: ", "? ", "#", "%", "@", "`", "\0", "é", "\uD800", "${", "0", "-1", "99999999999", "null")
                   select (at, removed, inserted);
        Prop.ForAll(edit.NonEmptyListOf().Resize(4).ToArbitrary(), edits =>
        {
            var text = edits.Aggregate(sound, (current, e) => e.at >= current.Length ? current
                : current.Remove(e.at, Math.Min(e.removed, current.Length - e.at)).Insert(e.at, e.inserted));
            var result = load(new ConfigurationBench(), text);
            return result.Configuration is null == Errors(result).Any() && result.Problems.All(problem => problem.At is { Line: >= 1, Column: >= 1 });
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(1500));
    }
}
