using System.Text;
using SipAlg.Fuzz.Engine;

namespace SipAlg.Fuzz.Tests;

/// <summary>The search itself: it finds, shortens and repeats.</summary>
public sealed class EngineTests
{
    [Fact]
    public void It_finds_what_is_three_steps_away_and_makes_it_short()
    {
        var run = new FuzzRun(new Stairs(), seed: 3);

        run.Run(300_000);

        Assert.Equal("down the stairs", run.Finding!.Problem[..15]);
        Assert.Equal("abc", Encoding.ASCII.GetString(run.Finding.Octets));
    }

    [Fact]
    public void The_same_seed_does_the_same()
    {
        var (one, other, third) = (new FuzzRun(new Stairs(), 3), new FuzzRun(new Stairs(), 3), new FuzzRun(new Stairs(), 4));
        foreach (var run in new[] { one, other, third })
        {
            run.Run(300_000);
        }

        Assert.Equal((one.Inputs, one.FeatureCount), (other.Inputs, other.FeatureCount));
        Assert.NotEqual(one.Inputs, third.Inputs);
    }

    [Fact]
    public void What_throws_and_what_takes_long_is_found()
    {
        Assert.Contains(nameof(InvalidOperationException), Found("throw"), StringComparison.Ordinal);
        Assert.StartsWith("It took", Found("slow"), StringComparison.Ordinal);
        Assert.Null(Found("well"));
    }

    private static string? Found(string what)
    {
        var input = new FuzzInput();
        input.Set(Encoding.ASCII.GetBytes(what));
        return new Trial(new Stairs()).Run(input, new Features());
    }

    [Fact]
    public void Damage_keeps_to_the_room_that_there_is()
    {
        var dice = new Dice(1);
        var input = new FuzzInput();
        input.Set(new byte[FuzzInput.MaxLength + 5]);
        var damage = new Damage(dice, [[1, 2, 3]]);

        for (var times = 0; times < 20_000; times++)
        {
            damage.Apply(input, [4, 5, 6]);
            Assert.InRange(input.Length, 0, FuzzInput.MaxLength);
            if (input.Length == 0)
            {
                input.Set(new byte[dice.Below(2000)]);
            }
        }

        input.Close();
        Assert.Equal((byte)'\r', input.Buffer[FuzzInput.Start + input.Length]);
    }

    /// <summary>Fails at "abc", and tells of each letter on the way.</summary>
    private sealed class Stairs() : Target("stairs", 1, [[(byte)'x']], [[(byte)'q']])
    {
        public override int MostTime => 20;

        public override string? Check(FuzzInput input, Features features)
        {
            var text = Encoding.Latin1.GetString(input.Octets);
            if (text == "slow")
            {
                Thread.Sleep(50);
            }

            foreach (var step in (string[])["a", "ab", "abc"])
            {
                if (!text.StartsWith(step, StringComparison.Ordinal))
                {
                    break;
                }

                features.Add(1, step.Length);
            }

            return text == "throw" ? throw new InvalidOperationException("as asked") : text.StartsWith("abc", StringComparison.Ordinal) ? "down the stairs" : null;
        }
    }
}
