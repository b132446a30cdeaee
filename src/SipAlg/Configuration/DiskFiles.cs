namespace SipAlg.Configuration;

/// <summary>Configuration files on disk. Paths are relative to the file that names them, never to the working directory.</summary>
internal sealed class DiskFiles : ISourceFiles
{
    /// <summary>More than any configuration; a wrong path (a disk image, a device) must not fill memory.</summary>
    private const long MostOctets = 16 * 1024 * 1024;

    public string Resolve(string fromFile, string relative) => Path.Combine(Path.GetDirectoryName(fromFile) ?? "", relative);

    public bool TryRead(string path, out string text, out string fault)
    {
        (text, fault) = ("", "");
        try
        {
            var file = new FileInfo(path);
            fault = Directory.Exists(path) ? "it is a folder" : file.Exists && file.Length > MostOctets ? "it is larger than 16 MB" : "";
            text = fault.Length == 0 ? File.ReadAllText(path) : "";
        }
        catch (Exception failed) when (failed is IOException or UnauthorizedAccessException or ArgumentException)
        {
            fault = failed is FileNotFoundException or DirectoryNotFoundException ? "there is no such file" : failed.Message;
        }

        return fault.Length == 0;
    }

    public IReadOnlyList<string>? ListYaml(string path)
    {
        // A folder that may not be read is listed as empty, which is reported as such.
        var readable = new EnumerationOptions { IgnoreInaccessible = true };
        return Directory.Exists(path) ? [.. Directory.GetFiles(path, "*.yaml", readable).Order(StringComparer.Ordinal)] : null;
    }
}
