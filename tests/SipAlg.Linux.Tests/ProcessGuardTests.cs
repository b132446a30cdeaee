using System.Globalization;

namespace SipAlg.Linux.Tests;

public class ProcessGuardTests
{
    [Fact]
    public void What_is_not_kept_is_given_up_by_this_thread_and_those_after_it()
    {
        var (own, child) = InThread(() =>
        {
            var (dropped, kept) = Capabilities.Keep(Capabilities.LowPorts, Capabilities.RawSockets);
            Assert.Equal(dropped + kept, System.Numerics.BitOperations.PopCount(Set("CapPrm", "/proc/self/status")));
            return (Set("CapPrm"), InThread(() => Set("CapPrm") | Set("CapEff")));
        });

        Assert.Equal(0UL, (own | child) & ~((1UL << Capabilities.LowPorts) | (1UL << Capabilities.RawSockets)));
        Assert.Equal(own, child);
    }

    [Fact]
    public void No_program_that_the_thread_runs_gains_rights()
    {
        var before = Set("NoNewPrivs");

        Assert.Equal((1UL, 1UL), InThread(() => (ProcessGuard.ForbidNewPrivileges() ? 1UL : 0, Set("NoNewPrivs"))));
        Assert.Equal(before, Set("NoNewPrivs"));
    }

    [Fact]
    public void A_process_that_may_not_be_dumped_says_so()
    {
        var before = ProcessGuard.MayBeDumped;
        try
        {
            ProcessGuard.MayBeDumped = false;
            Assert.False(ProcessGuard.MayBeDumped);
        }
        finally
        {
            ProcessGuard.MayBeDumped = before;
        }
    }

    /// <summary>A thread that ends: nothing that it gave up is missing afterwards.</summary>
    private static T InThread<T>(Func<T> work)
    {
        var result = default(T)!;
        Exception? fault = null;
        var thread = new Thread(() =>
        {
            try
            {
                result = work();
            }
            catch (Exception thrown)
            {
                fault = thrown;
            }
        });
        thread.Start();
        thread.Join();
        return fault is null ? result : throw new InvalidOperationException("In the thread", fault);
    }

    private static ulong Set(string name, string file = "/proc/thread-self/status") =>
        ulong.Parse(File.ReadLines(file).First(line => line.StartsWith(name + ":", StringComparison.Ordinal))[(name.Length + 1)..].Trim(), NumberStyles.HexNumber, CultureInfo.InvariantCulture);
}
