using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using SipAlg.Configuration.Problems;
using SipAlg.Configuration.Yaml;

namespace SipAlg.Configuration;

/// <summary>What the files of a configuration say, as far as others may see it.</summary>
internal sealed partial class WrittenConfiguration
{
    private const string Hidden = "(hidden)";
    private const string FreePrefix = "x-";

    private readonly MappingNode? _configuration;

    private WrittenConfiguration(ConfigNode configuration, IReadOnlyList<WrittenRoute> routes)
    {
        (_configuration, Routes) = (configuration as MappingNode, routes);
        File = configuration.At.File;
    }

    /// <summary>The configuration's file.</summary>
    public string File { get; }

    /// <summary>Of all files of the dialplan, in their order.</summary>
    public IReadOnlyList<WrittenRoute> Routes { get; }

    public static WrittenConfiguration Of(ConfigNode configuration, IEnumerable<ConfigNode> dialplans) => new(configuration, [.. dialplans.SelectMany(RoutesOf)]);

    /// <summary>As JSON, secrets hidden. What stands under the user's own keys is not shown: where it is used, it is shown there.</summary>
    public JsonObject ToJson() => new((_configuration?.Entries ?? [])
        .Where(entry => !entry.Key.StartsWith(FreePrefix, StringComparison.Ordinal)).Select(entry => KeyValuePair.Create(entry.Key, JsonOf(entry.Value))));

    internal static JsonNode? JsonOf(ConfigNode node) => node switch
    {
        ScalarNode scalar => TextOf(scalar),
        SequenceNode list => new JsonArray([.. list.Items.Select(JsonOf)]),
        MappingNode mapping => new JsonObject(mapping.Entries.Select(entry => KeyValuePair.Create(entry.Key, JsonOf(entry.Value)))),
        _ => null,
    };

    /// <summary>What was taken from the environment or another file stays its name: that somebody put it there may well mean that it is a secret.</summary>
    private static JsonValue? TextOf(ScalarNode scalar) =>
        scalar.IsSecret && !Reference().IsMatch(scalar.Written) ? JsonValue.Create(Hidden)
        : scalar.IsNull ? null
        : JsonValue.Create(scalar.Written);

    private static IEnumerable<WrittenRoute> RoutesOf(ConfigNode dialplan) =>
        ((dialplan as MappingNode)?.Entries.FirstOrDefault(entry => entry.Key == "routes").Value as SequenceNode)?.Items.Select(route => new WrittenRoute(route)) ?? [];

    [GeneratedRegex(@"^\$\{[^{}]*\}$")]
    private static partial Regex Reference();
}

/// <summary>One route as it is written.</summary>
internal sealed class WrittenRoute(ConfigNode node)
{
    public SourcePosition At => node.At;

    public JsonNode? ToJson() => WrittenConfiguration.JsonOf(node);
}
