using System.Globalization;
using Xunit.Abstractions;

namespace SipAlg.Calls.Tests.Flows;

/// <summary>
/// Thousands of calls of mixed kinds between agents that keep to the rules, over a network that loses, repeats, delays and turns round.
/// The gateway breaks no rule of the wire; in the end both sides of each call agree, its record tells what they saw, and nothing is left.
/// <c>SIPALG_SEED</c> plays one seed again, <c>SIPALG_LONG=1</c> many new ones.
/// </summary>
public sealed class RandomFlowTests(ITestOutputHelper output)
{
    private const int UsualSeeds = 450;
    private const int MostSeeds = 10_000;
    private const int MostFaults = 12;

    [Fact]
    public void Whatever_users_and_network_do()
    {
        var faults = new List<string>();
        var first = "";
        foreach (var seed in Drawn())
        {
            using var run = new FlowRun(seed);
            try
            {
                run.Play();
            }
            catch (Exception fault)
            {
                first = faults.Count == 0 ? $"{fault}\n{run.Ladder}" : first;
                faults.Add($"SIPALG_SEED={seed.ToString(CultureInfo.InvariantCulture)} {fault.Message}\n");
                if (faults.Count == MostFaults)
                {
                    break;
                }
            }
        }

        Assert.True(faults.Count == 0, string.Concat(faults) + first);
    }

    private IEnumerable<int> Drawn()
    {
        if (Seeds.Chosen is { } one)
        {
            return [one];
        }

        var (first, count) = Seeds.IsLong ? (Random.Shared.Next(1_000_000_000), MostSeeds) : (1, UsualSeeds);
        output.WriteLine($"{count * FlowRun.Calls} calls, seeds from {first}");
        return Enumerable.Range(first, count);
    }
}
