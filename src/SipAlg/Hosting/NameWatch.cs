using SipAlg.Signaling.Resolution;

namespace SipAlg.Hosting;

/// <summary>Looks for one host as long as the gateway runs: again whenever what was found has had its time.</summary>
/// <param name="find">Finds it; does not throw.</param>
/// <param name="take">Told of each outcome.</param>
/// <param name="time">The clock.</param>
internal sealed class NameWatch(Func<Task<SipHops>> find, Action<SipHops> take, TimeProvider time)
{
    private static readonly TimeSpan Shortest = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Longest = TimeSpan.FromHours(1);

    /// <summary>What cannot be found is missed: it is looked for more often.</summary>
    private static readonly TimeSpan LongestFailing = TimeSpan.FromSeconds(30);

    public async Task RunAsync(CancellationToken stopping)
    {
        while (!stopping.IsCancellationRequested)
        {
            await Task.Delay(await LookUpAsync(stopping).ConfigureAwait(false), time, stopping).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <summary>Looks once.</summary>
    /// <returns>How long to wait before the next time.</returns>
    public async Task<TimeSpan> LookUpAsync(CancellationToken stopping)
    {
        SipHops hops;
        try
        {
            hops = await find().WaitAsync(stopping).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            // The gateway stops; what was found is needed no more.
            return TimeSpan.Zero;
        }

        take(hops);
        var most = hops.Outcome == HopOutcome.Found ? Longest : LongestFailing;
        return hops.Holds < Shortest ? Shortest : hops.Holds > most ? most : hops.Holds;
    }

    /// <summary>Why there is nothing, as the log says it.</summary>
    public static string Reason(HopOutcome outcome) => outcome switch
    {
        HopOutcome.NoName => "there is no such name",
        HopOutcome.NoAddress => "no address of a family that its realm listens on",
        HopOutcome.NotOffered => "the domain says that it does not offer this",
        HopOutcome.NoTransport => "its realm has no listener of this transport",
        _ => "no name server answers",
    };
}
