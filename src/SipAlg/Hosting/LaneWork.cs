using SipAlg.Calls.Lanes;
using SipAlg.Signaling.Lanes;

namespace SipAlg.Hosting;

/// <summary>Work for a lane from another thread.</summary>
internal sealed class LaneWork(CallLane lane, Action<CallLane> work) : LaneEvent
{
    public override void Run(ILaneUser user) => work(lane);
}

/// <summary>A question to a lane from another thread, whose answer is awaited off the lane.</summary>
internal sealed class LaneQuestion<T>(CallLane lane, Func<CallLane, T> question) : LaneEvent
{
    private readonly TaskCompletionSource<T> _answer = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public Task<T> Answer => _answer.Task;

    public override void Run(ILaneUser user)
    {
        try
        {
            _answer.SetResult(question(lane));
        }
        catch (Exception fault)
        {
            _answer.SetException(fault);
        }
    }
}
