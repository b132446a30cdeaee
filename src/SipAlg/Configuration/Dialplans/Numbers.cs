using SipAlg.Calls.Dialplan;
using SipAlg.Configuration.Problems;
using SipAlg.Configuration.Shapes;

namespace SipAlg.Configuration.Dialplans;

/// <summary>What <c>called</c> and <c>caller</c> take.</summary>
internal static class Numbers
{
    private static readonly ListShape<string> List = new(Scalars.Text);

    public static Shape<NumberPattern> Shape { get; } = new EitherShape<NumberPattern>(
        "a regular expression, a list of numbers, or { prefix: […] }",
        new MappedShape<RouteRegex, NumberPattern>(Matching.Regex, regex => new RegexNumbers(regex)),
        new MappedShape<IReadOnlyList<Located<string>>, NumberPattern>(List, numbers => new ListedNumbers([.. numbers.Select(number => number.Value)])),
        new MappedShape<PrefixOptions, NumberPattern>(PrefixOptions.Shape, prefixes => new NumberPrefixes([.. prefixes.Prefix.Select(prefix => prefix.Value)])));

    private sealed class PrefixOptions
    {
        public IReadOnlyList<Located<string>> Prefix { get; private set; } = [];

        public static ObjectShape<PrefixOptions> Shape { get; } = new ObjectShape<PrefixOptions>(_ => new PrefixOptions())
            .Key("prefix", new ListShape<string>(Scalars.Text, allowsOne: true), (o, v) => o.Prefix = v.Value, "Beginnings of numbers.")
            .NotBuilt("in");
    }
}
