using System.Collections.Immutable;

namespace SipAlg.Configuration.Building;

/// <summary>Where realms, peers or users stand: who was in the model before keeps the place, who is new gets the next.</summary>
internal sealed class Places
{
    private readonly Dictionary<string, int> _places;

    /// <param name="before">The names of the model before, in the order of their places.</param>
    /// <param name="names">Those of the new one, as written.</param>
    public Places(IEnumerable<string> before, IEnumerable<string> names)
    {
        _ = names.TryGetNonEnumeratedCount(out var count);
        _places = new Dictionary<string, int>(count, StringComparer.Ordinal);
        foreach (var name in before.Concat(names))
        {
            _places.TryAdd(name, _places.Count);
        }
    }

    public int Count => _places.Count;

    public int Of(string name) => _places[name];

    /// <summary>Puts each in its place; in that of who is gone stands who was there, marked.</summary>
    /// <param name="known">Those of the model before.</param>
    /// <param name="built">Those of the new one.</param>
    /// <param name="place">Where one stands.</param>
    /// <param name="retire">Marks one as removed.</param>
    public ImmutableArray<T> Arrange<T>(ImmutableArray<T> known, IEnumerable<T> built, Func<T, int> place, Func<T, T> retire)
    {
        var arranged = new T[Count];
        var isHere = new bool[Count];
        foreach (var one in built)
        {
            arranged[place(one)] = one;
            isHere[place(one)] = true;
        }

        for (var at = 0; at < known.Length; at++)
        {
            arranged[at] = isHere[at] ? arranged[at] : retire(known[at]);
        }

        return ImmutableArray.Create(arranged);
    }
}
