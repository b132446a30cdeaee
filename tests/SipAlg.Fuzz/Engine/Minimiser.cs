namespace SipAlg.Fuzz.Engine;

/// <summary>Takes away from a failing input what it fails without.</summary>
internal static class Minimiser
{
    private const int MostTrials = 4000;

    /// <param name="trial">Of the target.</param>
    /// <param name="failing">The input.</param>
    /// <param name="problem">What is to stay wrong, by the first of its words.</param>
    public static byte[] Shorten(Trial trial, byte[] failing, string problem)
    {
        var kind = Kind(problem);
        var input = new FuzzInput();
        var features = new Features();
        var trials = 0;
        for (var part = Math.Max(failing.Length / 2, 1); part > 0; part /= 2)
        {
            for (var at = 0; at + part <= failing.Length && trials < MostTrials; trials++)
            {
                byte[] shorter = [.. failing.AsSpan(0, at), .. failing.AsSpan(at + part)];
                input.Set(shorter);
                if (trial.Run(input, features) is { } still && Kind(still) == kind)
                {
                    failing = shorter;
                }
                else
                {
                    at += part;
                }
            }
        }

        return failing;
    }

    private static string Kind(string problem) => problem[..Math.Min(problem.Length, 24)];
}
