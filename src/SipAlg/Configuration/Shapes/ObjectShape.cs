using System.Collections.Immutable;
using System.Text.Json.Nodes;
using SipAlg.Configuration.Problems;
using SipAlg.Configuration.Yaml;

namespace SipAlg.Configuration.Shapes;

/// <summary>
/// A mapping with known keys, bound into an options object. A key that does not fit is reported and left out, so that the
/// rest is still checked; nothing is built from options with errors.
/// </summary>
/// <param name="create">Makes the options for a mapping that begins at a position.</param>
internal sealed class ObjectShape<T>(Func<SourcePosition, T> create) : Shape<T>
    where T : class
{
    private readonly List<Key<T>> _keys = [];
    private string? _freePrefix;

    public override string Description => "a mapping";

    public IReadOnlyList<Key<T>> Keys => _keys;

    /// <param name="about">One line for editors and documentation.</param>
    /// <param name="byDefault">What holds when the key is not written; null when nothing does.</param>
    public ObjectShape<T> Key<TValue>(string name, Shape<TValue> shape, Action<T, Located<TValue>> set, string about, string? byDefault = null)
    {
        _keys.Add(new BuiltKey<T, TValue>(name, shape, set, about, byDefault, IsRequired: false));
        return this;
    }

    public ObjectShape<T> Required<TValue>(string name, Shape<TValue> shape, Action<T, Located<TValue>> set, string about)
    {
        _keys.Add(new BuiltKey<T, TValue>(name, shape, set, about, null, IsRequired: true));
        return this;
    }

    /// <summary>Keys of the contract that this version does not do yet: an error that says so, except for a value that asks for nothing.</summary>
    public ObjectShape<T> NotBuilt(string name, string? harmless = null)
    {
        _keys.Add(new NotBuiltKey<T>(name, harmless));
        return this;
    }

    /// <summary>Keys that begin so are the user's own.</summary>
    public ObjectShape<T> Free(string prefix)
    {
        _freePrefix = prefix;
        return this;
    }

    public override Located<T>? Bind(ConfigNode node, string key, ProblemList problems)
    {
        if (node is not MappingNode and not ScalarNode { IsEmpty: true })
        {
            return WrongKind(node, key, problems);
        }

        var options = create(node.At);
        ImmutableArray<MappingEntry> entries = node is MappingNode mapping ? mapping.Entries : [];
        var isSound = true;
        foreach (var entry in entries)
        {
            isSound &= BindEntry(options, entry, problems);
        }

        foreach (var known in _keys)
        {
            if (known.IsRequired && !IsWritten(known, entries))
            {
                problems.Error(node.At, $"'{key}' needs '{known.Name}'", known.About);
                isSound = false;
            }
        }

        return new Located<T>(options, node.At, isSound);
    }

    public override JsonObject Schema()
    {
        var properties = new JsonObject();
        foreach (var key in _keys.Where(key => key.IsBuilt))
        {
            properties[key.Name] = key.Schema();
        }

        var schema = new JsonObject { ["type"] = _keys.Exists(key => key.IsRequired) ? "object" : MappingOrNothing, ["properties"] = properties, ["additionalProperties"] = false };
        if (_freePrefix is not null)
        {
            schema["patternProperties"] = new JsonObject { ["^" + _freePrefix] = new JsonObject() };
        }

        if (_keys.Exists(key => key.IsRequired))
        {
            schema["required"] = new JsonArray([.. _keys.Where(key => key.IsRequired).Select(key => (JsonNode)key.Name)]);
        }

        return schema;
    }

    private static bool IsWritten(Key<T> key, ImmutableArray<MappingEntry> entries) => entries.Any(entry => entry.Key == key.Name);

    private Key<T>? Known(string name)
    {
        foreach (var key in _keys)
        {
            if (key.Name == name)
            {
                return key;
            }
        }

        return null;
    }

    /// <returns>False when the entry, or something within, is left out.</returns>
    private bool BindEntry(T options, MappingEntry entry, ProblemList problems)
    {
        if (_freePrefix is not null && entry.Key.StartsWith(_freePrefix, StringComparison.Ordinal))
        {
            return true;
        }

        if (Known(entry.Key) is { } known)
        {
            return known.Bind(options, entry, problems);
        }

        problems.Error(entry.At, $"unknown key '{entry.Key}'", Suggestion.Hint(entry.Key, _keys.Where(key => key.IsBuilt).Select(key => key.Name)));
        return false;
    }
}
