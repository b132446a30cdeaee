using System.Text.Json.Nodes;
using System.Text.Json.Schema;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;

namespace SipAlg.Admin.Description;

/// <summary>The JSON Schemas of all bodies, each record under its own name: from the very shapes that write them.</summary>
internal sealed class Schemas
{
    private readonly SortedDictionary<string, (JsonTypeInfo Shape, bool IsRequest)> _named = new(StringComparer.Ordinal);

    public JsonObject ReferenceTo(JsonTypeInfo shape, bool isRequest = false)
    {
        _named.TryAdd(shape.Type.Name, (shape, isRequest));
        return new JsonObject { ["$ref"] = $"#/components/schemas/{shape.Type.Name}" };
    }

    /// <summary>All that were referred to, and what they refer to.</summary>
    public JsonObject Write()
    {
        var written = new SortedDictionary<string, JsonNode?>(StringComparer.Ordinal);
        while (_named.FirstOrDefault(entry => !written.ContainsKey(entry.Key)) is { Key: { } name, Value: var (shape, isRequest) })
        {
            written[name] = Export(shape, isRequest);
        }

        return new JsonObject(written);
    }

    private JsonNode Export(JsonTypeInfo shape, bool isRequest) => JsonSchemaExporter.GetJsonSchemaAsNode(shape, new JsonSchemaExporterOptions
    {
        TreatNullObliviousAsNonNullable = true,
        TransformSchemaNode = (context, node) => Transform(context, node, isRequest),
    });

    private JsonObject Transform(JsonSchemaExporterContext context, JsonNode node, bool isRequest)
    {
        var type = Nullable.GetUnderlyingType(context.TypeInfo.Type) ?? context.TypeInfo.Type;
        if (type == typeof(DateTimeOffset))
        {
            // The converter says nothing of what it writes.
            return new JsonObject { ["type"] = type == context.TypeInfo.Type ? "string" : new JsonArray("string", "null"), ["format"] = "date-time" };
        }

        if (node is not JsonObject schema)
        {
            return new JsonObject();
        }

        if (context.TypeInfo.Kind != JsonTypeInfoKind.Object)
        {
            return schema;
        }

        if (context.Path.Length > 0)
        {
            var reference = ReferenceTo(context.TypeInfo);
            return context.PropertyInfo is { IsGetNullable: true } && !IsItem(context) ? new JsonObject { ["anyOf"] = new JsonArray(reference, new JsonObject { ["type"] = "null" }) } : reference;
        }

        schema["type"] = "object";
        schema["required"] = new JsonArray([.. context.TypeInfo.Properties.Where(property => isRequest ? property.IsRequired : IsAlwaysWritten(property)).Select(property => JsonValue.Create(property.Name))]);
        return schema;
    }

    /// <summary>Of a list: that the list may be null says nothing of what is in it.</summary>
    private static bool IsItem(JsonSchemaExporterContext context) => context.Path[^1] is "items" or "additionalProperties";

    private static bool IsAlwaysWritten(JsonPropertyInfo property) =>
        property.AttributeProvider?.GetCustomAttributes(typeof(JsonIgnoreAttribute), inherit: false) is not { Length: > 0 };
}
