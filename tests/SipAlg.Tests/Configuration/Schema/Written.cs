using System.Globalization;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using SipAlg.Configuration.Problems;
using SipAlg.Configuration.Yaml;

namespace SipAlg.Tests.Configuration.Schema;

/// <summary>A part of a document, as the program reads it and as an editor does: that one takes plain values for what YAML 1.2 calls them (core schema, 10.3.2).</summary>
internal abstract partial record Written
{
    private static readonly SourcePosition Here = new("test.yaml", 1, 1);

    public abstract ConfigNode Node { get; }

    public abstract JsonNode? Json { get; }

    public static Written Plain(string text) => new OneValue(text, IsPlain: true);

    public static Written Quoted(string text) => new OneValue(text, IsPlain: false);

    public static Written Map(params (string Key, Written Value)[] entries) => new Mapping(entries);

    public static Written List(params Written[] items) => new Several(items);

    public sealed record OneValue(string Text, bool IsPlain) : Written
    {
        public override ConfigNode Node => new ScalarNode(Here, Text, Text, IsPlain);

        public override JsonNode? Json => !IsPlain ? JsonValue.Create(Text)
            : Text.Length == 0 ? null
            : Text is "true" or "false" ? JsonValue.Create(Text == "true")
            : Number.IsMatch(Text) ? JsonValue.Create(double.Parse(Text, CultureInfo.InvariantCulture))
            : JsonValue.Create(Text);

        public override string ToString() => IsPlain ? Text : $"'{Text}'";
    }

    private sealed record Several(Written[] Items) : Written
    {
        public override ConfigNode Node => new SequenceNode(Here, [.. Items.Select(item => item.Node)]);

        public override JsonNode Json => new JsonArray([.. Items.Select(item => item.Json)]);

        public override string ToString() => $"[{string.Join<Written>(", ", Items)}]";
    }

    private sealed record Mapping((string Key, Written Value)[] Entries) : Written
    {
        public override ConfigNode Node => new MappingNode(Here, [.. Entries.Select(entry => new MappingEntry(entry.Key, Here, entry.Value.Node))]);

        public override JsonNode Json => new JsonObject(Entries.Select(entry => KeyValuePair.Create(entry.Key, entry.Value.Json)));

        public override string ToString() => $"{{ {string.Join(", ", Entries.Select(entry => $"{entry.Key}: {entry.Value}"))} }}";
    }

    [GeneratedRegex(@"^[-+]?[0-9]+(\.[0-9]+)?$")]
    private static partial Regex Number { get; }
}
