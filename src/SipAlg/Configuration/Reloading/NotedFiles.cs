using System.Diagnostics.CodeAnalysis;

namespace SipAlg.Configuration.Reloading;

/// <summary>Notes what is read of other files. Users are read side by side, so that it bears several at once.</summary>
internal sealed class NotedFiles(ISourceFiles files) : ISourceFiles
{
    public FileStamps Stamps { get; } = new();

    public string Resolve(string fromFile, string relative) => files.Resolve(fromFile, relative);

    public bool TryRead(string path, out string text, out string fault)
    {
        Note(path);
        return files.TryRead(path, out text, out fault);
    }

    public bool TryOpen(string path, [NotNullWhen(true)] out Stream? stream, out string fault)
    {
        Note(path);
        return files.TryOpen(path, out stream, out fault);
    }

    public IReadOnlyList<string>? ListYaml(string path)
    {
        Note(path);
        return files.ListYaml(path);
    }

    private void Note(string path)
    {
        lock (Stamps)
        {
            Stamps.Note(path);
        }
    }
}
