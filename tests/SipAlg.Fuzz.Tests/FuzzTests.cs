using System.Globalization;
using SipAlg.Fuzz.Engine;

namespace SipAlg.Fuzz.Tests;

/// <summary>
/// Every target for a moment from a seed that stays, as long as a change needs to show that it is broken; for ten minutes from a new one
/// with SIPALG_LONG=1. And all that has ever been found.
/// </summary>
public sealed class FuzzTests
{
    /// <summary>Of one target and turn.</summary>
    private const double LongSeconds = 600;

    public static TheoryData<string, int> Targets => new()
    {
        { "sip", 30_000 }, { "values", 60_000 }, { "digest", 40_000 }, { "sdp", 30_000 }, { "body", 30_000 }, { "xml", 30_000 }, { "stream", 30_000 }, { "rtp", 80_000 },
        { "srtp", 20_000 }, { "stun", 80_000 }, { "dns", 60_000 }, { "mask", 30_000 }, { "admin", 30_000 }, { "dialplan", 10_000 }, { "config", 400 }, { "lane", 8_000 }, { "scene", 120 },
    };

    public static TheoryData<string> Findings =>
        [.. Directory.EnumerateFiles(Path.Combine(AppContext.BaseDirectory, "Findings")).Select(file => Path.GetFileName(file)!).Order(StringComparer.Ordinal)];

    [Theory]
    [MemberData(nameof(Targets))]
    public void No_input_makes_it_fail(string target, int inputs)
    {
        var session = new FuzzSession(FuzzTargets.Make(target), seed: 1);
        session.Run(inputs, double.MaxValue);

        Assert.Equal(inputs, session.Inputs);
        Assert.Empty(session.Findings);
    }

    [Fact]
    public void Each_target_has_its_moment() => Assert.Equal(FuzzTargets.Names, Targets.Select(row => (string)row[0]));

    [Fact]
    public void No_input_of_ten_minutes_makes_any_fail()
    {
        if (Environment.GetEnvironmentVariable("SIPALG_LONG") != "1")
        {
            return;
        }

        var seed = Environment.GetEnvironmentVariable("SIPALG_SEED") is { Length: > 0 } text ? ulong.Parse(text, CultureInfo.InvariantCulture) : (ulong)Environment.TickCount64;
        var session = new FuzzSession(FuzzTargets.Make(), seed);
        session.Run(long.MaxValue / 2000, LongSeconds);

        Assert.True(session.Findings.Count == 0, $"seed {seed}, {session.Inputs} inputs: {string.Join('\n', session.Findings)}");
    }

    /// <summary>The file's name begins with the target's.</summary>
    [Theory]
    [MemberData(nameof(Findings))]
    public void What_was_found_is_mended(string file)
    {
        var input = new FuzzInput();
        input.Set(File.ReadAllBytes(Path.Combine(AppContext.BaseDirectory, "Findings", file)));

        Assert.Null(new Trial(Assert.Single(FuzzTargets.Make(file[..file.IndexOf('-', StringComparison.Ordinal)]))).Run(input, new Features()));
    }
}
