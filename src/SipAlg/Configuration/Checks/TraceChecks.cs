using SipAlg.Configuration.Options;
using SipAlg.Configuration.Problems;

namespace SipAlg.Configuration.Checks;

/// <summary>What is sent of calls is what is kept of them.</summary>
internal static class TraceChecks
{
    public static void Run(TraceOptions? trace, ProblemList problems)
    {
        if (trace?.Hep is { } hep && trace.Memory is { Value: null })
        {
            problems.Error(hep.At, "'hep' sends the messages that are kept, and 'memory' is off", "write memory: 4MiB or more");
        }

        if (trace is { Hep: null } && (trace.HepId?.At ?? trace.HepPassword?.At) is { } at)
        {
            problems.Error(at, $"'{(trace.HepId is null ? "hep_password" : "hep_id")}' is for a collector, and there is none", "write hep: udp://host:9060 beside it");
        }
    }
}
