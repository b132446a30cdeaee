using System.Buffers;
using SipAlg.Signaling.Transports;

namespace SipAlg.Signaling.Lanes;

/// <summary>A message on its way to the lane that it belongs to, in a pooled buffer.</summary>
internal sealed class HandedMessage : LaneEvent
{
    private readonly byte[] _buffer;
    private readonly int _length;
    private readonly HandOvers _room;

    /// <param name="room">Entered; left when the turn has ended.</param>
    public HandedMessage(in Flow flow, ReadOnlySpan<byte> message, HandOvers room)
    {
        (Flow, _room) = (flow, room);
        _buffer = ArrayPool<byte>.Shared.Rent(message.Length);
        _length = message.Length;
        message.CopyTo(_buffer);
    }

    public Flow Flow { get; }

    public override void Run(ILaneUser user) => user.OnMessage(Flow, _buffer, 0, _length);

    /// <summary>The octets are the user's until its turn has ended.</summary>
    protected internal override void TurnEnded()
    {
        ArrayPool<byte>.Shared.Return(_buffer);
        _room.Leave();
    }
}
