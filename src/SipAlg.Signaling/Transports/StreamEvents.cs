using System.Buffers;
using SipAlg.Signaling.Lanes;

namespace SipAlg.Signaling.Transports;

/// <summary>A whole message of a connection, in a pooled buffer.</summary>
internal sealed class StreamMessage : LaneEvent
{
    private readonly StreamConnection _connection;
    private readonly ListenerCounters _counters;
    private readonly byte[] _buffer;
    private readonly int _length;

    public StreamMessage(StreamConnection connection, ListenerCounters counters, ReadOnlySpan<byte> message)
    {
        (_connection, _counters, _length) = (connection, counters, message.Length);
        _buffer = ArrayPool<byte>.Shared.Rent(message.Length);
        message.CopyTo(_buffer);
    }

    public override void Run(ILaneUser user)
    {
        _counters.CountReceived(_length);
        user.OnMessage(_connection.Flow, _buffer, 0, _length);
    }

    protected internal override void TurnEnded()
    {
        ArrayPool<byte>.Shared.Return(_buffer);
        _connection.Window.Leave();
    }
}

/// <summary>A connection stands: every lane may use it, and the one that opened it is told.</summary>
internal sealed class StreamOpened(StreamConnection connection, LaneNetwork network) : LaneEvent
{
    public override void Run(ILaneUser user)
    {
        network.Connections.Add(connection);
        if (!connection.IsAccepted && connection.Home == network.Lane)
        {
            user.OnConnected(connection.Flow);
        }
    }
}

/// <summary>A connection that stood is gone.</summary>
internal sealed class StreamClosed(StreamConnection connection, LaneNetwork network, CloseReason reason) : LaneEvent
{
    public override void Run(ILaneUser user)
    {
        var alias = network.Connections.Remove(connection);
        user.OnConnectionClosed(connection.Flow, reason);
        if (alias is { } other)
        {
            user.OnConnectionClosed(other, reason);
        }
    }
}

/// <summary>A connection could not be opened.</summary>
internal sealed class StreamFailed(StreamConnection connection, LaneNetwork network, ConnectFailure reason) : LaneEvent
{
    public override void Run(ILaneUser user)
    {
        network.Connections.Remove(connection);
        user.OnConnectionFailed(connection.Flow, reason);
    }
}

/// <summary>A connection's read loop threw.</summary>
internal sealed class StreamFault(Exception fault) : LaneEvent
{
    public override void Run(ILaneUser user) => user.OnFault(fault);
}
