using System.Diagnostics.CodeAnalysis;

namespace SipAlg.Configuration;

/// <summary>Configuration files on disk. Paths are relative to the file that names them, never to the working directory.</summary>
internal sealed class DiskFiles : ISourceFiles
{
    /// <summary>More than any configuration; a wrong path (a disk image, a device) must not fill memory.</summary>
    private const long MostOctets = 16 * 1024 * 1024;

    /// <summary>The same of files that are read piece by piece.</summary>
    private const long MostStreamed = 512 * 1024 * 1024;

    public string Resolve(string fromFile, string relative) => Path.Combine(Path.GetDirectoryName(fromFile) ?? "", relative);

    public bool TryRead(string path, out string text, out string fault)
    {
        (text, fault) = ("", "");
        try
        {
            fault = Refusal(path, MostOctets);
            text = fault.Length == 0 ? File.ReadAllText(path) : "";
        }
        catch (Exception failed) when (IsExpected(failed))
        {
            fault = Reason(failed);
        }

        return fault.Length == 0;
    }

    public bool TryOpen(string path, [NotNullWhen(true)] out Stream? stream, out string fault)
    {
        (stream, fault) = (null, "");
        try
        {
            fault = Refusal(path, MostStreamed);
            stream = fault.Length == 0 ? new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0) : null;
        }
        catch (Exception failed) when (IsExpected(failed))
        {
            fault = Reason(failed);
        }

        return stream is not null;
    }

    private static string Refusal(string path, long most)
    {
        var file = new FileInfo(path);
        return Directory.Exists(path) ? "it is a folder" : file.Exists && file.Length > most ? $"it is larger than {most >> 20} MB" : "";
    }

    private static bool IsExpected(Exception failed) => failed is IOException or UnauthorizedAccessException or ArgumentException;

    private static string Reason(Exception failed) => failed is FileNotFoundException or DirectoryNotFoundException ? "there is no such file" : failed.Message;

    public IReadOnlyList<string>? ListYaml(string path)
    {
        // A folder that may not be read is listed as empty, which is reported as such.
        var readable = new EnumerationOptions { IgnoreInaccessible = true };
        return Directory.Exists(path) ? [.. Directory.GetFiles(path, "*.yaml", readable).Order(StringComparer.Ordinal)] : null;
    }
}
