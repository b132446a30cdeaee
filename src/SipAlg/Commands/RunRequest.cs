using System.Collections.Immutable;
using SipAlg.Configuration;
using SipAlg.Configuration.Problems;
using SipAlg.Configuration.Reloading;
using SipAlg.State;

namespace SipAlg.Commands;

/// <summary>What <c>sipalg run</c> hands to the gateway.</summary>
/// <param name="Configuration">Checked, without errors.</param>
/// <param name="Warnings">Already printed; for the log.</param>
/// <param name="ConfigurationFile">Null for the embedded default.</param>
/// <param name="DemoUsers">Of the embedded default; null with a configuration file.</param>
internal sealed record RunRequest(LoadedConfiguration Configuration, ImmutableArray<Problem> Warnings, string? ConfigurationFile, DemoUsers? DemoUsers = null)
{
    /// <summary>The files that were read, as they were then; null when nobody has noted them.</summary>
    public FileStamps? Files { get; init; }
}
