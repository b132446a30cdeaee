using System.Reflection;

namespace SipAlg.Configuration;

/// <summary>The default configuration that the program carries within itself.</summary>
internal sealed class EmbeddedFiles : ISourceFiles
{
    public const string Configuration = "default/sipalg.yaml";

    public string Resolve(string fromFile, string relative) => "default/" + relative;

    public bool TryRead(string path, out string text, out string fault)
    {
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

    public IReadOnlyList<string>? ListYaml(string path) => null;
}
