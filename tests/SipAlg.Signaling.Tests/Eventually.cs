using System.Runtime.CompilerServices;

namespace SipAlg.Signaling.Tests;

/// <summary>Waits for what other threads bring about.</summary>
internal static class Eventually
{
    /// <summary>Generous: reached only when the condition never comes.</summary>
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(30);

    public static void True(Func<bool> condition, [CallerArgumentExpression(nameof(condition))] string text = "") =>
        Assert.True(SpinWait.SpinUntil(condition, Deadline), $"never came: {text}");
}
