using System.Diagnostics;

namespace SipAlg.Fuzz.Engine;

/// <summary>Several targets in turns, each with its share of the inputs. What one target gets depends on the seed alone.</summary>
internal sealed class FuzzSession(IEnumerable<Target> targets, ulong seed)
{
    private const int Turn = 20_000;
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(10);

    public FuzzRun[] Runs { get; } = [.. targets.Select(target => new FuzzRun(target, seed))];

    /// <summary>Told now and then how far it is.</summary>
    public Action<FuzzSession>? Watch { get; init; }

    public long Inputs => Runs.Sum(run => run.Inputs);
    public IReadOnlyList<Finding> Findings => [.. Runs.Select(run => run.Finding).OfType<Finding>()];

    /// <param name="inputs">Of all targets together; each gets at least one.</param>
    /// <param name="seconds">It ends after so many, whatever is left.</param>
    public void Run(long inputs, double seconds)
    {
        var clock = Stopwatch.StartNew();
        var shown = TimeSpan.Zero;
        var end = Environment.TickCount64 + (long)Math.Min(seconds * 1000, 1L << 48);
        double all = Runs.Sum(run => run.Target.Share);
        for (long done = 0; done < inputs && Environment.TickCount64 < end; done += Turn)
        {
            foreach (var run in Runs)
            {
                var due = (long)Math.Ceiling(Math.Min(done + Turn, inputs) * run.Target.Share / all);
                run.Run(due - run.Inputs, end);
            }

            if (clock.Elapsed - shown > Pause)
            {
                shown = clock.Elapsed;
                Watch?.Invoke(this);
            }
        }
    }
}
