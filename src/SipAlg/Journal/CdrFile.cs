namespace SipAlg.Journal;

/// <summary>
/// The file of call records. Opened for each batch, so that it may be moved away at any time, and a full disk or a missing folder
/// heals by itself.
/// </summary>
internal sealed class CdrFile(string path)
{
    public string Path => path;

    /// <summary>Appends whole lines.</summary>
    /// <exception cref="IOException">The system refuses; some of the lines may stand in the file.</exception>
    /// <exception cref="UnauthorizedAccessException">The file may not be written.</exception>
    public void Append(ReadOnlySpan<byte> lines)
    {
        Directory.CreateDirectory(System.IO.Path.GetDirectoryName(System.IO.Path.GetFullPath(path))!);
        using var file = new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0);
        if (EndsWithinLine(file))
        {
            file.WriteByte((byte)'\n');
        }

        file.Write(lines);
    }

    /// <summary>A line that was cut short (full disk, crash) must not spoil the next one.</summary>
    private static bool EndsWithinLine(FileStream file)
    {
        if (file.Length == 0)
        {
            return false;
        }

        file.Seek(-1, SeekOrigin.End);
        return file.ReadByte() != '\n';
    }
}
