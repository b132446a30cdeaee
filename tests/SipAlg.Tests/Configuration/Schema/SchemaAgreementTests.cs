using System.Text.Json.Nodes;
using SipAlg.Configuration;
using SipAlg.Configuration.Dialplans;
using SipAlg.Configuration.Options;
using SipAlg.Configuration.Problems;
using SipAlg.Configuration.Yaml;

namespace SipAlg.Tests.Configuration.Schema;

/// <summary>What <c>sipalg schema</c> lets an editor say of a file is what <c>sipalg check</c> says: each kind of value at each place of it.</summary>
public sealed class SchemaAgreementTests
{
    private static readonly string[] Numbers =
    [
        "0", "1", "2", "5", "05", "10", "63", "64", "046", "99", "100", "299", "300", "399", "400", "404", "0408", "480", "699", "700", "1000", "1001", "65535", "65536", "100000", "100001",
        "1000000", "1000001", "2147483647", "2147483648", "99999999999", "-1", "1.2", "1.3", "4930123",
    ];

    private static readonly string[] Texts =
    [
        "true", "false", "off", "on", "auto", "yes", "none", "all", "required", "ef", "af41", "af44", "cs5", "cs8", "500-599", "200-299", "30", "5x", "s",
        "0s", "1ms", "9ms", "10ms", "99ms", "100ms", "999ms", "1000ms", "1s", "4s", "5s", "9s", "10s", "10001ms", "11s", "29s", "30s", "59s", "60s", "61s", "89s", "90s", "1m", "5m", "301s", "10m", "601s", "1h", "61m", "24h",
        "25h", "1d", "7d", "8d", "169h", "30d", "31d", "3650d", "3651d", "87600h", "87601h", "10000000ms", "10000001ms", "1m1h", "1s1s", "5S", "1h30m1",
        "4MiB", "3MiB", "63KiB", "64KiB", "64GiB", "65GiB", "65537MiB", "1MiB", "1023KiB", "1024KiB", "4294967295KiB", "4294967296KiB", "1MB", "20/s", "0/s", "00/s", "1/h", "600/m", "2147483647/s", "2147483648/s", "20/d", "-1/s",
        "alice", "a b", "+4930", "+4930*", "++1", "101*", "49+30", "sip:10.0.0.1", "SIP:10.0.0.1", "SIPS:a@b.example", "sip:a@b.example", "udp://10.0.0.1:5060", "tcp://10.0.0.1:5060", "system", "10000-19999",
        "INVITE", "invite", "id", "udp", "md5", "exact", "text", "Mon-Fri", "2026-03-02T09:00Z", "https://a.example", "d41d8cd98f00b204e9800998ecf8427e", "d41d8cd98f00b204e9800998ecf8427g",
        "12345678901234567890123456789012", "123456789012345678901234567890123", "12345678901234567890123456789012345678901",
    ];

    /// <summary>What no schema can tell: whether a sum is within bounds, and, of a plain number, whether there was a sign.</summary>
    private static readonly string[] Untold = ["1h30m", "1m30s", "9m59s", "1m30s500ms", "2d12h", "1s500ms", "1m0s", "+4930"];

    private static readonly string[] Names = ["a", "A-1_b.c", "a b", "ä", "480", "299", "X-Test", "x:y", "a,b", new('n', 64), new('n', 65)];

    /// <summary>Patterns that tell the beginning of what has a grammar of its own, and those of hashes: one of digits alone is a number to an editor, and no more is known of it.</summary>
    private static readonly string[] OwnGrammar = ["^(udp|tcp", "^[sS][iI][pP]", "^[0-9]+-[0-9]+$", "^[0-9a-fA-F]{"];

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_value_is_taken_by_both_or_by_neither(bool isDialplan)
    {
        var schema = JsonNode.Parse(isDialplan ? ConfigurationSchema.OfDialplan() : ConfigurationSchema.OfConfiguration())!.AsObject();
        var tried = 0;
        var faults = new List<string>();
        foreach (var (place, written, isUntold) in Place.Of(schema).SelectMany(Candidates))
        {
            var document = place.Around(written);
            var (reads, allows) = (Reads(document, isDialplan), Draft7.Takes(schema, document.Json));
            tried++;
            if (reads != allows && (reads || !(isUntold || (written is Written.OneValue { Text.Length: > 0 } && IsOpen(place.Schema)))))
            {
                faults.Add($"{place.Path}: {written} is {(reads ? "taken by check, and not by the schema" : "taken by the schema, and not by check")}");
            }
        }

        Assert.True(tried > 10_000, $"{tried} were tried");
        Assert.True(faults.Count == 0, $"{faults.Count} of {tried} differ:\n{string.Join('\n', faults.Take(60))}");
    }

    private static IEnumerable<(Place Place, Written Written, bool IsUntold)> Candidates(Place place) =>
    [
        .. Numbers.Concat(Texts).SelectMany(text => new[] { Written.Plain(text), Written.Quoted(text) }.Where(written => !Untold.Contains(written.ToString()))).Select(written => (place, written, false)),
        .. Untold.Select(text => (place, Written.Plain(text), true)),
        (place, Written.Plain(""), false), (place, Written.Quoted(""), false), (place, Written.List(), false), (place, Written.Map(), false),
        (place, Written.List(Written.List()), false), (place, Written.List(Written.Map()), false), (place, Written.List(Written.Plain("")), false),
        (place, Written.Map(("nope", Written.Plain("1"))), false), (place, Written.Map(("x-mine", Written.Plain("1"))), false),
        .. place.Schema["additionalProperties"] is JsonObject of
            ? Names.Select(name => (place, Written.Map((name, Place.Sound(of, Last(place.Path)))), false))
            : [],
    ];

    /// <summary>Of maps the name of what they hold.</summary>
    private static string Last(string path) => path.EndsWith("map_status", StringComparison.Ordinal) ? "status" : "called";

    /// <summary>Any text, as far as the schema knows.</summary>
    private static bool IsOpen(JsonObject schema) => schema["anyOf"] is JsonArray choices ? choices.Any(choice => IsOpen(choice!.AsObject()))
        : schema["items"] is JsonObject || schema["properties"] is not null ? false
        : schema["pattern"] is { } pattern ? OwnGrammar.Any(((string)pattern!).StartsWith)
        : schema["enum"] is null && schema["additionalProperties"] is null;

    private static bool Reads(Written document, bool isDialplan)
    {
        var problems = new ProblemList();
        ConfigNode node = document.Node;
        return (isDialplan ? DialplanOptions.Shape.Bind(node, "dialplan", problems)?.IsSound : GatewayOptions.Shape.Bind(node, "configuration", problems)?.IsSound) == true && !problems.HasErrors;
    }
}
