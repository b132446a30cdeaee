namespace SipAlg.Linux.Tests;

public sealed class CapableThreadTests
{
    private const int Kept = Capabilities.PerformanceMonitoring;

    /// <summary>On a thread of its own: what it gives up is gone.</summary>
    private static void Apart(Action work)
    {
        Exception? failure = null;
        var thread = new Thread(() => failure = Record.Exception(work));
        thread.Start();
        thread.Join();
        Assert.Null(failure);
    }

    [Fact]
    public void It_keeps_what_others_give_up() => Apart(() =>
    {
        Assert.True(Capabilities.Has(Kept), "these tests run as root");
        using var thread = new CapableThread("kept", Kept);
        Capabilities.Drop(Kept);
        Assert.False(Capabilities.Has(Kept));
        Assert.True(thread.Do(() => Capabilities.Has(Kept)));
        Assert.False(thread.Do(() => Capabilities.Has(Capabilities.Nice)));
    });

    [Fact]
    public void A_fault_of_the_work_is_the_callers()
    {
        using var thread = new CapableThread("kept", Kept);
        Assert.Throws<InvalidOperationException>(() => thread.Do<int>(() => throw new InvalidOperationException()));
        Assert.Equal(5, thread.Do(() => 5));
    }

    [Fact]
    public void It_ends_with_its_work()
    {
        var thread = new CapableThread("kept", Kept);
        var ended = thread.Do(() => Thread.CurrentThread);
        thread.Dispose();
        Assert.False(ended.IsAlive);
        Assert.ThrowsAny<InvalidOperationException>(() => thread.Do(() => 5));
    }
}
