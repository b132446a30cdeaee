using System.Diagnostics;
using System.Globalization;

namespace SipAlg.Linux.Tests;

public class ThreadScheduleTests
{
    [Fact]
    public void A_thread_is_preferred_where_the_process_may_do_so()
    {
        var (preferred, before, after) = InThread(() =>
        {
            var own = Nice();
            return (ThreadSchedule.TryPrefer(own - 1, TimeSpan.FromMilliseconds(0.1)), own, Nice());
        });

        Assert.Equal(preferred ? before - 1 : before, after);
        Assert.True(preferred || Environment.UserName != "root");
    }

    [Fact]
    public void One_that_is_preferred_more_keeps_it() => Assert.True(InThread(() =>
    {
        var own = Nice();
        return ThreadSchedule.TryPrefer(own + 3, TimeSpan.FromMilliseconds(0.1)) && Nice() == own;
    }));

    [Fact]
    public void Other_threads_stay_as_they_are()
    {
        var before = Nice();

        InThread(() => ThreadSchedule.TryPrefer(before - 1, TimeSpan.FromMilliseconds(0.1)));

        Assert.Equal(before, Nice());
    }

    [Fact]
    public void A_thread_is_put_before_all_others_where_the_process_may_do_so()
    {
        var (first, policy) = InThread(() => (ThreadSchedule.TryPutFirst(1), Field(38)));

        Assert.Equal(first ? "1" : "0", policy);
        Assert.True(first || Environment.UserName != "root");
        Assert.Equal("0", Field(38));
    }

    [Fact]
    public void A_rest_is_as_long_as_asked_for()
    {
        var clock = Stopwatch.StartNew();

        ThreadSchedule.Rest(2_000_000);

        Assert.InRange(clock.Elapsed.TotalMilliseconds, 2, 10_000);
    }

    private static T InThread<T>(Func<T> work)
    {
        T result = default!;
        var thread = new Thread(() => result = work());
        thread.Start();
        thread.Join();
        return result;
    }

    /// <summary>proc(5): the 19th field, the 16th after the name.</summary>
    private static int Nice() => int.Parse(Field(16), CultureInfo.InvariantCulture);

    /// <param name="afterName">proc(5), counted from the one after the name: 38 is the policy.</param>
    private static string Field(int afterName)
    {
        var line = File.ReadAllText("/proc/thread-self/stat");
        return line[(line.LastIndexOf(')') + 2)..].Split(' ')[afterName];
    }
}
