using System.Diagnostics.CodeAnalysis;

namespace SipAlg.Configuration;

/// <summary>Where configuration files are read from: the disk, or what is embedded in the program.</summary>
internal interface ISourceFiles
{
    /// <summary>The path of <paramref name="relative"/> as seen from the file that names it.</summary>
    string Resolve(string fromFile, string relative);

    /// <param name="fault">Why it cannot be read.</param>
    bool TryRead(string path, out string text, out string fault);

    /// <summary>Opens a file that is too large to be read whole.</summary>
    /// <param name="stream">To be closed by the caller; null when it cannot be opened.</param>
    /// <param name="fault">Why it cannot be opened.</param>
    bool TryOpen(string path, [NotNullWhen(true)] out Stream? stream, out string fault);

    /// <summary>The <c>*.yaml</c> files of a folder in name order; null when the path is no folder.</summary>
    IReadOnlyList<string>? ListYaml(string path);
}
