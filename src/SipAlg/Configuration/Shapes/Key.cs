using System.Text.Json.Nodes;
using SipAlg.Configuration.Problems;
using SipAlg.Configuration.Yaml;

namespace SipAlg.Configuration.Shapes;

/// <summary>A key of an <see cref="ObjectShape{T}"/>.</summary>
internal abstract record Key<T>(string Name, string About, bool IsRequired, bool IsBuilt)
{
    /// <summary>Sets the option, or reports why the entry does not fit.</summary>
    /// <returns>False when it, or something within, is left out.</returns>
    public abstract bool Bind(T options, MappingEntry entry, ProblemList problems);

    public abstract JsonObject Schema();
}

internal sealed record BuiltKey<T, TValue>(
    string Name, Shape<TValue> Shape, Action<T, Located<TValue>> Set, string About, string? ByDefault, bool IsRequired)
    : Key<T>(Name, About, IsRequired, IsBuilt: true)
{
    public override bool Bind(T options, MappingEntry entry, ProblemList problems)
    {
        if (Shape.Bind(entry.Value, Name, problems) is not { } bound)
        {
            return false;
        }

        Set(options, bound);
        return bound.IsSound;
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
    public override bool Bind(T options, MappingEntry entry, ProblemList problems)
    {
        if (Harmless is not null && entry.Value is ScalarNode scalar && scalar.Text == Harmless)
        {
            return true;
        }

        problems.Error(entry.At, $"'{Name}' is not built yet", Harmless is null ? "remove it" : $"remove it, or write {Name}: {Harmless}");
        return false;
    }

    public override JsonObject Schema() => [];
}
