using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace SipAlg.Tests.Admin;

/// <summary>Holds JSON against the schemas of an OpenAPI document: as much of JSON Schema as they use, and an error for what they do not name.</summary>
internal sealed class SchemaCheck(JsonNode document)
{
    private static readonly HashSet<string> Known = ["$ref", "type", "properties", "required", "items", "additionalProperties", "anyOf", "format"];

    /// <returns>What does not fit, with its place.</returns>
    public IEnumerable<string> Faults(JsonNode? value, JsonNode schema, string at = "$")
    {
        if (schema is not JsonObject rules)
        {
            return [$"{at}: {schema.ToJsonString()} is no schema"];
        }

        if ((string?)rules["$ref"] is { } reference)
        {
            return Resolve(reference) is { } target ? Faults(value, target, at) : [$"{at}: {reference} leads nowhere"];
        }

        if (rules["anyOf"] is JsonArray choices)
        {
            return choices.Any(choice => !Faults(value, choice!, at).Any()) ? [] : [$"{at}: fits none of {choices.ToJsonString()}"];
        }

        var unknown = rules.Select(rule => rule.Key).Where(key => !Known.Contains(key)).Select(key => $"{at}: the schema says {key}, which nobody checks");
        return unknown.Concat(TypeFaults(value, rules, at)).Concat(value switch
        {
            JsonObject found => ObjectFaults(found, rules, at),
            JsonArray list when rules["items"] is { } items => list.SelectMany((item, index) => Faults(item, items, $"{at}[{index}]")),
            _ => [],
        });
    }

    private JsonNode? Resolve(string reference) => reference.Split('/').Skip(1).Aggregate((JsonNode?)document, (node, name) => node?[name]);

    private static IEnumerable<string> TypeFaults(JsonNode? value, JsonObject rules, string at)
    {
        if (rules["type"] is not { } type)
        {
            yield break;
        }

        var allowed = type is JsonArray several ? several.Select(one => (string)one!).ToArray() : [(string)type!];
        if (!allowed.Contains(TypeOf(value)) && !(TypeOf(value) == "integer" && allowed.Contains("number")))
        {
            yield return $"{at}: {value?.ToJsonString() ?? "null"} is no {string.Join(" or ", allowed)}";
        }

        if ((string?)rules["format"] == "date-time" && value is not null && !DateTimeOffset.TryParseExact((string?)value, "yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture, DateTimeStyles.None, out _))
        {
            yield return $"{at}: {value} is no time";
        }
    }

    private IEnumerable<string> ObjectFaults(JsonObject value, JsonObject rules, string at)
    {
        var named = rules["properties"] as JsonObject;
        var missing = (rules["required"] as JsonArray ?? []).Select(name => (string)name!).Where(name => !value.ContainsKey(name)).Select(name => $"{at}: {name} is missing");
        if (named is null && rules["additionalProperties"] is null)
        {
            return missing;
        }

        return missing.Concat(value.SelectMany(member =>
            named?[member.Key] is { } schema ? Faults(member.Value, schema, $"{at}.{member.Key}")
            : rules["additionalProperties"] is { } others ? Faults(member.Value, others, $"{at}.{member.Key}")
            : [$"{at}: {member.Key} is not described"]));
    }

    private static string TypeOf(JsonNode? value) => value is null ? "null" : value.GetValueKind() switch
    {
        JsonValueKind.Object => "object",
        JsonValueKind.Array => "array",
        JsonValueKind.String => "string",
        JsonValueKind.Number => value.ToJsonString().AsSpan().IndexOfAny('.', 'e', 'E') < 0 ? "integer" : "number",
        JsonValueKind.True or JsonValueKind.False => "boolean",
        _ => "null",
    };
}
