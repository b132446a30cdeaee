using System.Text.Json.Nodes;
using SipAlg.Configuration.Problems;
using SipAlg.Configuration.Yaml;

namespace SipAlg.Configuration.Shapes;

/// <summary>
/// What a value looks like: binds a node, reporting everything that stands against it, and describes itself as JSON Schema.
/// One definition serves both, so the schema cannot say what the program does not do.
/// </summary>
internal abstract class Shape<T>
{
    /// <param name="key">The key that the value belongs to, for messages.</param>
    /// <returns>Null when the node does not fit; then at least one problem is reported.</returns>
    public abstract Located<T>? Bind(ConfigNode node, string key, ProblemList problems);

    public abstract JsonObject Schema();

    /// <summary>The type of a mapping of which nothing may be written yet: an editor takes that for null.</summary>
    protected static JsonNode MappingOrNothing => new JsonArray("object", "null");

    /// <summary>Editors read unquoted YAML as numbers and truth values, so those are let through too.</summary>
    protected static JsonObject AnyText(bool isEmptyTaken)
    {
        var schema = new JsonObject { ["type"] = new JsonArray("string", "number", "boolean") };
        if (!isEmptyTaken)
        {
            schema["minLength"] = 1;
        }

        return schema;
    }

    /// <summary>The same value where something has to be written.</summary>
    protected static JsonObject Written(JsonObject schema)
    {
        if (schema["type"] is JsonArray types && types.Any(type => (string?)type == "null"))
        {
            schema["type"] = "object";
        }

        return schema;
    }

    /// <summary>"a list", "a mapping" …, for messages.</summary>
    public abstract string Description { get; }

    /// <summary>Reports a node that this shape cannot read, unless that is reported already.</summary>
    protected Located<T>? WrongKind(ConfigNode node, string key, ProblemList problems)
    {
        if (node is not UnreadNode)
        {
            var found = node is ScalarNode { IsEmpty: true } ? "nothing" : node.Kind;
            problems.Error(node.At, $"'{key}' takes {Description}, not {found}");
        }

        return null;
    }
}
