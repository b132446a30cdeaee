using SipAlg.Configuration.Options;
using SipAlg.Configuration.Problems;

namespace SipAlg.Configuration.Checks;

/// <summary>Whether call records go anywhere, and not two kinds into one file.</summary>
internal static class CdrChecks
{
    /// <param name="written">Null: nothing is.</param>
    /// <param name="path">Makes a path of the file absolute.</param>
    /// <param name="problems">What is found.</param>
    public static void Run(Located<CdrOptions>? written, Func<string, string> path, ProblemList problems)
    {
        if (written is not { IsSound: true, Value: var cdr })
        {
            return;
        }

        if (cdr is { File: null, Csv: null, Webhook: null })
        {
            problems.Error(written.At, "'cdr' says no place for the records", "write file:, csv: or webhook:");
        }

        if (cdr is { File: { } file, Csv: { } csv } && Path.GetFullPath(path(file.Value)) == Path.GetFullPath(path(csv.Value)))
        {
            problems.Error(csv.At, "'csv' is the same file as 'file'", "give each a name of its own");
        }

        if (cdr is { Rotate: not null, File: null, Csv: null, Webhook: not null })
        {
            problems.Warn(written.At, "'rotate' is for files, and 'cdr' has none", "leave it out; webhook.spool bounds what waits for the server");
        }

        if (cdr.Webhook is { Token: { } token, Url.Value: { Scheme: "http", IsLoopback: false } })
        {
            problems.Warn(token.At, "the token of 'webhook' crosses the network in clear text", "use https://");
        }
    }
}
