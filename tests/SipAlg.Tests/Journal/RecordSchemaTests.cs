using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization.Metadata;
using System.Text.RegularExpressions;
using SipAlg.Calls.Calls;
using SipAlg.Journal;
using SipAlg.Tests.Configuration;
using SipAlg.Tests.Hosting;

namespace SipAlg.Tests.Journal;

/// <summary>docs/cdr.schema.json, held against records of real calls and against what the program may write.</summary>
public sealed class RecordSchemaTests
{
    private static readonly JsonNode Schema = JsonNode.Parse(File.ReadAllText(Repository.File("docs", "cdr.schema.json")))!;

    /// <summary>Members that only the API has.</summary>
    private static readonly string[] OfTheApi = ["state", "media_sources", "decision", "messages", "series"];

    [Fact]
    public async Task Records_of_real_calls_fit()
    {
        await using var host = await RunningHost.StartAsync();
        using var phone = host.Phone();
        await phone.CallAsync("600");
        await phone.HangUpAsync();
        using var second = host.Phone();
        await second.CallAsync("700");
        using var third = host.Phone();
        await third.CallAsync("999");

        await Eventually.True(() => File.Exists(host.CdrFile) && File.ReadAllLines(host.CdrFile).Length == 3, "three records");
        var records = (await File.ReadAllLinesAsync(host.CdrFile)).Select(line => JsonNode.Parse(line)!).ToArray();
        Assert.Empty(records.SelectMany(record => Faults(record, Schema, "")));
        Assert.Equal(["answered", "failed", "rejected"], records.Select(record => (string?)record["outcome"]).Order());
        Assert.Equal("700", (string?)records.Single(record => (string?)record["called"] == "700")["called_out"]);
        Assert.Null(records.Single(record => (string?)record["called"] == "999")["called_out"]);
    }

    [Fact]
    public async Task They_have_the_numbers_before_and_after_the_dialplan()
    {
        const string Dialplan = "routes: [ { name: far, when: { called: '^7(?<n>.*)$' }, set: { called: '+49${n}', caller: '+4930' }, to: [ { peer: far } ] } ]";
        await using var host = await RunningHost.StartAsync(files: new Dictionary<string, string> { ["d.yaml"] = Dialplan });
        using var phone = host.Phone();
        await phone.CallAsync("700", caller: "100");
        await Eventually.True(() => File.Exists(host.CdrFile) && File.ReadAllText(host.CdrFile).EndsWith('\n'), "the record");

        var record = JsonNode.Parse(await File.ReadAllTextAsync(host.CdrFile))!;
        Assert.Equal(("100", "700", "+4930", "+4900"), ((string?)record["caller"], (string?)record["called"], (string?)record["caller_out"], (string?)record["called_out"]));
    }

    [Fact]
    public async Task Records_in_the_documentation_fit()
    {
        var text = await File.ReadAllTextAsync(Repository.File("docs", "cdr.md"));
        var whole = JsonNode.Parse(Regex.Match(text, "```json\n(\\{.*\\})\n```").Groups[1].Value)!;
        var media = JsonNode.Parse($"{{{text.Split('\n').Single(line => line.StartsWith("\"media\":", StringComparison.Ordinal))}}}")!;
        var transfers = JsonNode.Parse($"{{{text.Split('\n').Single(line => line.StartsWith("\"transfers\":", StringComparison.Ordinal))}}}")!;
        whole["media"] = media["media"]!.DeepClone();
        whole["transfers"] = transfers["transfers"]!.DeepClone();
        Assert.Empty(Faults(whole, Schema, ""));

        whole["status"] = "200";
        whole["media"]![0]!["from_caller"]!["mos"] = 5;
        whole.AsObject().Remove("id");
        whole["more"] = 1;
        Assert.Equal(["/: no id", "/media/0/from_caller: fits none", "/more: unknown", "/status: no integer, null"], Faults(whole, Schema, "").Order(StringComparer.Ordinal));
    }

    /// <summary>A member that is written and not described, or the other way round, is a fault of the schema.</summary>
    [Fact]
    public void It_names_what_the_program_writes()
    {
        Same(CallJson.Default.CallDetails, Schema);
        Same(CallJson.Default.TransferDetails, Schema["definitions"]!["transfer"]!);
        Same(CallJson.Default.StreamDetails, Schema["definitions"]!["stream"]!);
        Same(CallJson.Default.DirectionDetails, Schema["definitions"]!["direction"]!);
        Same(CallJson.Default.RtpDetails, Schema["definitions"]!["rtp"]!);
        Same(CallJson.Default.VerdictDetails, Schema["definitions"]!["verdict"]!);
        Assert.Equal(Enum.GetValues<CallOutcome>().Select(CallCauses.Text).Order(), Schema["properties"]!["outcome"]!["enum"]!.AsArray().Select(word => (string)word!).Order());
    }

    private static void Same(JsonTypeInfo written, JsonNode schema) => Assert.Equal(
        written.Properties.Select(property => property.Name).Except(OfTheApi).Order(), schema["properties"]!.AsObject().Select(property => property.Key).Order());

    /// <summary>As much of JSON Schema (draft 07) as this one uses.</summary>
    private static IEnumerable<string> Faults(JsonNode? value, JsonNode schema, string at)
    {
        if ((string?)schema["$ref"] is { } reference)
        {
            return Faults(value, Schema["definitions"]![reference["#/definitions/".Length..]]!, at);
        }

        if (schema["anyOf"] is JsonArray any)
        {
            return any.Any(one => !Faults(value, one!, at).Any()) ? [] : [$"{at}: fits none"];
        }

        if (schema["enum"] is JsonArray words)
        {
            return words.Any(word => JsonNode.DeepEquals(word, value)) ? [] : [$"{at}: not of the enum"];
        }

        string[] types = schema["type"] is JsonArray list ? [.. list.Select(type => (string)type!)] : [(string)schema["type"]!];
        return !types.Any(type => Is(value, type)) ? [$"{at}: no {string.Join(", ", types)}"] : value switch
        {
            JsonObject members => OfObject(members, schema, at),
            JsonArray items => items.SelectMany((item, index) => Faults(item, schema["items"]!, $"{at}/{index}")),
            JsonValue scalar => OfScalar(scalar, schema, at),
            _ => [],
        };
    }

    private static IEnumerable<string> OfObject(JsonObject members, JsonNode schema, string at)
    {
        var properties = schema["properties"]?.AsObject() ?? [];
        var missing = (schema["required"]?.AsArray() ?? []).Where(name => !members.ContainsKey((string)name!)).Select(name => $"{at}/: no {name}");
        return missing.Concat(members.SelectMany(member =>
            properties[member.Key] is { } known ? Faults(member.Value, known, $"{at}/{member.Key}")
            : schema["additionalProperties"] is JsonObject other ? Faults(member.Value, other, $"{at}/{member.Key}")
            : [$"{at}/{member.Key}: unknown"]));
    }

    private static IEnumerable<string> OfScalar(JsonValue value, JsonNode schema, string at)
    {
        var isText = value.GetValueKind() == JsonValueKind.String;
        if (isText && schema["pattern"] is { } pattern && !Regex.IsMatch((string)value!, (string)pattern!))
        {
            yield return $"{at}: not like {pattern}";
        }

        if (!isText && ((schema["minimum"] is { } least && Number(value) < Number(least)) || (schema["maximum"] is { } most && Number(value) > Number(most))))
        {
            yield return $"{at}: out of range";
        }
    }

    private static double Number(JsonNode value) => double.Parse(value.ToJsonString(), System.Globalization.CultureInfo.InvariantCulture);

    private static bool Is(JsonNode? value, string type) => type switch
    {
        "null" => value is null,
        "object" => value is JsonObject,
        "array" => value is JsonArray,
        "string" => value?.GetValueKind() == JsonValueKind.String,
        "integer" => value?.GetValueKind() == JsonValueKind.Number && double.IsInteger(Number(value)),
        _ => value?.GetValueKind() == JsonValueKind.Number,
    };
}
