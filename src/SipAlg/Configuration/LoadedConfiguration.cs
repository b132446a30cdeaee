using System.Collections.Immutable;
using SipAlg.Calls.Model;
using SipAlg.Configuration.Dialplans;
using SipAlg.Configuration.Problems;

namespace SipAlg.Configuration;

/// <summary>A configuration without errors.</summary>
internal sealed record LoadedConfiguration(GatewayModel Model, HostSettings Host, ImmutableArray<TestOptions> DialplanTests);

/// <param name="Configuration">Null when there are errors.</param>
/// <param name="Problems">Errors and warnings, by file and position.</param>
internal sealed record LoadResult(LoadedConfiguration? Configuration, ImmutableArray<Problem> Problems);
