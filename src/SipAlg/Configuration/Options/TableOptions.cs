using SipAlg.Configuration.Problems;
using SipAlg.Configuration.Shapes;

namespace SipAlg.Configuration.Options;

/// <summary>One of <c>tables</c>: a list of numbers in a file of its own.</summary>
internal sealed class TableOptions
{
    public Located<string>? File { get; private set; }
    public Located<string>? Key { get; private set; }
    public Located<bool>? IsPrefix { get; private set; }

    public static ObjectShape<TableOptions> Shape { get; } = new ObjectShape<TableOptions>(_ => new TableOptions())
        .Required("file", Scalars.Path, (o, v) => o.File = v, "CSV file (RFC 4180) with a header.")
        .Required("key", Scalars.Text, (o, v) => o.Key = v, "Column that numbers are looked for in.")
        .Key("match", new ChoiceShape<bool>([("exact", false), ("prefix", true)]), (o, v) => o.IsPrefix = v, "Whole numbers, or the longest key that a number begins with.", "exact");
}
