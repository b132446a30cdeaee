namespace SipAlg.Signaling.Transports;

/// <summary>What a <see cref="ListenerCounters"/> counts.</summary>
public enum ListenerCount : byte
{
    /// <summary>Datagrams, or whole messages of connections.</summary>
    Received,
    ReceivedBytes,

    /// <summary>Datagrams that hold nothing: empty, line breaks or zeros to keep a NAT binding open.</summary>
    KeepAlives,

    /// <summary>Datagrams that the kernel dropped because its receive buffer was full, as of the last one received.</summary>
    KernelDrops,

    /// <summary>Likewise of the queue that strangers have for themselves, as of the last second.</summary>
    StrangerDrops,

    /// <summary>Datagrams of which ICMP said that they did not arrive.</summary>
    Unreachable,

    /// <summary>Octets of messages sent or queued.</summary>
    SentBytes,
}

/// <summary>One listener's messages on one lane: plain cells that the lane writes and any thread reads.</summary>
public sealed class ListenerCounters
{
    private readonly long[] _counts = new long[(int)ListenerCount.SentBytes + 1];
    private readonly long[] _sends = new long[SendResults.Count];

    public long this[ListenerCount count] => Volatile.Read(ref _counts[(int)count]);

    /// <summary>Sends that ended like this.</summary>
    public long Sends(SendResult result) => Volatile.Read(ref _sends[(int)result]);

    internal void CountReceived(int octets)
    {
        Add(ListenerCount.Received, 1);
        Add(ListenerCount.ReceivedBytes, octets);
    }

    internal SendResult CountSend(SendResult result, int octets)
    {
        Volatile.Write(ref _sends[(int)result], _sends[(int)result] + 1);
        if (result.IsOnItsWay())
        {
            Add(ListenerCount.SentBytes, octets);
        }

        return result;
    }

    internal void Add(ListenerCount count, long value) => Set(count, _counts[(int)count] + value);

    internal void Set(ListenerCount count, long value) => Volatile.Write(ref _counts[(int)count], value);
}
