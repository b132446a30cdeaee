namespace SipAlg.Calls.Dialplan;

/// <summary>The named groups of the regular expressions that a request matched, for <c>${name}</c>.</summary>
internal sealed class Captures
{
    private readonly Dictionary<string, string> _values = new(StringComparer.Ordinal);

    public string this[string name]
    {
        get => _values.GetValueOrDefault(name, "");
        set => _values[name] = value;
    }
}
