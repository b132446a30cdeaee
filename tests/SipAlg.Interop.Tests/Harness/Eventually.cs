using System.Runtime.CompilerServices;

namespace SipAlg.Interop.Tests.Harness;

/// <summary>Waits for what other processes bring about.</summary>
internal static class Eventually
{
    /// <summary>Generous: reached only when the condition never comes.</summary>
    public static readonly TimeSpan Deadline = TimeSpan.FromSeconds(30);

    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(20);

    public static Task TrueAsync(Func<bool> condition, TimeSpan? deadline = null, [CallerArgumentExpression(nameof(condition))] string text = "") =>
        TrueAsync(() => Task.FromResult(condition()), deadline, text);

    public static async Task TrueAsync(Func<Task<bool>> condition, TimeSpan? deadline = null, [CallerArgumentExpression(nameof(condition))] string text = "")
    {
        using var ticks = new PeriodicTimer(Interval);
        var began = TimeProvider.System.GetTimestamp();
        while (!await condition())
        {
            Assert.True(TimeProvider.System.GetElapsedTime(began) < (deadline ?? Deadline), $"never came: {text}");
            await ticks.WaitForNextTickAsync();
        }
    }
}
