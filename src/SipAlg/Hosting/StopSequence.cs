using SipAlg.Calls.Calls;

namespace SipAlg.Hosting;

/// <summary>
/// The orderly end of all calls: no new ones, those that stand may end by themselves for a while, the rest gets BYE and some time to
/// answer it. Registrations with peers are taken back in the same time.
/// </summary>
internal sealed class StopSequence(Gateway gateway, ILogger log, TimeProvider time)
{
    /// <summary>For the answers to BYE: a far side that is there has answered two repetitions by then (RFC 3261 §17.1.2.2).</summary>
    private static readonly TimeSpan AnswerWait = TimeSpan.FromSeconds(2.5);

    /// <summary>For a lane to begin hanging up; one that is stuck will not.</summary>
    private static readonly TimeSpan LaneWait = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(20);

    /// <param name="stopWait">For calls to end by themselves.</param>
    /// <param name="endNow">Ends both waits; calls get their BYE all the same.</param>
    public async Task RunAsync(TimeSpan stopWait, CancellationToken endNow)
    {
        gateway.BeginStop();
        HostingLog.Stopping(log, gateway.ActiveCalls, stopWait.TotalSeconds);
        await NoCallAsync(stopWait, endNow).ConfigureAwait(false);
        await HangUpAsync().ConfigureAwait(false);
        await NoCallAsync(AnswerWait, endNow).ConfigureAwait(false);
    }

    private async Task HangUpAsync()
    {
        try
        {
            await gateway.HangUpAllAsync(CallCause.GatewayStopped).WaitAsync(LaneWait, time).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            HostingLog.LaneStuck(log);
        }
        catch (Exception fault)
        {
            // Whatever one call threw, the end of the others goes on.
            HostingLog.HangUpFailed(log, fault);
        }
    }

    private async Task NoCallAsync(TimeSpan within, CancellationToken endNow)
    {
        var began = time.GetTimestamp();
        while ((gateway.ActiveCalls > 0 || gateway.Unregistering > 0) && time.GetElapsedTime(began) < within && !endNow.IsCancellationRequested)
        {
            await Task.Delay(Look, time, endNow).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }
}
