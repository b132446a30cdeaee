using System.Diagnostics.CodeAnalysis;
using System.Reflection;
using SipAlg.State;

namespace SipAlg.Configuration;

/// <summary>The default configuration that the program carries within itself, and its users, who are this host's own.</summary>
internal sealed class EmbeddedFiles(DemoUsers users) : ISourceFiles
{
    public const string Configuration = "default/sipalg.yaml";
    private const string Dialplan = "default/dialplan.yaml";

    private readonly DiskFiles _disk = new();

    /// <summary>What is not carried stands where the program was started.</summary>
    public string Resolve(string fromFile, string relative) => relative switch
    {
        "dialplan.yaml" => Dialplan,
        DemoUsers.FileName => users.Path,
        _ => relative,
    };

    public bool TryRead(string path, out string text, out string fault)
    {
        if (path == users.Path)
        {
            (text, fault) = (users.Text, "");
            return users.Made.Count > 0 || _disk.TryRead(path, out text, out fault);
        }

        using var stream = Assembly.GetExecutingAssembly().GetManifestResourceStream(path);
        fault = stream is null ? "the program does not carry it" : "";
        text = "";
        if (stream is not null)
        {
            using var reader = new StreamReader(stream);
            text = reader.ReadToEnd();
        }

        return stream is not null;
    }

    /// <summary>The default carries nothing large.</summary>
    public bool TryOpen(string path, [NotNullWhen(true)] out Stream? stream, out string fault) => _disk.TryOpen(path, out stream, out fault);

    public IReadOnlyList<string>? ListYaml(string path) => null;
}
