using System.Globalization;

namespace SipAlg.Calls.Tests;

/// <summary>The seeds that tests draw from: <c>SIPALG_SEED=N</c> plays one alone, <c>SIPALG_LONG=1</c> plays many more.</summary>
internal static class Seeds
{
    public static bool IsLong => Environment.GetEnvironmentVariable("SIPALG_LONG") == "1";

    /// <summary>The one that is to be played; null for all.</summary>
    public static int? Chosen =>
        int.TryParse(Environment.GetEnvironmentVariable("SIPALG_SEED"), CultureInfo.InvariantCulture, out var seed) ? seed : null;

    /// <summary>From 1 on, the same in each run.</summary>
    /// <param name="usual">How many.</param>
    /// <param name="many">How many with <c>SIPALG_LONG=1</c>.</param>
    public static TheoryData<int> Of(int usual, int many) => Chosen is { } one ? [one] : [.. Enumerable.Range(1, IsLong ? many : usual)];
}
