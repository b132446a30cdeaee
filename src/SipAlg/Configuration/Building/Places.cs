using System.Collections.Immutable;
using System.Runtime.InteropServices;

namespace SipAlg.Configuration.Building;

/// <summary>Where realms, peers or users stand: who was in the model before keeps the place, who is new gets the next.</summary>
internal sealed class Places
{
    private readonly List<int> _places;

    /// <param name="before">The names of the model before, in the order of their places.</param>
    /// <param name="names">Those of the new one, as written; each once.</param>
    public Places(IEnumerable<string> before, IEnumerable<string> names)
    {
        var known = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (var name in before)
        {
            known.Add(name, known.Count);
        }

        Count = known.Count;
        _ = names.TryGetNonEnumeratedCount(out var count);
        _places = new List<int>(count);
        foreach (var name in names)
        {
            _places.Add(known.TryGetValue(name, out var place) ? place : Count++);
        }
    }

    /// <summary>Places, those of who is gone too.</summary>
    public int Count { get; }

    /// <summary>The place of the one that is written at this rank.</summary>
    public int this[int rank] => _places[rank];

    /// <summary>Puts each in its place; in that of who is gone stands who was there, marked.</summary>
    /// <param name="known">Those of the model before.</param>
    /// <param name="built">Those of the new one, as written.</param>
    /// <param name="retire">Marks one as removed.</param>
    public ImmutableArray<T> Arrange<T>(ImmutableArray<T> known, IEnumerable<T> built, Func<T, T> retire)
    {
        var arranged = new T[Count];
        var isHere = new bool[Count];
        var rank = 0;
        foreach (var one in built)
        {
            arranged[_places[rank]] = one;
            isHere[_places[rank++]] = true;
        }

        for (var at = 0; at < known.Length; at++)
        {
            arranged[at] = isHere[at] ? arranged[at] : retire(known[at]);
        }

        return ImmutableCollectionsMarshal.AsImmutableArray(arranged);
    }
}
