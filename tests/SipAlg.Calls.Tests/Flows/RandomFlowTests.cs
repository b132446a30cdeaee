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
    private const int Seeds = 600;
    private const int LongSeeds = 10_000;

    private static string? Seed => Environment.GetEnvironmentVariable("SIPALG_SEED");
    private static bool IsLong => Environment.GetEnvironmentVariable("SIPALG_LONG") == "1";

    [Fact]
    public void Whatever_users_and_network_do()
    {
        foreach (var seed in Drawn())
        {
            using var run = new FlowRun(seed);
            try
            {
                run.Play();
            }
            catch (Exception fault)
            {
                Assert.Fail($"SIPALG_SEED={seed.ToString(CultureInfo.InvariantCulture)}\n{fault}\n{run.Ladder}");
            }
        }
    }

    private IEnumerable<int> Drawn()
    {
        if (int.TryParse(Seed, CultureInfo.InvariantCulture, out var one))
        {
            return [one];
        }

        var first = IsLong ? Random.Shared.Next() : 1;
        output.WriteLine($"{(IsLong ? LongSeeds : Seeds) * FlowRun.Calls} calls, seeds from {first}");
        return Enumerable.Range(0, IsLong ? LongSeeds : Seeds).Select(step => first + step);
    }
}
