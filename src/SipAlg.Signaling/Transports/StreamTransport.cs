using System.Collections.Concurrent;
using System.Net.Sockets;
using SipAlg.Protocol.Addresses;
using SipAlg.Signaling.Gate;
using SipAlg.Signaling.Lanes;
using SipAlg.Signaling.Tls;

namespace SipAlg.Signaling.Transports;

/// <summary>All connections of the gateway: opens, registers, sweeps and ends them, and tells the lanes.</summary>
internal sealed class StreamTransport
{
    private readonly ConcurrentDictionary<ulong, StreamConnection> _connections = new();
    private readonly LaneNetwork[] _networks;
    private readonly LaneGroup _lanes;
    private readonly ILaneRouter _router;
    private readonly ListenerTable _table;
    private readonly AcceptLimits _limits;
    private readonly TlsHandshakes _handshakes;
    private ulong _lastNumber;
    private int _opened;
    private volatile bool _stopping;

    /// <param name="table">Has a listener before its first connection.</param>
    /// <param name="gate">Says whose connections are taken; null: everybody's.</param>
    public StreamTransport(
        StreamOptions options, TlsContext tls, TimeProvider time, LaneGroup lanes, ILaneRouter router, LaneNetwork[] networks, ListenerTable table, GateBoard? gate = null)
    {
        (Options, Time, _lanes, _router, _networks, _table) = (options, time, lanes, router, networks, table);
        _limits = new AcceptLimits(options);
        _handshakes = new TlsHandshakes(tls, time, fault => ReportUnexpected(0, fault));
        Gate = gate is null ? null : new AcceptGate(gate);
    }

    /// <summary>Says whose connections are taken; null: everybody's.</summary>
    public AcceptGate? Gate { get; }

    public StreamOptions Options { get; }

    public TimeProvider Time { get; }

    public StreamCounters CountersOf(int listener) => _table[listener].Connections;

    /// <summary>Takes an accepted socket, or closes it when a limit is reached.</summary>
    public void Accept(Socket socket, ListenerOptions options, int listener)
    {
        var remote = Endpoints.RemoteOf(socket);
        var isStranger = false;
        var refusal = Gate?.Admits(options.Group, remote.Address, out isStranger) == false
            ? AcceptRefusal.Gate
            : _limits.TryEnter(remote.Address, isStranger);
        if (refusal is { } reason)
        {
            CountersOf(listener).Count(reason);
            StreamFaults.Abort(socket);
            socket.Dispose();
            return;
        }

        var number = NextNumber();
        var flow = new Flow(options.Transport, listener, _table[listener].Bound, remote, number);
        var connection = new StreamConnection(this, flow, (int)(number % (ulong)_lanes.Count), accepted: true);
        Register(connection);
        _ = RunAcceptedAsync(connection, socket, isStranger);
    }

    /// <summary>Begins to open a connection. On the lane that wants it; the work is done on the pool.</summary>
    /// <returns>null: as many as are allowed are open.</returns>
    public StreamConnection? Open(in Flow flow, int lane)
    {
        if (_stopping || Interlocked.Increment(ref _opened) > Options.MaxOpened)
        {
            Interlocked.Decrement(ref _opened);
            return null;
        }

        var numbered = new Flow(flow.Transport, flow.Listener, flow.Local, flow.Remote, NextNumber(), flow.Far);
        var connection = new StreamConnection(this, numbered, lane, accepted: false);
        ThreadPool.UnsafeQueueUserWorkItem(
            static start =>
            {
                start.Transport.Register(start.Connection);
                _ = start.Transport.RunOpenedAsync(start.Connection);
            },
            (Transport: this, Connection: connection),
            preferLocal: false);
        return connection;
    }

    /// <summary>Gives a message to the lane that it names, or to the connection's home lane.</summary>
    public void Deliver(StreamConnection connection, ReadOnlySpan<byte> message)
    {
        var lane = _router.LaneFor(message);
        if ((uint)lane >= (uint)_lanes.Count)
        {
            lane = connection.Home;
        }

        _lanes[lane].Post(new StreamMessage(connection, _networks[lane].CountersOf(connection.Listener), message));
    }

    /// <summary>Closes the connections whose time is up.</summary>
    public void Sweep()
    {
        foreach (var (_, connection) in _connections)
        {
            connection.Sweep();
        }
    }

    /// <summary>Closes the connections of a listener; what was sent before reaches the kernel.</summary>
    public void Close(int listener)
    {
        foreach (var (_, connection) in _connections)
        {
            if (connection.Listener == listener)
            {
                _ = connection.DrainAsync().ContinueWith(_ => connection.Close(CloseReason.Local), TaskScheduler.Default);
            }
        }
    }

    /// <summary>Closes the connections of a source at once; of IPv6, of its whole /64.</summary>
    public void CloseFrom(IpAddress source)
    {
        foreach (var (_, connection) in _connections)
        {
            if (connection.Remote.Address.IsIn(source, source.IsV4 ? 32 : 64))
            {
                connection.Close(CloseReason.Local);
            }
        }
    }

    /// <summary>Lets what was sent reach the kernel, for a bounded time, and closes everything.</summary>
    public async Task StopAsync(TimeSpan within)
    {
        _stopping = true;
        await WithinAsync(Task.WhenAll(_connections.Values.Select(connection => connection.DrainAsync())), within);
        foreach (var (_, connection) in _connections)
        {
            connection.Close(CloseReason.Stopping);
        }

        await WithinAsync(Task.WhenAll(_connections.Values.Select(connection => connection.Ended)), within);
    }

    /// <summary>Tells a lane of a fault, unless it is the network's.</summary>
    public void ReportUnexpected(int lane, Exception fault)
    {
        if (!StreamFaults.IsExpected(fault))
        {
            _lanes[lane].Post(new StreamFault(fault));
        }
    }

    private ulong NextNumber() => Interlocked.Increment(ref _lastNumber);

    private void Register(StreamConnection connection)
    {
        _connections[connection.Number] = connection;
        if (_stopping)
        {
            connection.Close(CloseReason.Stopping);
        }
    }

    private async Task RunAcceptedAsync(StreamConnection connection, Socket socket, bool isStranger)
    {
        var counters = CountersOf(connection.Listener);
        counters.CountAccepted();
        if (!connection.TryTake(socket, out var stream))
        {
            counters.Count(CloseReason.NetworkError);
        }
        else if (await SecureAsync(connection, stream, isStranger) is not null)
        {
            counters.Count(CloseReason.Handshake);
        }
        else
        {
            await RunAsync(connection);
        }

        _limits.Leave(connection.Remote.Address, isStranger);
        Unregister(connection);
    }

    private async Task RunOpenedAsync(StreamConnection connection)
    {
        var (socket, failure) = await StreamConnector.ConnectAsync(connection.Flow, _table[connection.Listener].Bound, Options.ConnectTimeout, Time);
        if (socket is not null && connection.IsClosing)
        {
            socket.Dispose();
            (socket, failure) = (null, ConnectFailure.Abandoned);
        }

        if (socket is null || !connection.TryTake(socket, out var stream))
        {
            Fail(connection, failure);
        }
        else if (await SecureAsync(connection, stream, isStranger: false) is { } result)
        {
            Fail(connection, connection.IsClosing ? ConnectFailure.Abandoned : ConnectFailures.Of(result));
        }
        else
        {
            CountersOf(connection.Listener).CountOpened();
            await RunAsync(connection);
        }

        Interlocked.Decrement(ref _opened);
        Unregister(connection);
    }

    /// <summary>Lets a connection stand, with TLS once its handshake is over.</summary>
    /// <returns>Why it does not; null: it does.</returns>
    private async Task<TlsResult?> SecureAsync(StreamConnection connection, NetworkStream stream, bool isStranger)
    {
        var place = _table[connection.Listener];
        if (connection.Flow.Transport != Transport.Tls)
        {
            connection.Establish(stream, connection.Flow.Far, place.Bound.Port);
            return null;
        }

        var outcome = await (connection.IsAccepted
            ? _handshakes.AcceptAsync(stream, place.Options.Group, connection.Remote, isStranger)
            : _handshakes.ConnectAsync(stream, place.Options.Group, connection.Remote, connection.Flow.Far));
        CountersOf(connection.Listener).Count(outcome.Result, isOurs: !connection.IsAccepted);
        if (outcome.Stream is null)
        {
            return outcome.Result;
        }

        connection.Establish(outcome.Stream, outcome.Far, place.Bound.Port);
        return null;
    }

    private async Task RunAsync(StreamConnection connection)
    {
        Tell(network => new StreamOpened(connection, network));
        var reason = await connection.RunAsync();
        if (connection is { IsAccepted: false, HasReceived: false, Flow.Transport: Transport.Tls } && (reason is CloseReason.Remote or CloseReason.NetworkError))
        {
            reason = CloseReason.TlsRefused;
        }

        CountersOf(connection.Listener).Count(reason);
        if (reason == CloseReason.TlsRefused)
        {
            _handshakes.Alerted(connection.Flow, _table[connection.Listener].Options.Group, isOurs: !connection.IsAccepted);
        }

        Tell(network => new StreamClosed(connection, network, reason));
    }

    private void Fail(StreamConnection connection, ConnectFailure reason)
    {
        connection.Close(CloseReason.NetworkError);
        connection.Abandon();
        CountersOf(connection.Listener).Count(reason);
        _lanes[connection.Home].Post(new StreamFailed(connection, _networks[connection.Home], reason));
    }

    private void Unregister(StreamConnection connection)
    {
        _connections.TryRemove(connection.Number, out _);
        connection.End();
    }

    private void Tell(Func<LaneNetwork, LaneEvent> makeEvent)
    {
        for (var lane = 0; lane < _lanes.Count; lane++)
        {
            _lanes[lane].Post(makeEvent(_networks[lane]));
        }
    }

    private async Task WithinAsync(Task task, TimeSpan within)
    {
        try
        {
            await task.WaitAsync(within, Time);
        }
        catch (TimeoutException)
        {
            // The bound is the caller's wish: what is not done by now is lost.
        }
    }
}
