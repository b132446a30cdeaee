using SipAlg.Protocol.Addresses;

namespace SipAlg.Signaling.Transports;

/// <summary>The network as one lane sees it: its own UDP sockets, and its own table of the connections that all lanes share.</summary>
internal sealed class LaneNetwork : ISignalingNetwork
{
    private readonly IReadOnlyList<ListenerOptions> _listeners;
    private readonly IpEndpoint[] _bound;
    private readonly UdpListener?[] _udp;
    private readonly ListenerCounters[] _counters;
    private readonly RouteCache _routes;
    private StreamTransport? _streams;

    /// <param name="bound">The listeners' addresses, filled before the lane runs.</param>
    public LaneNetwork(int lane, IReadOnlyList<ListenerOptions> listeners, IpEndpoint[] bound, TimeProvider time)
    {
        (Lane, _listeners, _bound) = (lane, listeners, bound);
        _udp = new UdpListener?[listeners.Count];
        _counters = [.. listeners.Select(_ => new ListenerCounters())];
        _routes = new RouteCache(time);
    }

    public int Lane { get; }

    public ConnectionTable Connections { get; } = new();

    public IReadOnlyList<UdpListener> UdpListeners => [.. _udp.OfType<UdpListener>()];

    public ListenerCounters CountersOf(int listener) => _counters[listener];

    public void Attach(StreamTransport streams) => _streams = streams;

    public void Attach(int listener, UdpSocket socket) => _udp[listener] = new UdpListener(listener, socket, _counters[listener]);

    /// <inheritdoc/>
    public SendResult Send(in Flow flow, ReadOnlySpan<byte> message) => flow.Transport switch
    {
        Transport.Udp => _udp[flow.Listener] is { } udp ? udp.Send(flow, message) : SendResult.NoRoute,
        _ => _counters[flow.Listener].CountSend(SendOnStream(flow, message), message.Length),
    };

    /// <inheritdoc/>
    public void Close(ulong connection) => Connections.Find(connection)?.Close(CloseReason.Local);

    /// <inheritdoc/>
    public IpAddress LocalAddressTowards(int listener, in IpEndpoint remote)
    {
        var own = _bound[listener].Address;
        return own.IsUnspecified ? _routes.LocalTowards(remote) : own;
    }

    /// <inheritdoc/>
    public bool TryFlow(int group, Transport transport, in IpEndpoint remote, out Flow flow)
    {
        flow = default;
        for (var index = 0; index < _listeners.Count; index++)
        {
            if (_listeners[index].Group != group || _listeners[index].Transport != transport ||
                _bound[index].Address.IsV4 != remote.Address.IsV4)
            {
                continue;
            }

            var local = LocalAddressTowards(index, remote);
            flow = new Flow(transport, index, new IpEndpoint(local, _bound[index].Port, remote.Scope), remote);
            return !local.IsNone;
        }

        return false;
    }

    private SendResult SendOnStream(in Flow flow, ReadOnlySpan<byte> message)
    {
        if (flow.Connection != 0)
        {
            return Connections.Find(flow.Connection)?.Send(message) ?? SendResult.Closed;
        }

        if (_listeners[flow.Listener].Transport != flow.Transport)
        {
            return SendResult.NoRoute;
        }

        if (message.Length > StreamFramer.DefaultMaxMessage)
        {
            return SendResult.TooLarge;
        }

        var connection = Connections.Find(flow.Listener, flow.Remote);
        if (connection is null)
        {
            connection = _streams!.Open(flow, Lane);
            if (connection is null)
            {
                return SendResult.TooManyConnections;
            }

            Connections.Add(connection);
        }

        return connection.Send(message);
    }
}
