using System.Collections.Immutable;
using SipAlg.Configuration.Problems;

namespace SipAlg.Configuration.Yaml;

/// <summary>A node of a YAML file with its position. An alias is the very node that its anchor names.</summary>
internal abstract class ConfigNode(SourcePosition at)
{
    public SourcePosition At { get; } = at;

    /// <summary>Nodes when every alias is written out: what walking this node costs.</summary>
    public abstract long Size { get; }

    /// <summary>"a list", "a mapping" or "a value", for messages.</summary>
    public abstract string Kind { get; }
}

/// <param name="isPlain">Written without quotes.</param>
internal sealed class ScalarNode(SourcePosition at, string text, string written, bool isPlain) : ConfigNode(at)
{
    /// <summary>Before anything was replaced: what a message may show without giving a secret away.</summary>
    public string Written { get; } = written;

    /// <summary>The characters as written; no scalar is ever turned into a number or a truth value.</summary>
    public string Text { get; } = text;

    /// <summary>Nothing is written, as after a key whose lines are all commented out.</summary>
    public bool IsEmpty => isPlain && Text.Length == 0;

    /// <summary><c>null</c>, <c>~</c> or nothing, without quotes; only headers give it a meaning.</summary>
    public bool IsNull => isPlain && Text is "" or "~" or "null";

    /// <summary>A password, a token or the like, as the key that it belongs to says: nothing shows it.</summary>
    public bool IsSecret { get; private set; }

    public override long Size => 1;
    public override string Kind => "a value";

    public void Hide() => IsSecret = true;
}

/// <summary>A value that could not be read and is reported already.</summary>
internal sealed class UnreadNode(SourcePosition at) : ConfigNode(at)
{
    public override long Size => 1;
    public override string Kind => "a value";
}

internal sealed class SequenceNode(SourcePosition at, IReadOnlyList<ConfigNode> items) : ConfigNode(at)
{
    public IReadOnlyList<ConfigNode> Items { get; } = items;
    public override long Size { get; } = items.Sum(item => item.Size) + 1;
    public override string Kind => "a list";
}

internal sealed class MappingNode(SourcePosition at, ImmutableArray<MappingEntry> entries) : ConfigNode(at)
{
    /// <summary>Merges carried out; no key twice.</summary>
    public ImmutableArray<MappingEntry> Entries { get; } = entries;
    public override long Size { get; } = SizeOf(entries);
    public override string Kind => "a mapping";

    private static long SizeOf(ImmutableArray<MappingEntry> entries)
    {
        var size = 1L;
        foreach (var entry in entries)
        {
            size += entry.Value.Size;
        }

        return size;
    }
}

internal readonly record struct MappingEntry(string Key, SourcePosition At, ConfigNode Value);
