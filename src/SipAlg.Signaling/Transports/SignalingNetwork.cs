using SipAlg.Protocol.Addresses;
using SipAlg.Signaling.Lanes;

namespace SipAlg.Signaling.Transports;

/// <summary>
/// The gateway's signalling on real sockets: the listeners of all realms, the lanes with their threads, and the connections.
/// Opening binds everything; nothing is served before <see cref="Start"/>.
/// </summary>
public sealed class SignalingNetwork : IAsyncDisposable
{
    private static readonly TimeSpan SweepPeriod = TimeSpan.FromSeconds(1);

    private readonly NetworkOptions _options;
    private readonly TimeProvider _time;
    private readonly LaneNetwork[] _networks;
    private readonly IpEndpoint[] _bound;
    private readonly int[] _receiveBuffers;
    private readonly StreamTransport _streams;
    private readonly List<StreamListener> _streamListeners = [];
    private readonly List<UdpSocket> _udpSockets = [];
    private readonly List<LaneThread> _threads = [];
    private ITimer? _sweep;
    private bool _isStopped;

    private SignalingNetwork(NetworkOptions options, TimeProvider time, ILaneRouter router, LaneGroup lanes)
    {
        (_options, _time, Lanes) = (options, time, lanes);
        _bound = new IpEndpoint[options.Listeners.Count];
        _receiveBuffers = new int[options.Listeners.Count];
        _networks = [.. Enumerable.Range(0, options.Lanes).Select(lane => new LaneNetwork(lane, options.Listeners, _bound, time))];
        _streams = new StreamTransport(options.Streams, time, lanes, router, _networks, _bound);
    }

    public LaneGroup Lanes { get; }

    /// <summary>Opens every listener and makes the lanes.</summary>
    /// <param name="user">Makes each lane's logic.</param>
    /// <exception cref="NotSupportedException">A listener's transport is not built yet.</exception>
    /// <exception cref="ListenerException">An address cannot be had; what was opened is closed again.</exception>
    public static SignalingNetwork Open(NetworkOptions options, TimeProvider time, ILaneRouter router, Func<ILane, ILaneUser> user)
    {
        var network = new SignalingNetwork(options, time, router, new LaneGroup(options.Lanes));
        try
        {
            network.OpenListeners();
        }
        catch (Exception)
        {
            network.CloseListeners();
            throw;
        }

        network.MakeLanes(user);
        return network;
    }

    /// <summary>Where a listener listens, with the port that the system chose for port 0.</summary>
    public IpEndpoint Bound(int listener) => _bound[listener];

    /// <summary>What the kernel granted each UDP socket of a listener, in octets; 0 for other transports.</summary>
    public int ReceiveBuffer(int listener) => _receiveBuffers[listener];

    /// <summary>A listener's messages on one lane; from any thread.</summary>
    public ListenerCounters Messages(int lane, int listener) => _networks[lane].CountersOf(listener);

    /// <summary>A listener's connections; from any thread.</summary>
    public StreamCounters Connections(int listener) => _streams.CountersOf(listener);

    /// <summary>Connections of a transport that stand; from any thread.</summary>
    public long ConnectionsActive(Transport transport)
    {
        long active = 0;
        for (var index = 0; index < _bound.Length; index++)
        {
            active += _options.Listeners[index].Transport == transport ? _streams.CountersOf(index).Active : 0;
        }

        return active;
    }

    /// <summary>Begins to serve.</summary>
    public void Start()
    {
        _threads.ForEach(thread => thread.Start());
        _streamListeners.ForEach(listener => listener.Start());
        _sweep = _time.CreateTimer(_ => Sweep(), null, SweepPeriod, SweepPeriod);
    }

    /// <summary>Closes the connections whose time is up; called once a second.</summary>
    internal void Sweep() => _streams.Sweep();

    /// <summary>
    /// Accepts nothing more, lets what was sent reach the kernel, closes the connections, tells the lanes, and ends their threads; each step
    /// waits at most <paramref name="within"/>.
    /// </summary>
    /// <returns>false: a lane is stuck; its sockets are left to the end of the process.</returns>
    public async Task<bool> StopAsync(TimeSpan within)
    {
        if (_isStopped)
        {
            return true;
        }

        _isStopped = true;
        _sweep?.Dispose();
        _streamListeners.ForEach(listener => listener.Dispose());
        await _streams.StopAsync(within);
        var haveEnded = true;
        foreach (var thread in _threads)
        {
            var hasEnded = thread.Stop(within);
            haveEnded &= hasEnded;
            if (hasEnded)
            {
                thread.Dispose();
            }
        }

        return haveEnded;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync() => await StopAsync(SweepPeriod);

    private void OpenListeners()
    {
        for (var index = 0; index < _options.Listeners.Count; index++)
        {
            var listener = _options.Listeners[index];
            switch (listener.Transport)
            {
                case Transport.Udp:
                    OpenUdp(listener, index);
                    break;
                case Transport.Tcp:
                    OpenStream(listener, index);
                    break;
                default:
                    throw new NotSupportedException($"Listener '{listener.Name}': {TransportNames.Text(listener.Transport)} is not built yet.");
            }
        }
    }

    private void OpenStream(ListenerOptions options, int index)
    {
        var listener = new StreamListener(options, index, _streams);
        _streamListeners.Add(listener);
        _bound[index] = listener.Bound;
    }

    /// <summary>One socket a lane. The first is opened alone, since sharing would also share with another program's.</summary>
    private void OpenUdp(ListenerOptions options, int index)
    {
        var isShared = _options.Lanes > 1;
        if (isShared)
        {
            using var probe = new UdpSocket(options, shared: false, _options.ReceiveBuffer);
            options = options with { Address = probe.Bound };
        }

        foreach (var network in _networks)
        {
            var socket = new UdpSocket(options, isShared, _options.ReceiveBuffer);
            _udpSockets.Add(socket);
            network.Attach(index, socket);
            _bound[index] = socket.Bound;
            _receiveBuffers[index] = UdpOptions.ReceiveBuffer(socket.Descriptor);
        }
    }

    private void MakeLanes(Func<ILane, ILaneUser> user)
    {
        foreach (var network in _networks)
        {
            network.Attach(_streams);
            var waker = new LaneWaker();
            var lane = new Lane(Lanes, network.Lane, _time, network, waker.Wake, user);
            _threads.Add(new LaneThread(lane, waker, network.UdpListeners));
        }
    }

    private void CloseListeners()
    {
        _udpSockets.ForEach(socket => socket.Dispose());
        _streamListeners.ForEach(listener => listener.Dispose());
    }
}
