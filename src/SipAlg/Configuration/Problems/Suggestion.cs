namespace SipAlg.Configuration.Problems;

/// <summary>Finds what a misspelt name was meant to be.</summary>
internal static class Suggestion
{
    private const int MostNames = 20;

    /// <summary>"did you mean 'x'?", else the list of what there is; null when there is nothing.</summary>
    public static string? Hint(string written, IEnumerable<string> known)
    {
        var names = known.ToArray();
        var best = names.Select(name => (Name: name, Distance: Distance(written, name))).OrderBy(pair => pair.Distance).FirstOrDefault();
        if (best.Name is not null && best.Distance <= Math.Max(1, Math.Min(written.Length, best.Name.Length) / 3))
        {
            return $"did you mean '{best.Name}'?";
        }

        return names.Length switch
        {
            0 => null,
            > MostNames => $"known here: {string.Join(", ", names.Take(MostNames))} and {names.Length - MostNames} more",
            _ => $"known here: {string.Join(", ", names)}",
        };
    }

    /// <summary>Edits (insert, delete, replace) from one to the other, case and '-' for '_' free.</summary>
    private static int Distance(string left, string right)
    {
        var row = Enumerable.Range(0, right.Length + 1).ToArray();
        for (var i = 1; i <= left.Length; i++)
        {
            var diagonal = row[0];
            row[0] = i;
            for (var j = 1; j <= right.Length; j++)
            {
                var replaced = diagonal + (Fold(left[i - 1]) == Fold(right[j - 1]) ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.Min(replaced, Math.Min(row[j], row[j - 1]) + 1);
            }
        }

        return row[right.Length];
    }

    private static char Fold(char character) => character == '-' ? '_' : char.ToLowerInvariant(character);
}
