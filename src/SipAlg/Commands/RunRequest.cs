using System.Collections.Immutable;
using SipAlg.Configuration;
using SipAlg.Configuration.Problems;
using SipAlg.Configuration.Reloading;
using SipAlg.State;

namespace SipAlg.Commands;

/// <summary>What <c>sipalg run</c> hands to the gateway.</summary>
/// <param name="configuration">Checked, without errors.</param>
/// <param name="warnings">Already printed; for the log.</param>
/// <param name="configurationFile">Null for the embedded default.</param>
/// <param name="demoUsers">Of the embedded default; null with a configuration file.</param>
internal sealed class RunRequest(LoadedConfiguration configuration, ImmutableArray<Problem> warnings, string? configurationFile, DemoUsers? demoUsers = null)
{
    private LoadedConfiguration? _configuration = configuration;

    /// <summary>Until the gateway has <see cref="Started">started</see>.</summary>
    public LoadedConfiguration Configuration => _configuration ?? throw new InvalidOperationException("The gateway has it, and may run another by now.");

    public ImmutableArray<Problem> Warnings => warnings;
    public string? ConfigurationFile => configurationFile;
    public DemoUsers? DemoUsers => demoUsers;

    /// <summary>The files that were read, as they were then; null when nobody has noted them.</summary>
    public FileStamps? Files { get; init; }

    /// <summary>Lets go of the configuration, which the first reload replaces: this stays as long as the program runs.</summary>
    public void Started() => _configuration = null;
}
