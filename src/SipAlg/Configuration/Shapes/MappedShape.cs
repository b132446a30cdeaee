using System.Text.Json.Nodes;
using SipAlg.Configuration.Problems;
using SipAlg.Configuration.Yaml;

namespace SipAlg.Configuration.Shapes;

/// <summary>Written as one thing, kept as another.</summary>
internal sealed class MappedShape<TFrom, T>(Shape<TFrom> shape, Func<TFrom, T> map) : Shape<T>
{
    public override string Description => shape.Description;

    public override Located<T>? Bind(ConfigNode node, string key, ProblemList problems) =>
        shape.Bind(node, key, problems) is { } bound ? new Located<T>(map(bound.Value), bound.At, bound.IsSound) : null;

    public override JsonObject Schema() => shape.Schema();
}
