namespace SipAlg.Calls.Dialplan;

/// <summary>What a request's conditions found, for <c>${name}</c>: the named groups of regular expressions, and rows of tables.</summary>
internal sealed class Captures
{
    private readonly Dictionary<string, string> _values = new(StringComparer.Ordinal);
    private readonly List<(NumberTable Table, int Row)> _rows = [];

    public string this[string name]
    {
        get => _values.TryGetValue(name, out var value) ? value : OfRow(name);
        set => _values[name] = value;
    }

    /// <summary>A number was found in a table. What is not asked for is never read.</summary>
    public void Add(NumberTable table, int row) => _rows.Add((table, row));

    private string OfRow(string name)
    {
        foreach (var (table, row) in _rows)
        {
            if (table.TryColumn(name, out var column))
            {
                return table.Value(row, column);
            }
        }

        return "";
    }
}
