using System.Security.Cryptography.X509Certificates;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using SipAlg.Configuration;
using SipAlg.Configuration.Dialplans;
using SipAlg.Testing.Tls;
using static SipAlg.Tests.Configuration.ConfigurationBench;

namespace SipAlg.Tests.Configuration;

/// <summary>The examples in the documentation are what the program takes, and every key is documented.</summary>
public sealed partial class DocumentationTests
{
    public static TheoryData<int> ConfigurationBlocks => Numbers("configuration.md");

    public static TheoryData<int> NatBlocks => Numbers("nat.md");

    public static TheoryData<int> MediaBlocks => Numbers("media.md");

    public static TheoryData<int> LoggingBlocks => Numbers("logging.md");

    public static TheoryData<int> BansBlocks => Numbers("bans.md");

    /// <summary>The files that it names are there, as the authority of a test makes them.</summary>
    [Fact]
    public void The_configuration_in_the_page_on_tls_loads_without_a_warning()
    {
        var bench = Bench();
        using var authority = new TestAuthority();
        foreach (var name in new[] { "gateway", "other", "towards-other" })
        {
            using var certificate = authority.Issue(name, [$"{name}.example"]);
            using var key = certificate.GetECDsaPrivateKey()!;
            (bench.Files[$"certs/{name}.pem"], bench.Files[$"certs/{name}.key"]) = (certificate.ExportCertificatePem(), key.ExportPkcs8PrivateKeyPem());
        }

        bench.Files["certs/carriers.pem"] = authority.Pem;
        var loaded = bench.LoadPart(Assert.Single(Blocks("tls.md")));
        Assert.Empty(loaded.Problems);
        Assert.Equal(["sip.carrier.example", "sip.other.example"], loaded.Configuration!.Model.Peers.SelectMany(peer => peer.TlsNames));
    }

    public static TheoryData<int> DialplanBlocks => Numbers("dialplan.md");

    [Theory]
    [MemberData(nameof(ConfigurationBlocks))]
    public void A_configuration_in_the_documentation_loads(int number)
    {
        var bench = Bench();
        var block = Blocks("configuration.md")[number];

        Assert.Empty(Errors(block.Contains("core", StringComparison.Ordinal) ? bench.Load(Complete(block, "core")) : bench.LoadPart(block)));
    }

    /// <summary>And none of them is doubtful: the gateway behind NAT is told what to write.</summary>
    [Theory]
    [MemberData(nameof(NatBlocks))]
    public void A_configuration_in_the_page_on_nat_loads_without_a_warning(int number) => Assert.Empty(Bench().LoadPart(Blocks("nat.md")[number]).Problems);

    [Theory]
    [MemberData(nameof(MediaBlocks))]
    public void A_configuration_in_the_page_on_media_loads_without_a_warning(int number) => Assert.Empty(Bench().LoadPart(Blocks("media.md")[number]).Problems);

    /// <summary>Its listeners take SIP over UDP: that is what is warned of, and nothing else.</summary>
    [Fact]
    public void The_configuration_in_the_page_on_srtp_loads() =>
        Assert.Equal(2, Bench().LoadPart(Assert.Single(Blocks("srtp.md"))).Problems.Count(problem => problem.ToString().Contains("keys of SRTP would travel unencrypted", StringComparison.Ordinal)));

    [Fact]
    public void The_configuration_in_the_page_on_call_records_loads_without_a_warning() => Assert.Empty(Bench().LoadPart(Assert.Single(Blocks("cdr.md"))).Problems);

    [Theory]
    [MemberData(nameof(LoggingBlocks))]
    public void A_configuration_in_the_page_on_logs_loads_without_a_warning(int number) => Assert.Empty(Bench().LoadPart(Blocks("logging.md")[number]).Problems);

    [Theory]
    [MemberData(nameof(BansBlocks))]
    public void A_configuration_in_the_page_on_bans_loads(int number)
    {
        var bench = Bench();
        bench.Files["scanners.csv"] = Regex.Match(File.ReadAllText(Repository.File("docs", "bans.md")), "^```text\n(.*?)^```$", RegexOptions.Singleline | RegexOptions.Multiline).Groups[1].Value;
        Assert.Empty(Errors(bench.LoadPart(Blocks("bans.md")[number])));
    }

    [Theory]
    [MemberData(nameof(DialplanBlocks))]
    public void A_dialplan_in_the_documentation_loads_and_passes_its_tests(int number) => Sound(Blocks("dialplan.md")[number]);

    [Theory]
    [InlineData("pbx-and-carrier.yaml")]
    public void A_dialplan_that_is_shipped_fits_its_configuration(string file) => Sound(File.ReadAllText(Repository.File("dialplans", file)));

    /// <summary>What a reader of the README types, word by word: its configuration with its dialplan, and that one's tests.</summary>
    [Fact]
    public void The_gateway_of_the_readme_is_sound()
    {
        var blocks = Regex.Matches(File.ReadAllText(Repository.File("README.md")), "```yaml\n(.*?)```", RegexOptions.Singleline).Select(match => match.Groups[1].Value).ToArray();
        Assert.Equal(2, blocks.Length);
        Passes("dialplan.yaml", blocks[1], blocks[0]);
    }

    [Fact]
    public void The_gateway_before_a_pbx_with_its_own_users_is_sound()
    {
        var blocks = Blocks("registrations.md");
        Assert.Equal(2, blocks.Length);
        Passes("dialplan.yaml", blocks[1], blocks[0]);
    }

    [Theory]
    [InlineData("sipalg.yaml")]
    [InlineData("sipalg.bridge.yaml")]
    public void The_gateway_of_the_compose_files_is_sound(string file) =>
        Passes("dialplan.yaml", File.ReadAllText(Repository.File("deploy", "dialplan.yaml")), File.ReadAllText(Repository.File("deploy", file)));

    [Fact]
    public void The_configuration_of_the_shipped_dialplan_is_the_first_of_the_documentation()
    {
        var bench = Bench();
        bench.Files["../dialplans/pbx-and-carrier.yaml"] = File.ReadAllText(Repository.File("dialplans", "pbx-and-carrier.yaml"));

        var result = bench.Load(Blocks("configuration.md")[0]);

        Assert.Empty(Errors(result));
        Assert.DoesNotContain(result.Problems, problem => problem.At.File.EndsWith("pbx-and-carrier.yaml", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("configuration.md", false)]
    [InlineData("dialplan.md", true)]
    public void Every_key_is_documented(string file, bool isDialplan)
    {
        var schema = JsonNode.Parse(isDialplan ? ConfigurationSchema.OfDialplan() : ConfigurationSchema.OfConfiguration())!;
        var text = File.ReadAllText(Repository.File("docs", file));

        var missing = Keys(schema).Distinct().Where(key => !Regex.IsMatch(text, $@"`(\w+\.)?{key}`|^## .*\b{key}\b|^ *{key}:", RegexOptions.Multiline));

        Assert.Empty(missing);
    }

    private static void Sound(string dialplan) => Passes("../dialplans/pbx-and-carrier.yaml", dialplan,
        $"{Blocks("configuration.md")[0].Replace("  inside:\n", "  inside:\n    domain: example.com\n", StringComparison.Ordinal).Replace("peers:\n", "peers:\n  lan: { realm: inside, accept_from: 10.0.0.0/24, trust: false }\n", StringComparison.Ordinal)}\n{Starting("users:")}\n{Starting("tables:")}");

    private static string Starting(string key) => Blocks("configuration.md").First(block => block.StartsWith(key, StringComparison.Ordinal));

    private static void Passes(string dialplanFile, string dialplan, string configuration)
    {
        var bench = Bench();
        bench.Environment["SIPALG_PHONE"] = "127.0.0.1:5062";
        bench.Environment["SIPALG_ADDRESS"] = "192.0.2.7";
        bench.Files[dialplanFile] = dialplan;
        var result = bench.Load(configuration);
        Assert.Empty(Errors(result));

        Assert.Empty(DialplanTests.RunAll(result.Configuration!, TimeProvider.System));
    }

    private static ConfigurationBench Bench()
    {
        var bench = new ConfigurationBench();
        bench.Environment["SIPALG_ADMIN_TOKEN"] = "secret";
        bench.Environment["TRUNK_PREFIX"] = "0";
        bench.Environment["CDR_TOKEN"] = bench.Environment["CARRIER_PASSWORD"] = bench.Environment["CARRIER_B_PASSWORD"] = bench.Environment["ALICE_PASSWORD"] = bench.Environment["BRANCH_PASSWORD"] = "secret";
        bench.Environment["HEP_PASSWORD"] = "secret";
        bench.Files["/run/secrets/read_token"] = "secret\n";
        bench.Files["../dialplans/pbx-and-carrier.yaml"] = "routes: []";
        bench.Files["numbers.csv"] = Fenced("csv");
        bench.Files["holidays.txt"] = Fenced("text");
        return bench;
    }

    /// <summary>A file that the page on the dialplan shows.</summary>
    private static string Fenced(string kind) =>
        Regex.Match(File.ReadAllText(Repository.File("docs", "dialplan.md")), $"^```{kind}\n(.*?)^```$", RegexOptions.Singleline | RegexOptions.Multiline).Groups[1].Value;

    /// <summary>A block that is a part of a file, with the realm that it speaks of and a dialplan.</summary>
    private static string Complete(string block, string realm) =>
        $"{block}\n{(block.Contains("realms:", StringComparison.Ordinal) ? "" : $"realms: {{ {realm}: {{ listen: udp://10.0.0.1 }} }}\n")}dialplan: d.yaml";

    private static IEnumerable<string> Keys(JsonNode? node) => node switch
    {
        JsonObject found => found.SelectMany(entry => entry.Key == "properties" ? entry.Value!.AsObject().Select(key => key.Key).Concat(entry.Value.AsObject().SelectMany(key => Keys(key.Value))) : Keys(entry.Value)),
        JsonArray list => list.SelectMany(Keys),
        _ => [],
    };

    private static TheoryData<int> Numbers(string file) => [.. Enumerable.Range(0, Blocks(file).Length)];

    private static string[] Blocks(string file) =>
        [.. Fence().Matches(File.ReadAllText(Repository.File("docs", file))).Select(match => match.Groups[1].Value)];

    [GeneratedRegex("^```yaml\n(.*?)^```$", RegexOptions.Singleline | RegexOptions.Multiline)]
    private static partial Regex Fence();
}
