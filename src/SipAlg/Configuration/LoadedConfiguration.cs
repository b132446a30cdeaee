using System.Collections.Immutable;
using SipAlg.Calls.Model;
using SipAlg.Configuration.Dialplans;
using SipAlg.Configuration.Problems;
using SipAlg.Configuration.Reloading;

namespace SipAlg.Configuration;

/// <summary>A configuration without errors.</summary>
internal sealed record LoadedConfiguration(GatewayModel Model, HostSettings Host, ImmutableArray<TestOptions> DialplanTests)
{
    /// <summary>Where that is written which only a start can apply.</summary>
    public required FixedPlaces Places { get; init; }

    /// <summary>What the files say, for those who ask.</summary>
    public required WrittenConfiguration Written { get; init; }
}

/// <param name="Configuration">Null when there are errors.</param>
/// <param name="Problems">Errors and warnings, by file and position.</param>
internal sealed record LoadResult(LoadedConfiguration? Configuration, ImmutableArray<Problem> Problems)
{
    /// <summary>Runs the dialplan's own tests: one that fails is an error, and so none is started with it.</summary>
    public LoadResult WithTests(TimeProvider clock)
    {
        var failures = Configuration is null ? [] : DialplanTests.RunAll(Configuration, clock);
        return failures.IsEmpty ? this : new LoadResult(null, Problems.AddRange(failures));
    }
}
