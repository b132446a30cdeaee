using System.Text.Json.Nodes;
using SipAlg.Configuration.Problems;
using SipAlg.Configuration.Yaml;

namespace SipAlg.Configuration.Shapes;

/// <summary>A list of values of one shape.</summary>
/// <param name="allowsOne">A single value stands for a list of one.</param>
internal sealed class ListShape<T>(Shape<T> item, bool allowsOne = false, bool allowsNone = false) : Shape<IReadOnlyList<Located<T>>>
{
    public override string Description => allowsOne ? $"{item.Description} or a list" : "a list";

    public override Located<IReadOnlyList<Located<T>>>? Bind(ConfigNode node, string key, ProblemList problems)
    {
        if (node is not SequenceNode list)
        {
            return allowsOne && node is not ScalarNode { IsEmpty: true } ? BindOne(node, key, problems) : WrongKind(node, key, problems);
        }

        if (list.Items.Count == 0 && !allowsNone)
        {
            problems.Error(node.At, $"'{key}' is an empty list", "leave the key out, or write what belongs here");
            return null;
        }

        var items = list.Items.Select(entry => item.Bind(entry, key, problems)).OfType<Located<T>>().ToList();
        return new Located<IReadOnlyList<Located<T>>>(items, node.At, items.Count == list.Items.Count && items.TrueForAll(entry => entry.IsSound));
    }

    public override JsonObject Schema()
    {
        var list = new JsonObject { ["type"] = "array", ["items"] = item.Schema() };
        if (!allowsNone)
        {
            list["minItems"] = 1;
        }

        return allowsOne ? new JsonObject { ["anyOf"] = new JsonArray(Written(item.Schema()), list) } : list;
    }

    private Located<IReadOnlyList<Located<T>>>? BindOne(ConfigNode node, string key, ProblemList problems) =>
        item.Bind(node, key, problems) is { } only ? new Located<IReadOnlyList<Located<T>>>([only], node.At, only.IsSound) : null;
}
