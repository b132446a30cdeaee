using System.Collections.Immutable;
using System.Runtime.InteropServices;
using SipAlg.Configuration.Problems;

namespace SipAlg.Configuration.Yaml;

/// <summary>The entries of a mapping while it is read: finds keys that are written twice and carries out merges.</summary>
internal sealed class MappingEntries(ProblemList problems)
{
    /// <summary>Up to so many keys are looked through; with more there is an index. Most mappings of a large file are small.</summary>
    private const int MostUnindexed = 12;

    /// <summary>As written. Most have one, in files of many users: no more room is taken than that.</summary>
    private MappingEntry[] _order = [];

    private int _count;
    private Dictionary<string, int>? _index;
    private List<MappingNode>? _merged;

    public void Add(string key, SourcePosition at, bool isMerge, ConfigNode value)
    {
        if (isMerge)
        {
            Merge(at, value);
        }
        else if (Find(key) is >= 0 and var first)
        {
            problems.Error(at, $"'{key}' is written twice", $"the first is in line {_order[first].At.Line}");
        }
        else
        {
            Append(new MappingEntry(key, at, value));
        }
    }

    /// <summary>Written keys win over merged ones, earlier merged ones over later.</summary>
    public ImmutableArray<MappingEntry> Merged()
    {
        foreach (var entry in (_merged ?? []).SelectMany(mapping => mapping.Entries))
        {
            if (Find(entry.Key) < 0)
            {
                Append(entry);
            }
        }

        return ImmutableCollectionsMarshal.AsImmutableArray(_count == _order.Length ? _order : _order[.._count]);
    }

    private void Append(in MappingEntry entry)
    {
        if (_count == _order.Length)
        {
            Array.Resize(ref _order, Math.Max(1, 2 * _count));
        }

        _index?.Add(entry.Key, _count);
        _order[_count++] = entry;
        if (_index is null && _count > MostUnindexed)
        {
            _index = new Dictionary<string, int>(StringComparer.Ordinal);
            for (var at = 0; at < _count; at++)
            {
                _index.Add(_order[at].Key, at);
            }
        }
    }

    /// <returns>Its place; −1: it is not written yet.</returns>
    private int Find(string key)
    {
        if (_index is not null)
        {
            return _index.TryGetValue(key, out var at) ? at : -1;
        }

        for (var at = 0; at < _count; at++)
        {
            if (_order[at].Key == key)
            {
                return at;
            }
        }

        return -1;
    }

    private void Merge(SourcePosition at, ConfigNode value)
    {
        var sources = value is SequenceNode list ? list.Items : [value];
        (_merged ??= []).AddRange(sources.OfType<MappingNode>());
        if (!sources.All(source => source is MappingNode))
        {
            problems.Error(at, $"'<<' merges mappings, not {value.Kind}", "write <<: *anchor, or <<: [*one, *two]");
        }
    }
}
