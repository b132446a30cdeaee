using SipAlg.Calls.Dialplan;
using SipAlg.Configuration.Problems;
using SipAlg.Configuration.Shapes;
using SipAlg.Configuration.Yaml;

namespace SipAlg.Configuration.Dialplans;

/// <summary>What <c>called</c> and <c>caller</c> take.</summary>
internal sealed class NumbersOptions
{
    private const string Kinds = "a regular expression, a list of numbers, { prefix: […] } or { in: table }";
    private static readonly ListShape<string> List = new(Scalars.Text);

    /// <summary>Null: it is looked for in <see cref="Table"/>.</summary>
    public NumberPattern? Pattern { get; private init; }

    /// <summary>Null: it is written in place.</summary>
    public Located<string>? Table { get; private init; }

    public static Shape<NumbersOptions> Shape { get; } = new EitherShape<NumbersOptions>(
        Kinds,
        new MappedShape<RouteRegex, NumbersOptions>(Matching.Regex, regex => Of(new RegexNumbers(regex))),
        new MappedShape<IReadOnlyList<Located<string>>, NumbersOptions>(List, numbers => Of(new ListedNumbers([.. numbers.Select(number => number.Value)]))),
        new NamedShape());

    private static NumbersOptions Of(NumberPattern pattern) => new() { Pattern = pattern };

    /// <summary>The mapping with exactly one of its keys.</summary>
    private sealed class NamedShape : Shape<NumbersOptions>
    {
        public override string Description => Kinds;

        public override Located<NumbersOptions>? Bind(ConfigNode node, string key, ProblemList problems)
        {
            if (Named.Shape.Bind(node, key, problems) is not { IsSound: true, Value: var named })
            {
                return null;
            }

            if ((named.Prefix is null) == (named.In is null))
            {
                problems.Error(node.At, named.In is null ? $"'{key}' takes {Kinds}" : $"'{key}' takes either 'prefix' or 'in', not both");
                return null;
            }

            return new Located<NumbersOptions>(named.Prefix is { } prefix ? Of(new NumberPrefixes([.. prefix.Select(text => text.Value)])) : new NumbersOptions { Table = named.In }, node.At);
        }

        public override System.Text.Json.Nodes.JsonObject Schema()
        {
            var schema = Named.Shape.Schema();
            (schema["minProperties"], schema["maxProperties"]) = (1, 1);
            return schema;
        }
    }

    private sealed class Named
    {
        public IReadOnlyList<Located<string>>? Prefix { get; private set; }
        public Located<string>? In { get; private set; }

        public static ObjectShape<Named> Shape { get; } = new ObjectShape<Named>(_ => new Named())
            .Key("prefix", new ListShape<string>(Scalars.Text, allowsOne: true), (o, v) => o.Prefix = v.Value, "Beginnings of numbers.")
            .Key("in", Scalars.Name, (o, v) => o.In = v, "A table of numbers.");
    }
}
