using SipAlg.Linux;

namespace SipAlg.Configuration.Reloading;

/// <summary>What tells one state of the files of a configuration from another, without reading them.</summary>
internal sealed class FileStamps
{
    private readonly Dictionary<string, string> _stamps = new(StringComparer.Ordinal);

    /// <summary>A file, or a folder, is about to be read. What it holds later is not what will have been read.</summary>
    public void Note(string path) => _stamps.TryAdd(path, StampOf(path));

    /// <summary>Whether everything is as it was noted.</summary>
    public bool Hold() => _stamps.All(entry => StampOf(entry.Key) == entry.Value);

    /// <summary>The same files as they are now.</summary>
    public FileStamps Now()
    {
        var now = new FileStamps();
        foreach (var path in _stamps.Keys)
        {
            now.Note(path);
        }

        return now;
    }

    public bool Equals(FileStamps other) => _stamps.Count == other._stamps.Count && _stamps.All(entry => other._stamps.GetValueOrDefault(entry.Key) == entry.Value);

    /// <summary>
    /// Of the file that a link leads to in the end: who swaps the link of a folder (as Kubernetes does) changes every file in it. Length and time
    /// of two versions may be the same (Nix and reproducible images give all files one time): the file's number and its change tell them apart.
    /// </summary>
    private static string StampOf(string path)
    {
        try
        {
            if (Directory.Exists(path))
            {
                return string.Join('\n', new DiskFiles().ListYaml(path) ?? []);
            }

            FileSystemInfo file = new FileInfo(path);
            file = file.ResolveLinkTarget(returnFinalTarget: true) ?? file;
            return file.Exists ? $"{((FileInfo)file).Length} {file.LastWriteTimeUtc.Ticks} {FileState.Of(path)}" : "";
        }
        catch (Exception failed) when (failed is IOException or UnauthorizedAccessException)
        {
            return failed.GetType().Name;
        }
    }
}
