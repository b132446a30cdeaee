using System.Text.RegularExpressions;
using SipAlg.Calls.Verdicts;
using SipAlg.Tests.Configuration;

namespace SipAlg.Tests;

/// <summary>docs/why.md has a row for each verdict of the code, and the test that it names brings that verdict about.</summary>
public sealed partial class VerdictDocumentTests
{
    private static readonly Entry[] Rows =
        [.. Row().Matches(File.ReadAllText(Repository.File("docs", "why.md"))).Select(match => new Entry(match.Groups[1].Value, match.Groups[2].Value, match.Groups[3].Value, match.Groups[4].Value))];

    /// <summary>The sources of test classes, by their names.</summary>
    private static readonly Dictionary<string, string> Sources = Directory.GetFiles(Repository.File("tests", "SipAlg.Calls.Tests", "Verdicts"), "*Tests.cs")
        .SelectMany(file => TestClass().Split(File.ReadAllText(file)).Skip(1).Chunk(2)).ToDictionary(parts => parts[0], parts => parts[1]);

    [Fact]
    public void Every_verdict_has_a_row_and_no_other() =>
        Assert.Equal(Enum.GetValues<VerdictCode>().Select(VerdictCodes.Text).Order(), Rows.Select(row => row.Code).Order());

    [Fact]
    public void The_catalogue_is_large_enough() => Assert.True(Enum.GetValues<VerdictCode>().Count(code => !VerdictCodes.IsWell(code)) >= 25);

    /// <summary>What every operator meets, in the words that it is asked for.</summary>
    [Theory]
    [InlineData("no route matched", VerdictCode.NoRoute)]
    [InlineData("wrong password or unknown user", VerdictCode.WrongPassword, VerdictCode.NoSuchUser)]
    [InlineData("the peer is down or refused", VerdictCode.NoResponse, VerdictCode.TargetUnreachable, VerdictCode.TargetFailed, VerdictCode.TargetRefused)]
    [InlineData("no answer", VerdictCode.NoAnswer)]
    [InlineData("codecs have nothing in common", VerdictCode.NoCommonCodec, VerdictCode.CodecsForbidden)]
    [InlineData("the ACK never came", VerdictCode.AckMissing, VerdictCode.AckToPrivateAddress)]
    [InlineData("no RTP from one side", VerdictCode.OneWayMedia, VerdictCode.NoMedia)]
    [InlineData("RTP from a refused source", VerdictCode.MediaRefused)]
    [InlineData("media stopped in mid-call", VerdictCode.MediaStopped)]
    [InlineData("a router ALG", VerdictCode.RouterAlg)]
    [InlineData("a session timer ran out", VerdictCode.SessionExpired)]
    [InlineData("certificate trouble", VerdictCode.NoPeerCertificate, VerdictCode.TlsRefused, VerdictCode.NoTls, VerdictCode.CertificateNameMismatch, VerdictCode.CertificateExpired, VerdictCode.CertificateUntrusted, VerdictCode.CertificateUnsuitable)]
    [InlineData("limits", VerdictCode.CallerLimit, VerdictCode.TargetLimit)]
    [InlineData("a loop", VerdictCode.TooManyHops, VerdictCode.TargetLoop, VerdictCode.RedirectLoop)]
    [InlineData("fragmentation of large UDP requests", VerdictCode.LargeRequestLost)]
    [InlineData("clock rate or payload number mismatch", VerdictCode.ClockRateMismatch, VerdictCode.PayloadMismatch)]
    [InlineData("gateway drained", VerdictCode.Draining)]
    [InlineData("an INVITE that cannot be read", VerdictCode.Malformed)]
    public void A_cause_that_operators_meet_is_in_it(string cause, params VerdictCode[] codes) =>
        Assert.True(codes.All(code => Rows.Any(row => row.Code == VerdictCodes.Text(code))), cause);

    /// <summary>A method that expects the verdict itself; or a theory one of whose rows has it: an InlineData, or an entry of the table that its Codes are the keys of.</summary>
    [Fact]
    public void Every_row_names_a_test_that_has_its_verdict() => Assert.All(Rows, row =>
    {
        var code = $@"\bVerdictCode\.{Enum.GetValues<VerdictCode>().Single(code => VerdictCodes.Text(code) == row.Code)}\b";
        var (attributes, body) = Method(row);
        if (row.TheoryRow.Length == 0)
        {
            Assert.Matches($@"(Expect|Assert\.\w+)\([^;]*{code}", body);
            return;
        }

        Assert.Equal(row.Code, row.TheoryRow);
        Assert.Matches(
            $@"(?m)^ +\[InlineData\(.*{code}\)\]$|^ +\[{code}\] = ",
            attributes.Contains("[MemberData(nameof(Codes))]", StringComparison.Ordinal) ? Sources[row.Class] : attributes);
    });

    private static (string Attributes, string Body) Method(Entry row)
    {
        var method = Regex.Match(Sources[row.Class], $@"\n    (\[(?:Fact|Theory)\](?:\n    \[.*\])*)\n    public void {row.Method}\(([\s\S]*?)(?=\n\n    \S|\n\}})");
        Assert.True(method.Success, $"no test {row.Class}.{row.Method}");
        return ("    " + method.Groups[1].Value, method.Groups[2].Value);
    }

    [GeneratedRegex(@"^\| `([a-z_]+)` \|.*\| `(\w+)\.(\w+)(?:\((\w+)\))?` \|$", RegexOptions.Multiline)]
    private static partial Regex Row();

    [GeneratedRegex(@"^public (?:sealed )?class (\w+Tests)\b", RegexOptions.Multiline)]
    private static partial Regex TestClass();

    private sealed record Entry(string Code, string Class, string Method, string TheoryRow);
}
