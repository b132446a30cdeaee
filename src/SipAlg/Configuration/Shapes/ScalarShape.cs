using System.Text.Json.Nodes;
using SipAlg.Configuration.Problems;
using SipAlg.Configuration.Yaml;

namespace SipAlg.Configuration.Shapes;

/// <summary>A single value, read from its characters.</summary>
internal sealed class ScalarShape<T>(string description, Func<string, Parsed<T>> parse, JsonObject? schema = null) : Shape<T>
{
    public override string Description => description;

    public override Located<T>? Bind(ConfigNode node, string key, ProblemList problems)
    {
        if (node is not ScalarNode { IsEmpty: false } scalar)
        {
            return WrongKind(node, key, problems);
        }

        var parsed = parse(scalar.Text);
        if (parsed.Fault is null)
        {
            return new Located<T>(parsed.Value!, node.At);
        }

        problems.Error(node.At, $"'{key}': '{scalar.Written}' {parsed.Fault}", parsed.Hint);
        return null;
    }

    public override JsonObject Schema() => (JsonObject?)schema?.DeepClone() ?? AnyText(isEmptyTaken: parse("").Fault is null);
}
