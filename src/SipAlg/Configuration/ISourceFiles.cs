namespace SipAlg.Configuration;

/// <summary>Where configuration files are read from: the disk, or what is embedded in the program.</summary>
internal interface ISourceFiles
{
    /// <summary>The path of <paramref name="relative"/> as seen from the file that names it.</summary>
    string Resolve(string fromFile, string relative);

    /// <param name="fault">Why it cannot be read.</param>
    bool TryRead(string path, out string text, out string fault);

    /// <summary>The <c>*.yaml</c> files of a folder in name order; null when the path is no folder.</summary>
    IReadOnlyList<string>? ListYaml(string path);
}
