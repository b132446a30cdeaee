using System.Globalization;
using System.Text.Json.Nodes;
using SipAlg.Configuration.Problems;
using SipAlg.Configuration.Yaml;

namespace SipAlg.Configuration.Shapes;

/// <summary>One of a few words.</summary>
/// <param name="notBuilt">Words that the contract knows and this version does not do yet.</param>
internal sealed class ChoiceShape<T>((string Word, T Value)[] choices, params string[] notBuilt) : Shape<T>
{
    public override string Description => choices.Length == 1 ? choices[0].Word : $"one of {string.Join(", ", choices.Select(choice => choice.Word))}";

    public override Located<T>? Bind(ConfigNode node, string key, ProblemList problems)
    {
        if (node is not ScalarNode { IsEmpty: false } scalar)
        {
            return WrongKind(node, key, problems);
        }

        foreach (var (word, value) in choices)
        {
            if (word == scalar.Text)
            {
                return new Located<T>(value, node.At);
            }
        }

        if (notBuilt.Contains(scalar.Text))
        {
            problems.Error(node.At, $"'{key}: {scalar.Text}' is not built yet", $"this version takes {Description}");
        }
        else
        {
            problems.Error(node.At, $"'{key}': '{scalar.Written}' is not {Description}", Suggestion.Hint(scalar.Text, choices.Select(choice => choice.Word)));
        }

        return null;
    }

    private static JsonValue? Unquoted(string word) =>
        bool.TryParse(word, out var truth) ? JsonValue.Create(truth) : decimal.TryParse(word, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) ? JsonValue.Create(number) : null;

    public override JsonObject Schema()
    {
        // Without quotes an editor takes 1.2 for a number, and true for a truth value.
        var words = choices.SelectMany(choice => new[] { JsonValue.Create(choice.Word), Unquoted(choice.Word) }.OfType<JsonNode>());
        return new JsonObject { ["enum"] = new JsonArray([.. words]) };
    }
}
