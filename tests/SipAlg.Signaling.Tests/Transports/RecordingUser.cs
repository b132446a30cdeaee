using System.Collections.Concurrent;
using System.Text;
using SipAlg.Signaling.Lanes;
using SipAlg.Signaling.Transports;

namespace SipAlg.Signaling.Tests.Transports;

/// <summary>A lane's logic that writes down what it hears and does what a test tells it.</summary>
internal sealed class RecordingUser(ILane lane) : ILaneUser
{
    public ILane Lane { get; } = lane;

    public ConcurrentQueue<(Flow Flow, string Text)> Messages { get; } = new();

    public ConcurrentQueue<(Flow Flow, UnreachableReason Reason)> Unreachable { get; } = new();

    public ConcurrentQueue<Flow> Connected { get; } = new();

    public ConcurrentQueue<(Flow Flow, ConnectFailure Reason)> Failed { get; } = new();

    public ConcurrentQueue<(Flow Flow, CloseReason Reason)> Closed { get; } = new();

    public ConcurrentQueue<Exception> Faults { get; } = new();

    public ConcurrentQueue<byte> Timers { get; } = new();

    /// <summary>Runs on the lane for each message, before it is written down.</summary>
    public Action<Flow, string>? Hook { get; set; }

    /// <summary>Runs something on the lane and gives back what it found.</summary>
    public T Ask<T>(Func<ILane, T> question)
    {
        var query = new Query<T>(Lane, question);
        Lane.Post(query);
        return query.Answer.Task.WaitAsync(TimeSpan.FromSeconds(30)).GetAwaiter().GetResult();
    }

    public SendResult Send(Flow flow, string text) => Ask(lane => lane.Network.Send(flow, Encoding.ASCII.GetBytes(text)));

    public void OnMessage(in Flow flow, byte[] buffer, int offset, int length)
    {
        var text = Encoding.ASCII.GetString(buffer, offset, length);
        Hook?.Invoke(flow, text);
        Messages.Enqueue((flow, text));
    }

    public void OnTimer(byte kind, int slot, uint generation) => Timers.Enqueue(kind);
    public void OnUnreachable(in Flow flow, UnreachableReason reason) => Unreachable.Enqueue((flow, reason));
    public void OnConnected(in Flow flow) => Connected.Enqueue(flow);
    public void OnConnectionFailed(in Flow flow, ConnectFailure reason) => Failed.Enqueue((flow, reason));
    public void OnConnectionClosed(in Flow flow, CloseReason reason) => Closed.Enqueue((flow, reason));
    public void OnFault(Exception fault) => Faults.Enqueue(fault);

    public void EndTurn()
    {
    }

    private sealed class Query<T>(ILane lane, Func<ILane, T> question) : LaneEvent
    {
        public TaskCompletionSource<T> Answer { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public override void Run(ILaneUser user) => Answer.SetResult(question(lane));
    }
}
