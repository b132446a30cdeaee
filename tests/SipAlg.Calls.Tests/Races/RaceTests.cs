using SipAlg.Testing.Agents;
using Xunit.Abstractions;

namespace SipAlg.Calls.Tests.Races;

public sealed class RaceTests(ITestOutputHelper output)
{
    public static TheoryData<string, int> Names()
    {
        var data = new TheoryData<string, int>();
        foreach (var scenario in RaceScenarios.All)
        {
            for (var index = 0; index < LimitsOf(scenario).Length; index++)
            {
                data.Add(scenario.Name, index);
            }
        }

        return data;
    }

    private static RaceLimits[] LimitsOf(RaceScenario scenario) => Seeds.IsLong ? scenario.LongLimits : scenario.Limits;

    [Theory]
    [MemberData(nameof(Names))]
    public void Whatever_the_order(string name, int index)
    {
        var scenario = Array.Find(RaceScenarios.All, candidate => candidate.Name == name)!;
        using var scene = new AgentScene(scenario.Scene);
        var explorer = new Explorer(scene, scenario, LimitsOf(scenario)[index]);
        var watch = System.Diagnostics.Stopwatch.StartNew();
        try
        {
            explorer.Explore();
        }
        finally
        {
            output.WriteLine($"{explorer.Paths} paths, {explorer.Redundant} redundant, {watch.ElapsedMilliseconds} ms");
        }
    }
}
