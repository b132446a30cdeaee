using System.Diagnostics;

namespace SipAlg.Fuzz.Engine;

/// <summary>Gives one target one input: what throws, fails or takes too long is a problem.</summary>
internal sealed class Trial(Target target)
{
    private const int Repetitions = 3;
    private readonly Features _unused = new();

    /// <summary>Problems that a second look did not confirm, such as a runtime that compiled meanwhile.</summary>
    public int Unconfirmed { get; private set; }

    /// <summary>The last of them.</summary>
    public string? LastUnconfirmed { get; private set; }

    /// <returns>What is wrong, each time, or null.</returns>
    public string? Run(FuzzInput input, Features features)
    {
        input.Close();
        var started = Stopwatch.GetTimestamp();
        var problem = Check(input, features) ?? Slowness(started);
        return problem is null ? null : Confirm(input, problem);
    }

    private string? Confirm(FuzzInput input, string seen)
    {
        string? problem = null;
        for (var left = Repetitions; left > 0; left--)
        {
            var started = Stopwatch.GetTimestamp();
            problem = Check(input, _unused) ?? Slowness(started);
            if (problem is null)
            {
                Unconfirmed++;
                LastUnconfirmed = seen.Split('\n')[0];
                return null;
            }
        }

        return problem;
    }

    private string? Slowness(long started)
    {
        var elapsed = Stopwatch.GetElapsedTime(started);
        return elapsed.TotalMilliseconds > target.MostTime ? $"It took {elapsed.TotalMilliseconds:F0} ms." : null;
    }

    private string? Check(FuzzInput input, Features features)
    {
        try
        {
            return target.Check(input, features);
        }
        catch (Exception fault) when (fault is not OutOfMemoryException)
        {
            return fault.ToString();
        }
    }
}
