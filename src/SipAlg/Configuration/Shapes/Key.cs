using System.Text.Json.Nodes;
using SipAlg.Configuration.Problems;
using SipAlg.Configuration.Yaml;

namespace SipAlg.Configuration.Shapes;

/// <summary>A key of an <see cref="ObjectShape{T}"/>.</summary>
internal abstract record Key<T>(string Name, string About, bool IsRequired, bool IsBuilt)
{
    /// <summary>Sets the option, or reports why the entry does not fit.</summary>
    public abstract void Bind(T options, MappingEntry entry, ProblemList problems);

    public abstract JsonObject Schema();
}

internal sealed record BuiltKey<T, TValue>(
    string Name, Shape<TValue> Shape, Action<T, Located<TValue>> Set, string About, string? ByDefault, bool IsRequired)
    : Key<T>(Name, About, IsRequired, IsBuilt: true)
{
    public override void Bind(T options, MappingEntry entry, ProblemList problems)
    {
        if (Shape.Bind(entry.Value, Name, problems) is { } bound)
        {
            Set(options, bound);
        }
    }

    public override JsonObject Schema()
    {
        var schema = Shape.Schema();
        schema["description"] = ByDefault is null ? About : $"{About} Default: {ByDefault}.";
        return schema;
    }
}

internal sealed record NotBuiltKey<T>(string Name, string? Harmless) : Key<T>(Name, "", IsRequired: false, IsBuilt: false)
{
    public override void Bind(T options, MappingEntry entry, ProblemList problems)
    {
        if (Harmless is null || entry.Value is not ScalarNode scalar || scalar.Text != Harmless)
        {
            problems.Error(entry.At, $"'{Name}' is not built yet", Harmless is null ? "remove it" : $"remove it, or write {Name}: {Harmless}");
        }
    }

    public override JsonObject Schema() => [];
}
