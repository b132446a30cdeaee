namespace SipAlg.State;

/// <summary>Files that hold secrets: for this account's eyes only, and whole or not at all, also after a power cut.</summary>
internal static class PrivateFile
{
    /// <param name="path">Its folder is made if need be.</param>
    /// <param name="content">All of it.</param>
    /// <param name="overwrite">False: a file that is there stays, and the write fails.</param>
    /// <exception cref="IOException">It cannot be written.</exception>
    /// <exception cref="UnauthorizedAccessException">Likewise.</exception>
    public static void Write(string path, ReadOnlySpan<byte> content, bool overwrite)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        var unfinished = path + ".new";
        File.Delete(unfinished);
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        using (var file = new FileStream(unfinished, options))
        {
            file.Write(content);

            // Before it has its name: a name that is on the disk before its content leads to an empty file.
            file.Flush(flushToDisk: true);
        }

        File.Move(unfinished, path, overwrite);
    }
}
