using System.Text.Json.Nodes;

namespace SipAlg.Tests.Configuration.Schema;

/// <summary>A place in a document where a value stands.</summary>
/// <param name="Path">As <c>realms.a.listen</c>.</param>
/// <param name="Schema">Of the value.</param>
/// <param name="Around">The smallest document that is sound but for that value.</param>
internal sealed record Place(string Path, JsonObject Schema, Func<Written, Written> Around)
{
    /// <summary>What keys that have to be there may say.</summary>
    private static readonly Dictionary<string, string> Samples = new()
    {
        ["listen"] = "udp://127.0.0.1:5060", ["dialplan"] = "d.yaml", ["realm"] = "a", ["domain"] = "a.example", ["address"] = "10.0.0.1", ["aor"] = "sip:a@b.example", ["username"] = "u",
        ["password"] = "p", ["chain"] = "c.pem", ["key"] = "k.pem", ["file"] = "f.csv", ["url"] = "https://a.example", ["status"] = "404", ["called"] = "1",
    };

    /// <summary>All that the schema tells of.</summary>
    public static IEnumerable<Place> Of(JsonObject schema) => Within(new Place("", schema, written => written));

    private static IEnumerable<Place> Within(Place place)
    {
        var schema = place.Schema;
        if (schema["anyOf"] is JsonArray choices)
        {
            // One place, whichever it is: the whole of it is tried, and what is within each.
            return [place, .. choices.SelectMany(choice => Within(place with { Schema = choice!.AsObject() }).Where(inner => inner.Path != place.Path))];
        }

        var required = Required(schema);
        var named = (schema["properties"] as JsonObject ?? []).SelectMany(property => Within(new Place(
            $"{place.Path}.{property.Key}", property.Value!.AsObject(), written => place.Around(Written.Map([.. required.Where(other => other.Key != property.Key), (property.Key, written)])))));
        var others = schema["additionalProperties"] is JsonObject of ? Within(new Place($"{place.Path}.*", of, written => place.Around(Written.Map((Name(schema), written))))) : [];
        var items = schema["items"] is JsonObject item ? Within(new Place($"{place.Path}[]", item, written => place.Around(Written.List(written)))) : [];
        return [place, .. named, .. others, .. items];
    }

    /// <summary>The smallest sound value.</summary>
    /// <param name="key">That it stands at.</param>
    public static Written Sound(JsonObject schema, string key) =>
        schema["anyOf"] is JsonArray choices ? Sound(choices[0]!.AsObject(), key)
        : schema["properties"] is not null ? Written.Map([.. Required(schema)])
        : schema["additionalProperties"] is JsonObject of ? Written.Map((Name(schema), Sound(of, key)))
        : schema["items"] is JsonObject item ? Written.List(Sound(item, key))
        : Written.Plain(Samples[key]);

    private static (string Key, Written Value)[] Required(JsonObject schema) =>
        [.. (schema["required"] as JsonArray ?? []).Select(name => (string)name!).Select(name => (name, Sound(schema["properties"]![name]!.AsObject(), name)))];

    /// <summary>Of statuses the keys are numbers.</summary>
    private static string Name(JsonObject schema) => Draft7.Takes(schema["propertyNames"] as JsonObject ?? [], "a") ? "a" : "480";
}
