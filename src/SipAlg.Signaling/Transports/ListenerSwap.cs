using SipAlg.Signaling.Lanes;

namespace SipAlg.Signaling.Transports;

/// <summary>
/// Other listeners for a network that runs: everything is bound, nothing has changed. Each lane takes it in a turn of its own, and when all have, it
/// begins. Those that are configured no more are closing from then on. Disposed of before, it leaves no trace.
/// </summary>
public sealed class ListenerSwap : IDisposable
{
    private readonly SignalingNetwork _network;
    private bool _isTaken;

    internal ListenerSwap(SignalingNetwork network, ListenerPlace[] places, IReadOnlyDictionary<int, UdpSocket[]> udp, IReadOnlyDictionary<int, StreamListener> streams) =>
        (_network, Places, Udp, Streams) = (network, places, udp, streams);

    /// <summary>By place, with those that are gone.</summary>
    public IReadOnlyList<ListenerOptions> Listeners => [.. Places.Select(place => place.Options)];

    /// <summary>Places of those that are configured no more and whose sockets are open.</summary>
    public IEnumerable<int> Closing => Enumerable.Range(0, Places.Length).Where(place => Places[place].State == ListenerState.Closing);

    /// <summary>Places whose sockets are new.</summary>
    public IEnumerable<int> Opened => Udp.Keys.Concat(Streams.Keys).Order();

    internal ListenerPlace[] Places { get; }

    /// <summary>By place and lane.</summary>
    internal IReadOnlyDictionary<int, UdpSocket[]> Udp { get; }

    internal IReadOnlyDictionary<int, StreamListener> Streams { get; }

    /// <summary>On a lane's thread: it sends by these from now on. With a context that knows their realms.</summary>
    public void TakeOn(LaneContext lane)
    {
        _isTaken = true;
        _network.Take(this, lane.Number);
        lane.Take([.. Places.Select(place => place.Options.Group)]);
    }

    /// <summary>When every lane has taken it: the new ones are served.</summary>
    public void Begin() => _network.Serve(this);

    /// <summary>Closes what was opened, if no lane has taken it.</summary>
    public void Dispose()
    {
        if (_isTaken)
        {
            return;
        }

        foreach (var socket in Udp.Values.SelectMany(sockets => sockets))
        {
            socket.Dispose();
        }

        foreach (var listener in Streams.Values)
        {
            listener.Dispose();
        }
    }
}
