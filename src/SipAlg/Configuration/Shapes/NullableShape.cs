using System.Text.Json.Nodes;
using SipAlg.Configuration.Problems;
using SipAlg.Configuration.Yaml;

namespace SipAlg.Configuration.Shapes;

/// <summary>A value for which an unquoted <c>null</c> has a meaning.</summary>
internal sealed class NullableShape<T>(Shape<T> shape) : Shape<T?> where T : class
{
    public override string Description => $"{shape.Description} or null";

    public override Located<T?>? Bind(ConfigNode node, string key, ProblemList problems)
    {
        if (node is ScalarNode { IsNull: true })
        {
            return new Located<T?>(null, node.At);
        }

        return shape.Bind(node, key, problems) is { } bound ? new Located<T?>(bound.Value, bound.At, bound.IsSound) : null;
    }

    public override JsonObject Schema() => new() { ["anyOf"] = new JsonArray(new JsonObject { ["type"] = "null" }, shape.Schema()) };
}
