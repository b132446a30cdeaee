using System.Collections.Concurrent;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace SipAlg.Tests.Configuration.Schema;

/// <summary>JSON Schema, draft 7: as much of it as the schemas of the files use, and an error for what they do not name.</summary>
internal static class Draft7
{
    private static readonly ConcurrentDictionary<string, Regex> Patterns = new();

    public static bool Takes(JsonObject schema, JsonNode? value) => schema.All(rule => Holds(rule.Key, rule.Value!, schema, value));

    private static bool Holds(string rule, JsonNode limit, JsonObject schema, JsonNode? value) => rule switch
    {
        "$schema" or "title" or "description" => true,
        "type" => limit is JsonArray types ? types.Any(type => IsOf((string)type!, value)) : IsOf((string)limit!, value),
        "enum" => limit.AsArray().Any(word => JsonNode.DeepEquals(word, value)),
        "anyOf" => limit.AsArray().Any(choice => Takes(choice!.AsObject(), value)),
        "pattern" => !IsOf("string", value) || Matches((string)limit!, (string)value!),
        "minimum" => !IsOf("number", value) || (double)value! >= (double)limit,
        "maximum" => !IsOf("number", value) || (double)value! <= (double)limit,
        "minLength" => !IsOf("string", value) || ((string)value!).Length >= (int)limit,
        "minItems" => value is not JsonArray list || list.Count >= (int)limit,
        "items" => value is not JsonArray list || list.All(item => Takes(limit.AsObject(), item)),
        "required" => value is not JsonObject found || limit.AsArray().All(name => found.ContainsKey((string)name!)),
        "minProperties" => value is not JsonObject found || found.Count >= (int)limit,
        "maxProperties" => value is not JsonObject found || found.Count <= (int)limit,
        "propertyNames" => value is not JsonObject found || found.All(member => Takes(limit.AsObject(), JsonValue.Create(member.Key))),
        "properties" => value is not JsonObject found || found.All(member => limit[member.Key] is not { } known || Takes(known.AsObject(), member.Value)),
        "patternProperties" => value is not JsonObject found || found.All(member => limit.AsObject().All(free => !Matches(free.Key, member.Key) || Takes(free.Value!.AsObject(), member.Value))),
        "additionalProperties" => value is not JsonObject found || found.Where(member => !IsNamed(schema, member.Key)).All(member => limit is JsonObject others ? Takes(others, member.Value) : (bool)limit),
        _ => throw new NotSupportedException($"nobody checks '{rule}'"),
    };

    private static bool IsNamed(JsonObject schema, string key) =>
        schema["properties"]?[key] is not null || (schema["patternProperties"] as JsonObject ?? []).Any(free => Matches(free.Key, key));

    private static bool IsOf(string type, JsonNode? value) => type switch
    {
        "null" => value is null,
        "object" => value is JsonObject,
        "array" => value is JsonArray,
        "boolean" => value?.GetValueKind() is JsonValueKind.True or JsonValueKind.False,
        "string" => value?.GetValueKind() == JsonValueKind.String,
        "number" => value?.GetValueKind() == JsonValueKind.Number,
        "integer" => value?.GetValueKind() == JsonValueKind.Number && double.IsInteger((double)value),
        _ => throw new NotSupportedException(type),
    };

    private static bool Matches(string pattern, string text) => Patterns.GetOrAdd(pattern, written => new Regex(written, RegexOptions.ECMAScript)).IsMatch(text);
}
