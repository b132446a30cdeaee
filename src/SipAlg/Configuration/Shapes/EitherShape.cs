using System.Text.Json.Nodes;
using SipAlg.Configuration.Problems;
using SipAlg.Configuration.Yaml;

namespace SipAlg.Configuration.Shapes;

/// <summary>A value that may be written as a scalar, a list or a mapping; the kind of the node decides which shape reads it.</summary>
internal sealed class EitherShape<T>(string description, Shape<T>? scalar = null, Shape<T>? list = null, Shape<T>? mapping = null) : Shape<T>
{
    public override string Description => description;

    public override Located<T>? Bind(ConfigNode node, string key, ProblemList problems)
    {
        var shape = node switch
        {
            SequenceNode => list,
            MappingNode => mapping,
            ScalarNode { IsEmpty: true } => null,
            _ => scalar,
        };
        return shape is null ? WrongKind(node, key, problems) : shape.Bind(node, key, problems);
    }

    public override JsonObject Schema() =>
        new() { ["anyOf"] = new JsonArray([.. new[] { scalar, list, mapping }.OfType<Shape<T>>().Select(shape => Written(shape.Schema()))]) };
}
