using SipAlg.Protocol.Addresses;
using SipAlg.Signaling.Tls;

namespace SipAlg.Signaling.Transports;

/// <summary>The network as one lane sees it: its own UDP sockets, and its own table of the connections that all lanes share.</summary>
internal sealed class LaneNetwork : ISignalingNetwork
{
    private readonly RouteCache _routes;
    private ListenerPlace[] _places = [];
    private UdpListener?[] _udp = [];
    private UdpListener?[] _strangers = [];
    private ListenerCounters[] _counters = [];
    private StreamTransport? _streams;

    public LaneNetwork(int lane, TimeProvider time, TlsIdentities identities)
    {
        (Lane, Identities) = (lane, identities);
        _routes = new RouteCache(time);
    }

    public int Lane { get; }

    /// <inheritdoc/>
    public TlsIdentities Identities { get; }

    public ConnectionTable Connections { get; } = new();

    /// <summary>Its own socket of a listener; null: the listener has none. From any thread.</summary>
    public UdpListener? UdpAt(int listener) => Volatile.Read(ref _udp)[listener];

    /// <summary>Likewise that of strangers; null: they have none.</summary>
    public UdpListener? StrangersAt(int listener) => Volatile.Read(ref _strangers)[listener];

    /// <summary>From any thread.</summary>
    public ListenerCounters CountersOf(int listener) => Volatile.Read(ref _counters)[listener];

    public void Attach(StreamTransport streams) => _streams = streams;

    /// <param name="strangers">Null: all have the same.</param>
    public void Attach(int listener, UdpSocket socket, UdpSocket? strangers)
    {
        Volatile.Write(ref _udp[listener], new UdpListener(listener, socket, _counters[listener]));
        Volatile.Write(ref _strangers[listener], strangers is null ? null : new UdpListener(listener, strangers, _counters[listener], isForStrangers: true));
    }

    /// <summary>Other listeners; those that there were before have their places.</summary>
    public void Take(ListenerPlace[] places)
    {
        UdpListener?[] udp = [.. _udp, .. new UdpListener?[places.Length - _udp.Length]];
        UdpListener?[] strangers = [.. _strangers, .. new UdpListener?[places.Length - _strangers.Length]];
        ListenerCounters[] counters = [.. _counters, .. Enumerable.Range(0, places.Length - _counters.Length).Select(_ => new ListenerCounters())];
        Volatile.Write(ref _counters, counters);
        Volatile.Write(ref _udp, udp);
        Volatile.Write(ref _strangers, strangers);
        _places = places;
    }

    /// <summary>Nothing comes or goes by it any more.</summary>
    public void Close(int listener)
    {
        _places = [.. _places];
        _places[listener] = _places[listener] with { State = ListenerState.Closed };
        if (_udp[listener] is { } udp)
        {
            // Closing the only descriptor of a socket takes it out of epoll.
            Volatile.Write(ref _udp[listener], null);
            udp.Dispose();
            var strangers = _strangers[listener];
            Volatile.Write(ref _strangers[listener], null);
            strangers?.Dispose();
        }
    }

    /// <summary>Asks the kernel what it dropped.</summary>
    public void CountDrops()
    {
        foreach (var udp in _udp)
        {
            udp?.CountDrops();
        }

        foreach (var udp in _strangers)
        {
            udp?.CountDrops();
        }
    }

    /// <summary>A socket was never empty since this was asked last, and the kernel dropped datagrams at it.</summary>
    public bool IsLosing()
    {
        var isLosing = false;
        foreach (var udp in _udp)
        {
            isLosing |= udp?.IsLosing() == true;
        }

        return isLosing;
    }

    public void CloseAll()
    {
        foreach (var udp in _udp.Concat(_strangers))
        {
            udp?.Dispose();
        }
    }

    /// <inheritdoc/>
    public bool IsClosing(int listener) => _places[listener].State != ListenerState.Open;

    /// <inheritdoc/>
    public SendResult Send(in Flow flow, ReadOnlySpan<byte> message) => flow.Transport switch
    {
        Transport.Udp => _udp[flow.Listener] is { } udp ? udp.Send(flow, message) : SendResult.NoRoute,
        _ => _counters[flow.Listener].CountSend(SendOnStream(flow, message), message.Length),
    };

    /// <inheritdoc/>
    public void Close(ulong connection) => Connections.Find(connection)?.Close(CloseReason.Local);

    /// <inheritdoc/>
    public void Hold(ulong connection, TimeSpan time) => Connections.Find(connection)?.Hold(time);

    /// <inheritdoc/>
    public void Alias(ulong connection, in IpEndpoint remote, ushort far)
    {
        if (Connections.Find(connection) is { IsAccepted: true } accepted)
        {
            Connections.Alias(accepted, remote, far);
        }
    }

    /// <inheritdoc/>
    public IpAddress LocalAddressTowards(int listener, in IpEndpoint remote)
    {
        var own = _places[listener].Bound.Address;
        return own.IsUnspecified ? _routes.LocalTowards(remote) : own;
    }

    /// <inheritdoc/>
    /// <remarks>A host sends from the very address that it sends to, where that is its own; on loopback that is not always so.</remarks>
    public bool IsHere(in IpEndpoint remote) => remote.Address.IsLoopback || _routes.LocalTowards(remote) == remote.Address;

    /// <inheritdoc/>
    public bool TryFlow(int group, Transport transport, in IpEndpoint remote, out Flow flow)
    {
        flow = default;
        var first = Best(group, transport, remote.Address.IsV4);
        if (first < 0)
        {
            return false;
        }

        var local = LocalAddressTowards(first, remote);
        flow = new Flow(transport, first, new IpEndpoint(local, _places[first].Bound.Port, remote.Scope), remote);
        return !local.IsNone;
    }

    /// <summary>The first in the configuration; one that is closing only if there is no other, for what stands over it.</summary>
    private int Best(int group, Transport transport, bool isV4)
    {
        var best = -1;
        for (var index = 0; index < _places.Length; index++)
        {
            var place = _places[index];
            if (place.Options.Group == group && place.Options.Transport == transport && place.Bound.Address.IsV4 == isV4 && place.State != ListenerState.Closed &&
                (best < 0 || (place.State, place.Rank).CompareTo((_places[best].State, _places[best].Rank)) < 0))
            {
                best = index;
            }
        }

        return best;
    }

    private SendResult SendOnStream(in Flow flow, ReadOnlySpan<byte> message)
    {
        if (flow.Connection != 0)
        {
            return Connections.Find(flow.Connection)?.Send(message) ?? SendResult.Closed;
        }

        if (_places[flow.Listener].Options.Transport != flow.Transport || _places[flow.Listener].State == ListenerState.Closed || (flow.Transport == Transport.Tls && flow.Far == 0))
        {
            // With TLS nothing is opened to nobody: whoever answered would do.
            return SendResult.NoRoute;
        }

        if (message.Length > StreamFramer.DefaultMaxMessage)
        {
            return SendResult.TooLarge;
        }

        var connection = Connections.Find(flow.Listener, flow.Remote, flow.Far);
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
