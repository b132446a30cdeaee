using System.Diagnostics.CodeAnalysis;
using System.Text;
using SipAlg.Configuration;

namespace SipAlg.Fuzz.Targets;

/// <summary>A configuration in memory; every file that it names beside the two is a table of numbers.</summary>
internal sealed class MemoryFiles : ISourceFiles
{
    public const string Configuration = "sipalg.yaml";
    public const string Dialplan = "d.yaml";
    private const string Table = "number,user\n+49301,alice\n\"+49,3\",b\n";

    public string ConfigurationText { get; set; } = "";
    public string DialplanText { get; set; } = "";

    public string Resolve(string fromFile, string relative) => relative;

    public bool TryRead(string path, out string text, out string fault)
    {
        (text, fault) = (path == Configuration ? ConfigurationText : path == Dialplan ? DialplanText : Table, "");
        return true;
    }

    public bool TryOpen(string path, [NotNullWhen(true)] out Stream? stream, out string fault)
    {
        TryRead(path, out var text, out fault);
        stream = new MemoryStream(Encoding.UTF8.GetBytes(text));
        return true;
    }

    public IReadOnlyList<string>? ListYaml(string path) => null;
}
