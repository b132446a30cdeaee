using SipAlg.Calls.Bans;
using SipAlg.Configuration.Problems;

namespace SipAlg.Configuration.Tables;

/// <summary>Reads the file with further marks of scanners.</summary>
internal static class ScannerSource
{
    /// <returns>The known ones and those of the file; what cannot be read is reported.</returns>
    public static ScannerSignatures Read(Located<string>? written, ISourceFiles files, string configuration, ProblemList problems)
    {
        if (written is null)
        {
            return ScannerSignatures.Known;
        }

        var path = files.Resolve(configuration, written.Value);
        if (!files.TryRead(path, out var text, out var fault))
        {
            problems.Error(written.At, $"the scanners '{path}' cannot be read: {fault}", "paths are relative to the configuration file");
            return ScannerSignatures.Known;
        }

        var marks = ScannerSignatures.Parse(text, out var bad);
        if (bad is { } line)
        {
            problems.Error(new SourcePosition(path, line.Line, 1), line.Fault);
        }

        return new ScannerSignatures([.. ScannerSignatures.Known.All, .. marks]);
    }
}
