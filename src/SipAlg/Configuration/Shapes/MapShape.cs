using System.Collections.Immutable;
using System.Text.Json.Nodes;
using SipAlg.Configuration.Problems;
using SipAlg.Configuration.Yaml;

namespace SipAlg.Configuration.Shapes;

/// <summary>A mapping whose keys are names that the user chooses.</summary>
/// <param name="nameFault">What stands against a name; null when nothing does.</param>
/// <param name="allowsNone">An empty mapping is fine.</param>
/// <param name="names">JSON Schema of the names; null when they are free.</param>
/// <param name="keepsNodes">What is written of each entry is asked for later.</param>
internal sealed class MapShape<T>(Shape<T> value, Func<string, string?> nameFault, bool allowsNone = true, JsonObject? names = null, bool keepsNodes = false) : Shape<IReadOnlyList<Named<T>>>
{
    public override string Description => "a mapping";

    public override Located<IReadOnlyList<Named<T>>>? Bind(ConfigNode node, string key, ProblemList problems)
    {
        if (node is not MappingNode and not ScalarNode { IsEmpty: true })
        {
            return WrongKind(node, key, problems);
        }

        ImmutableArray<MappingEntry> written = node is MappingNode mapping ? mapping.Entries : [];
        if (written.IsEmpty && !allowsNone)
        {
            problems.Error(node.At, $"'{key}' is empty", "write at least one entry below it");
            return null;
        }

        var entries = written.Select(entry => BindEntry(entry, problems)).OfType<Named<T>>().ToList();
        return new Located<IReadOnlyList<Named<T>>>(entries, node.At, entries.Count == written.Length && entries.TrueForAll(entry => entry.IsSound));
    }

    public override JsonObject Schema()
    {
        var schema = new JsonObject { ["type"] = allowsNone ? MappingOrNothing : "object", ["additionalProperties"] = value.Schema() };
        if (!allowsNone)
        {
            schema["minProperties"] = 1;
        }

        if (names is not null)
        {
            schema["propertyNames"] = names.DeepClone();
        }

        return schema;
    }

    /// <summary>Binds one of its entries.</summary>
    /// <returns>Null when its value is left out, which is reported.</returns>
    public Named<T>? BindEntry(MappingEntry entry, ProblemList problems)
    {
        var fault = nameFault(entry.Key);
        if (fault is not null)
        {
            problems.Error(entry.At, fault);
        }

        var bound = value.Bind(entry.Value, entry.Key, problems);
        return bound is null ? null : new Named<T>(entry.Key, entry.At, bound.Value, bound.IsSound && fault is null) { Node = keepsNodes ? entry.Value : null };
    }
}
