using SipAlg.Protocol.Addresses;

namespace SipAlg.Signaling.Transports;

/// <summary>What a listener takes.</summary>
public enum ListenerState : byte
{
    Open,

    /// <summary>It is configured no more: what stands over it goes on, nothing new begins.</summary>
    Closing,

    /// <summary>Its sockets are closed.</summary>
    Closed,
}

/// <summary>A listener in its place, which is <see cref="Flow.Listener"/> and never another's, also when the listener is gone.</summary>
/// <param name="Options">As configured.</param>
/// <param name="Bound">With the port that the system chose for port 0.</param>
/// <param name="ReceiveBuffer">What the kernel granted each UDP socket, in octets; 0 for other transports.</param>
/// <param name="Connections">Of all times that it was open.</param>
internal sealed record ListenerPlace(ListenerOptions Options, IpEndpoint Bound, int ReceiveBuffer, StreamCounters Connections)
{
    /// <summary>Its place in the configuration: of those that would do, the first is taken.</summary>
    public int Rank { get; init; }

    public ListenerState State { get; init; }
}

/// <summary>The places of all listeners, as threads other than lanes see them: written by one at a time, read by any.</summary>
internal sealed class ListenerTable
{
    private ListenerPlace[] _places = [];

    public ListenerPlace[] Places
    {
        get => Volatile.Read(ref _places);
        set => Volatile.Write(ref _places, value);
    }

    public ListenerPlace this[int listener] => Places[listener];
}
