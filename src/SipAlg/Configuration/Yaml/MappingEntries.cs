using SipAlg.Configuration.Problems;

namespace SipAlg.Configuration.Yaml;

/// <summary>The entries of a mapping while it is read: finds keys that are written twice and carries out merges.</summary>
internal sealed class MappingEntries(ProblemList problems)
{
    private readonly Dictionary<string, MappingEntry> _written = new(StringComparer.Ordinal);
    private readonly List<MappingEntry> _order = [];
    private readonly List<MappingNode> _merged = [];

    public void Add(string key, SourcePosition at, bool isMerge, ConfigNode value)
    {
        if (isMerge)
        {
            Merge(at, value);
        }
        else if (_written.TryGetValue(key, out var first))
        {
            problems.Error(at, $"'{key}' is written twice", $"the first is in line {first.At.Line}");
        }
        else
        {
            var entry = new MappingEntry(key, at, value);
            _written.Add(key, entry);
            _order.Add(entry);
        }
    }

    /// <summary>Written keys win over merged ones, earlier merged ones over later.</summary>
    public IReadOnlyList<MappingEntry> Merged()
    {
        foreach (var entry in _merged.SelectMany(mapping => mapping.Entries))
        {
            if (_written.TryAdd(entry.Key, entry))
            {
                _order.Add(entry);
            }
        }

        return _order;
    }

    private void Merge(SourcePosition at, ConfigNode value)
    {
        var sources = value is SequenceNode list ? list.Items : [value];
        _merged.AddRange(sources.OfType<MappingNode>());
        if (!sources.All(source => source is MappingNode))
        {
            problems.Error(at, $"'<<' merges mappings, not {value.Kind}", "write <<: *anchor, or <<: [*one, *two]");
        }
    }
}
