using SipAlg.Protocol.Addresses;
using SipAlg.Signaling.Gate;
using SipAlg.Signaling.Lanes;

namespace SipAlg.Signaling.Transports;

/// <summary>
/// The gateway's signalling on real sockets: the listeners of all realms, the lanes with their threads, and the connections.
/// Opening binds everything; nothing is served before <see cref="Start"/>.
/// </summary>
public sealed partial class SignalingNetwork : IAsyncDisposable
{
    private static readonly TimeSpan SweepPeriod = TimeSpan.FromSeconds(1);

    private readonly NetworkOptions _options;
    private readonly TimeProvider _time;
    private readonly LaneNetwork[] _networks;
    private readonly StreamTransport _streams;
    private readonly List<LaneThread> _threads = [];
    private ListenerSwap _opening = null!;
    private ITimer? _sweep;
    private readonly SourceSteering? _steering;
    private bool _isStopped;

    private SignalingNetwork(NetworkOptions options, TimeProvider time, ILaneRouter router, LaneGroup lanes)
    {
        (_options, _time, Lanes) = (options, time, lanes);
        _steering = Steering(options, out var refusal);
        SteeringRefusal = refusal;
        _networks = [.. Enumerable.Range(0, options.Lanes).Select(lane => new LaneNetwork(lane, time, options.Tls.Identities))];
        _streams = new StreamTransport(options.Streams, options.Tls, time, lanes, router, _networks, _table, options.Gate);
    }

    public LaneGroup Lanes { get; }

    /// <summary>Opens every listener and makes the lanes.</summary>
    /// <param name="user">Makes each lane's logic.</param>
    /// <exception cref="NotSupportedException">A listener's transport is not built yet.</exception>
    /// <exception cref="ListenerException">An address cannot be had; what was opened is closed again.</exception>
    public static SignalingNetwork Open(NetworkOptions options, TimeProvider time, ILaneRouter router, Func<ILane, ILaneUser> user)
    {
        var network = new SignalingNetwork(options, time, router, new LaneGroup(options.Lanes));
        var swap = network.Prepare(options.Listeners);
        for (var lane = 0; lane < options.Lanes; lane++)
        {
            network.Take(swap, lane);
        }

        network.MakeLanes(user);
        network._opening = swap;
        return network;
    }

    /// <summary>A listener's messages on one lane; from any thread.</summary>
    public ListenerCounters Messages(int lane, int listener) => _networks[lane].CountersOf(listener);

    /// <summary>What the lanes' gates and that of connections have dropped in a realm; from any thread.</summary>
    public long Dropped(int realm, GateVerdict reason)
    {
        var dropped = _streams.Gate?.Dropped(realm, reason) ?? 0;
        for (var lane = 0; lane < Lanes.Count; lane++)
        {
            dropped += Lanes[lane].Gate?.Counters.Dropped(realm, reason) ?? 0;
        }

        return dropped;
    }

    /// <summary>A listener's connections; from any thread.</summary>
    public StreamCounters Connections(int listener) => _table[listener].Connections;

    /// <summary>Connections of a transport that stand; from any thread.</summary>
    public long ConnectionsActive(Transport transport)
    {
        long active = 0;
        foreach (var place in _table.Places)
        {
            active += place.Options.Transport == transport ? place.Connections.Active : 0;
        }

        return active;
    }

    /// <summary>Begins to serve.</summary>
    public void Start()
    {
        _threads.ForEach(thread => thread.Start());
        Serve(_opening);
        _sweep = _time.CreateTimer(_ => Sweep(), null, SweepPeriod, SweepPeriod);
    }

    /// <summary>Closes the connections of a source that is banned; from any thread.</summary>
    /// <param name="source">Of IPv6 its whole /64.</param>
    public void CloseFrom(IpAddress source) => _streams.CloseFrom(source);

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
        foreach (var listener in _streamListeners.Values.Union(_opening.Streams.Values))
        {
            listener.Dispose();
        }

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

        _steering?.Dispose();
        return haveEnded;
    }

    private static SourceSteering? Steering(NetworkOptions options, out string refusal)
    {
        refusal = options.SeparatesStrangers ? "" : "it is switched off";
        return options is { SeparatesStrangers: true, Gate: { } board } ? SourceSteering.TryOpen(board, options.Lanes, out refusal) : null;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync() => await StopAsync(SweepPeriod);

    private void MakeLanes(Func<ILane, ILaneUser> user)
    {
        foreach (var network in _networks)
        {
            network.Attach(_streams);
            var waker = new LaneWaker();
            var lane = new Lane(Lanes, network.Lane, _time, network, waker.Wake, user, _options.Gate is { } board ? new SourceGate(board) : null);
            _threads.Add(new LaneThread(lane, waker, network));
        }
    }
}
