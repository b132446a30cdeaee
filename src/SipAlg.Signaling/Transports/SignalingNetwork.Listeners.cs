using SipAlg.Protocol.Addresses;
using SipAlg.Signaling.Lanes;

namespace SipAlg.Signaling.Transports;

/// <content>Its listeners, which may become others while it runs. Who changes them does so one at a time.</content>
public sealed partial class SignalingNetwork
{
    private readonly ListenerTable _table = new();
    private readonly Dictionary<int, StreamListener> _streamListeners = [];

    /// <summary>Where a listener listens, with the port that the system chose for port 0.</summary>
    public IpEndpoint Bound(int listener) => _table[listener].Bound;

    /// <summary>What a listener takes; from any thread.</summary>
    public ListenerState State(int listener) => _table[listener].State;

    /// <summary>Why strangers have no queues of their own; empty: they have, on each UDP listener.</summary>
    public string SteeringRefusal { get; private set; } = "";

    /// <summary>What the kernel granted each UDP socket of a listener, in octets; 0 for other transports.</summary>
    public int ReceiveBuffer(int listener) => _table[listener].ReceiveBuffer;

    /// <summary>
    /// Binds what of these is not open, for them to take the place of those that are there: the same ones stay as they are, and keep their places.
    /// </summary>
    /// <exception cref="NotSupportedException">A listener's transport is not built yet.</exception>
    /// <exception cref="ListenerException">An address cannot be had; what was opened is closed again.</exception>
    public ListenerSwap Prepare(IReadOnlyList<ListenerOptions> listeners)
    {
        List<ListenerPlace> places = [.. _table.Places.Select(place => place.State == ListenerState.Open ? place with { State = ListenerState.Closing } : place)];
        var (udp, streams, kept) = (new Dictionary<int, UdpSocket[]>(), new Dictionary<int, StreamListener>(), new HashSet<int>());
        try
        {
            for (var rank = 0; rank < listeners.Count; rank++)
            {
                var index = Enumerable.Range(0, places.Count).FirstOrDefault(place => places[place].Options == listeners[rank] && !kept.Contains(place), -1);
                if (index < 0)
                {
                    index = places.Count;
                    places.Add(new ListenerPlace(listeners[rank], default, 0, new StreamCounters()) { State = ListenerState.Closed });
                }

                kept.Add(index);
                places[index] = (places[index].State == ListenerState.Closed ? Open(places[index], index, udp, streams) : places[index]) with { Rank = rank, State = ListenerState.Open };
            }
        }
        catch
        {
            new ListenerSwap(this, [], udp, streams).Dispose();
            throw;
        }

        return new ListenerSwap(this, [.. places], udp, streams);
    }

    /// <summary>Closes the sockets of one that is closing, and the connections over it. Completes when each lane has done so.</summary>
    public async Task CloseAsync(int listener)
    {
        if (_streamListeners.Remove(listener, out var stream))
        {
            stream.Dispose();
            _streams.Close(listener);
        }

        var ends = _networks.Select(network => new ListenerEnd(network, listener)).ToArray();
        foreach (var (lane, end) in ends.Index())
        {
            Lanes[lane].Post(end);
        }

        await Task.WhenAll(ends.Select(end => end.Done));
        var places = _table.Places.ToArray();
        places[listener] = places[listener] with { State = ListenerState.Closed };
        _table.Places = places;
    }

    /// <summary>On a lane's thread, or before the lanes run.</summary>
    internal void Take(ListenerSwap swap, int lane)
    {
        _table.Places = swap.Places;
        _networks[lane].Take(swap.Places);
        foreach (var (index, sockets) in swap.Udp)
        {
            _networks[lane].Attach(index, sockets[lane], sockets.Length > _networks.Length ? sockets[_networks.Length + lane] : null);
        }
    }

    internal void Serve(ListenerSwap swap)
    {
        foreach (var thread in _threads)
        {
            thread.Watch(swap.Udp.Keys);
        }

        foreach (var (index, listener) in swap.Streams)
        {
            _streamListeners.Add(index, listener);
            listener.Start();
        }
    }

    private ListenerPlace Open(ListenerPlace place, int index, Dictionary<int, UdpSocket[]> udp, Dictionary<int, StreamListener> streams)
    {
        switch (place.Options.Transport)
        {
            case Transport.Udp:
                var sockets = udp[index] = OpenUdp(place.Options);
                return place with { Bound = sockets[0].Bound, ReceiveBuffer = UdpOptions.ReceiveBuffer(sockets[0].Descriptor) };
            case Transport.Tcp or Transport.Tls:
                var listener = streams[index] = new StreamListener(place.Options, index, _streams);
                return place with { Bound = listener.Bound };
            default:
                throw new NotSupportedException($"Listener '{place.Options.Name}': {TransportNames.Text(place.Options.Transport)} is not built yet.");
        }
    }

    /// <summary>
    /// One socket a lane, and behind them as many for strangers, where they have queues of their own. The first is opened alone, since sharing would
    /// also share with another program's.
    /// </summary>
    private UdpSocket[] OpenUdp(ListenerOptions options)
    {
        var isShared = _options.Lanes > 1 || _steering is not null;
        if (isShared)
        {
            using var probe = new UdpSocket(options, shared: false, _options.ReceiveBuffer);
            options = options with { Address = probe.Bound };
        }

        var sockets = new List<UdpSocket>();
        try
        {
            foreach (var _ in _networks)
            {
                sockets.Add(new UdpSocket(options, isShared, _options.ReceiveBuffer));
            }

            for (var lane = 0; _steering is not null && lane < _networks.Length; lane++)
            {
                sockets.Add(new UdpSocket(options, isShared, _options.StrangersReceiveBuffer));
            }

            _steering?.Attach(options, [.. sockets.Select(socket => socket.Descriptor)]);
        }
        catch
        {
            sockets.ForEach(socket => socket.Dispose());
            throw;
        }

        return [.. sockets];
    }
}

/// <summary>A lane closes its socket of a listener.</summary>
internal sealed class ListenerEnd(LaneNetwork network, int listener) : LaneEvent
{
    private readonly TaskCompletionSource _done = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public Task Done => _done.Task;

    public override void Run(ILaneUser user) => network.Close(listener);

    protected internal override void TurnEnded() => _done.SetResult();
}
